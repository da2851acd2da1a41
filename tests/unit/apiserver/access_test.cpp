// The way in: who somebody is, and what they may do.
#include "core/api/keys.hpp"
#include "core/apiserver/auth/service_account_token.hpp"
#include "core/apiserver/auth/user_info.hpp"
#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

std::string message(const Response& response) { return response.body[keys::message].toString(); }

struct Access : ClusterFixture {
  Response ask(std::shared_ptr<const Credentials> who, Verb verb, const api::Resource& resource,
               std::string_view name = {}, Value body = {}, std::string_view subresource = {}) {
    Request made = request(verb, resource, name);
    made.credentials = std::move(who);
    made.body = std::move(body);
    made.subresource = Key::intern(subresource);
    return send(std::move(made));
  }
  void make(std::string_view text) {
    const Value object = yaml(text);
    const auto* resource = api::findKind(object[keys::apiVersion].asString(), object[keys::kind].asString());
    REQUIRE(resource != nullptr);
    Request made = request(Verb::Create, *resource);
    if (resource->namespaced && !api::namespaceOf(object).empty()) {
      made.namespace_ = api::meta(object)[keys::namespace_];
    }
    made.body = object;
    const Response answer = send(std::move(made));
    INFO(message(answer));
    REQUIRE(answer.ok());
  }
  static const api::Resource& rbac(std::string_view plural) {
    return *api::findResource("rbac.authorization.k8s.io", plural);
  }
};

constexpr std::string_view kPodReader = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: pod-reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
)";
constexpr std::string_view kJaneReadsPods = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: jane, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pod-reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
)";

}  // namespace

TEST_CASE("who nobody knows is refused by name, in Kubernetes' words") {
  Access f;
  const Response jane = f.ask(f.as("jane"), Verb::List, r::pods);
  CHECK(jane.code == 403);
  CHECK(message(jane) ==
        "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace "
        "\"default\"");
  CHECK(jane.body[keys::reason].toString() == "Forbidden");
  CHECK(jane.body.get(Key::intern("details"), keys::kind).toString() == "pods");
  CHECK(message(f.ask(nullptr, Verb::Get, r::nodes, "worker-1")) ==
        "nodes \"worker-1\" is forbidden: User \"system:anonymous\" cannot get resource \"nodes\" in API "
        "group \"\" at the cluster scope");
  CHECK(message(f.ask(f.as("jane"), Verb::Get, r::namespaces, "default")) ==
        "namespaces \"default\" is forbidden: User \"jane\" cannot get resource \"namespaces\" in API group "
        "\"\" in the namespace \"default\"");
  CHECK(message(f.ask(f.as("jane"), Verb::Patch, r::deployments, "web", Value::emptyObject(), "scale")) ==
        "deployments.apps \"web\" is forbidden: User \"jane\" cannot patch resource \"deployments/scale\" in "
        "API group \"apps\" in the namespace \"default\"");
}

TEST_CASE("a wrong token is Unauthorized and nothing more is said") {
  Access f;
  auto wrong = std::make_shared<Credentials>();
  wrong->bearerToken = "abc.def.ghi";
  const Response answer = f.ask(wrong, Verb::List, r::pods);
  CHECK(answer.code == 401);
  CHECK(message(answer) == "Unauthorized");
  CHECK(answer.body[keys::reason].toString() == "Unauthorized");
}

TEST_CASE("a RoleBinding gives what its Role says, in its namespace, until it goes") {
  Access f;
  f.make(kPodReader);
  f.make(kJaneReadsPods);
  CHECK(f.ask(f.as("jane"), Verb::List, r::pods).ok());
  CHECK(f.ask(f.as("jane"), Verb::List, r::configMaps).code == 403);
  CHECK(f.ask(f.as("jane"), Verb::Delete, r::pods, "web").code == 403);
  Request elsewhere = f.request(Verb::List, r::pods);
  elsewhere.namespace_ = "kube-system";
  elsewhere.credentials = f.as("jane");
  CHECK(f.send(std::move(elsewhere)).code == 403);

  CHECK(f.remove(Access::rbac("rolebindings"), "jane").ok());
  CHECK(f.ask(f.as("jane"), Verb::List, r::pods).code == 403);
}

TEST_CASE("resourceNames count for requests of that name, and for watches of that name alone") {
  Access f;
  f.make(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: one, namespace: default}
rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [mine], verbs: [get, list, watch]}]
)");
  f.make(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: one, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one}
subjects: [{kind: User, name: jane}]
)");
  CHECK(f.ask(f.as("jane"), Verb::Get, r::configMaps, "mine").code == 404);
  CHECK(f.ask(f.as("jane"), Verb::Get, r::configMaps, "other").code == 403);
  CHECK(f.ask(f.as("jane"), Verb::List, r::configMaps).code == 403);
  Request selected = f.request(Verb::List, r::configMaps);
  selected.credentials = f.as("jane");
  auto options = std::make_shared<RequestOptions>();
  options->fieldSelector = "metadata.name=mine";
  selected.options = options;
  CHECK(f.send(std::move(selected)).ok());
}

TEST_CASE("a binding whose role is not there is named in the refusal") {
  Access f;
  f.make(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ghost}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ghost}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
)");
  CHECK(message(f.ask(f.as("jane"), Verb::List, r::pods)) ==
        "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace "
        "\"default\": RBAC: clusterrole.rbac.authorization.k8s.io \"ghost\" not found");
}

TEST_CASE("a new cluster has the default roles, with what aggregation has put in them") {
  Access f;
  const auto rules = [&f](std::string_view role) {
    const Response found = f.get(Access::rbac("clusterroles"), role);
    REQUIRE(found.ok());
    return found.body[Key::intern("rules")].size();
  };
  CHECK(rules("view") == 10);
  CHECK(rules("edit") == 23);
  CHECK(rules("admin") == 25);
  CHECK(rules("system:controller:replicaset-controller") == 5);
  CHECK(f.get(Access::rbac("clusterrolebindings"), "kubeadm:cluster-admins").ok());
  CHECK(f.ask(f.as("root", {"system:masters"}), Verb::List, r::secrets).ok());
}

TEST_CASE("paths: the version is public, discovery is for those who are known, metrics for neither") {
  Access f;
  CHECK(f.server.authorizeNonResource(nullptr, "get", "/version").code == 0);
  CHECK(f.server.authorizeNonResource(f.as("jane"), "get", "/apis/apps/v1").code == 0);
  const api::Status refused = f.server.authorizeNonResource(nullptr, "get", "/apis");
  CHECK(refused.code == 403);
  CHECK(refused.message == "forbidden: User \"system:anonymous\" cannot get path \"/apis\"");
  CHECK(f.server.authorizeNonResource(f.as("jane"), "get", "/metrics").code == 403);
  CHECK(f.server.authorizeNonResource(f.admin(), "get", "/metrics").code == 0);
}

TEST_CASE("impersonation needs the right to it, and then gives what the other has") {
  Access f;
  const auto actingAs = [](std::string user, std::vector<std::string> groups, std::string whom,
                           std::vector<std::string> whose = {}) {
    auto made = std::make_shared<Credentials>(*Access::as(std::move(user), std::move(groups)));
    made->impersonate.emplace();
    made->impersonate->user = std::move(whom);
    made->impersonate->groups = std::move(whose);
    return made;
  };
  f.make(kPodReader);
  f.make(kJaneReadsPods);
  CHECK(f.ask(actingAs("kubernetes-admin", {"kubeadm:cluster-admins"}, "jane"), Verb::List, r::pods).ok());
  const Response refused =
      f.ask(actingAs("kubernetes-admin", {"kubeadm:cluster-admins"}, "jane"), Verb::List, r::secrets);
  CHECK(message(refused).find("User \"jane\" cannot list resource \"secrets\"") != std::string::npos);
  CHECK(message(f.ask(actingAs("jane", {}, "kubernetes-admin"), Verb::List, r::pods)) ==
        "users \"kubernetes-admin\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API "
        "group \"\" at the cluster scope");
  CHECK(message(f.ask(actingAs("jane", {}, "system:serviceaccount:default:bot"), Verb::List, r::pods)) ==
        "serviceaccounts \"bot\" is forbidden: User \"jane\" cannot impersonate resource \"serviceaccounts\" "
        "in API group \"\" in the namespace \"default\"");
}

TEST_CASE("a kubelet reads and writes what belongs to its node") {
  Access f;
  const auto kubelet = Access::as("system:node:worker-1", {"system:nodes"});
  const auto list = [&](std::string_view selector) {
    Request made = f.request(Verb::List, r::pods);
    made.namespace_ = {};
    made.credentials = kubelet;
    auto options = std::make_shared<RequestOptions>();
    options->fieldSelector = selector;
    made.options = options;
    return f.send(std::move(made));
  };
  CHECK(list("spec.nodeName=worker-1").ok());
  CHECK(message(list("spec.nodeName=worker-2")) ==
        "pods is forbidden: User \"system:node:worker-1\" cannot list resource \"pods\" in API group \"\" at "
        "the cluster scope: can only list/watch pods with spec.nodeName field selector");
  CHECK(
      message(f.ask(kubelet, Verb::Get, r::secrets, "token")) ==
      "secrets \"token\" is forbidden: User \"system:node:worker-1\" cannot get resource \"secrets\" in API "
      "group \"\" in the namespace \"default\": no relationship found between node 'worker-1' and this "
      "object");
  CHECK(f.ask(kubelet, Verb::List, r::services).ok());
}

TEST_CASE("a token says what it says, and an altered one is none") {
  TokenClaims claims;
  claims.id = "0a";
  claims.ns = "default";
  claims.serviceAccount = {"bot", "uid-1"};
  claims.pod = {"web-1", "uid-2"};
  claims.audiences = {std::string(kServiceAccountIssuer)};
  claims.issuedAt = 100;
  claims.expires = 3700;
  const std::string token = encodeToken(claims);
  const auto read = decodeToken(token);
  REQUIRE(read);
  CHECK(read->serviceAccount.name == "bot");
  CHECK(read->pod.uid == "uid-2");
  CHECK(read->expires == 3700);
  for (std::size_t i = 0; i < token.size(); i += 7) {
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(decodeToken(altered));
  }
}

TEST_CASE("the trace tells the stages of a user's request, between the request and what it does") {
  Access f;
  const CauseId before = f.trace.last();
  f.ask(f.as("jane"), Verb::List, r::pods);
  f.create(r::configMaps, ClusterFixture::yaml("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"));
  std::vector<std::string> notes;
  CauseId admitted{};
  for (auto id = static_cast<std::uint64_t>(before) + 1; id <= static_cast<std::uint64_t>(f.trace.last());
       ++id) {
    const TraceRecord* record = f.trace.find(static_cast<CauseId>(id));
    if (record->kind == MessageKind::EtcdRequest && admitted != CauseId::None) {
      CHECK(record->cause == admitted);
    }
    if (record->kind != MessageKind::Note) continue;
    notes.push_back(std::string(record->verb.text()) + " " + record->object[keys::message].toString());
    if (record->code == 0) admitted = record->id;
  }
  REQUIRE(notes.size() == 2);
  CHECK(
      notes[0] ==
      "refused authentication allow jane [\"system:authenticated\"] (x509); authorization forbid list (User "
      "\"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\")");
  CHECK(notes[1].find("RBAC: allowed by ClusterRoleBinding \"kubeadm:cluster-admins\" of ClusterRole "
                      "\"cluster-admin\" to Group \"kubeadm:cluster-admins\"") != std::string::npos);
}

namespace {

const api::Resource& review(std::string_view group, std::string_view plural) {
  const api::Resource* resource = api::findResource(group, plural);
  REQUIRE(resource != nullptr);
  return *resource;
}

}  // namespace

TEST_CASE("kubectl auth can-i and whoami: reviews answer about who asks and about others") {
  Access f;
  f.make(kPodReader);
  f.make(kJaneReadsPods);
  const auto& self = review("authorization.k8s.io", "selfsubjectaccessreviews");
  const auto canI = [&](std::string_view verb, std::string_view resource) {
    Value body = ClusterFixture::yaml(
        "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectAccessReview\nspec: {resourceAttributes: "
        "{namespace: default, verb: " +
        std::string(verb) + ", resource: " + std::string(resource) + "}}\n");
    const Response answer = f.ask(f.as("jane"), Verb::Create, self, {}, body);
    REQUIRE(answer.code == 201);
    return answer.body[keys::status];
  };
  CHECK(canI("list", "pods")[Key::intern("allowed")].asBool());
  CHECK(canI("list", "pods")[keys::reason].toString() ==
        "RBAC: allowed by RoleBinding \"jane/default\" of Role \"pod-reader\" to User \"jane\"");
  CHECK_FALSE(canI("delete", "pods")[Key::intern("allowed")].asBool(true));

  const Response whoami =
      f.ask(f.as("jane", {"dev"}), Verb::Create, review("authentication.k8s.io", "selfsubjectreviews"), {},
            ClusterFixture::yaml("apiVersion: authentication.k8s.io/v1\nkind: SelfSubjectReview\n"));
  REQUIRE(whoami.code == 201);
  const Value user = whoami.body[keys::status][Key::intern("userInfo")];
  CHECK(user[Key::intern("username")].toString() == "jane");
  CHECK(user[Key::intern("groups")].size() == 2);

  const Response others =
      f.ask(f.as("jane"), Verb::Create, review("authorization.k8s.io", "subjectaccessreviews"), {},
            ClusterFixture::yaml(
                "apiVersion: authorization.k8s.io/v1\nkind: SubjectAccessReview\nspec: {user: bob, "
                "resourceAttributes: {verb: get, resource: pods}}\n"));
  CHECK(others.code == 403);

  const Response rules = f.ask(
      f.as("jane"), Verb::Create, review("authorization.k8s.io", "selfsubjectrulesreviews"), {},
      ClusterFixture::yaml(
          "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectRulesReview\nspec: {namespace: default}\n"));
  REQUIRE(rules.code == 201);
  CHECK(rules.body[keys::status][Key::intern("resourceRules")].size() == 3);
}

TEST_CASE("a ServiceAccount's token opens what the account may, until time or its pod has gone") {
  Access f;
  f.make("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: default}\n");
  const auto& accounts = review("", "serviceaccounts");
  const auto tokenFor = [&](std::string_view spec) {
    return f.ask(f.admin(), Verb::Create, accounts, "bot",
                 ClusterFixture::yaml("apiVersion: authentication.k8s.io/v1\nkind: TokenRequest\nspec: " +
                                      std::string(spec) + "\n"),
                 "token");
  };
  const Response made = tokenFor("{expirationSeconds: 600}");
  REQUIRE(made.code == 201);
  auto holder = std::make_shared<Credentials>();
  holder->bearerToken = made.body[keys::status][Key::intern("token")].toString();
  CHECK(message(f.ask(holder, Verb::List, r::pods)) ==
        "pods is forbidden: User \"system:serviceaccount:default:bot\" cannot list resource \"pods\" in API "
        "group \"\" in the namespace \"default\"");
  f.simulator.runFor(601s);
  CHECK(f.ask(holder, Verb::List, r::pods).code == 401);

  CHECK(message(tokenFor("{expirationSeconds: 60}")) ==
        "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 60: may "
        "not specify a duration less than 10 minutes");
  CHECK(message(tokenFor("{boundObjectRef: {apiVersion: v1, kind: Pod, name: web}}")) ==
        "pods \"web\" not found");
  const Response again = tokenFor("{}");
  holder = std::make_shared<Credentials>();
  holder->bearerToken = again.body[keys::status][Key::intern("token")].toString();
  CHECK(f.ask(holder, Verb::List, r::pods).code == 403);
  CHECK(f.remove(accounts, "bot").ok());
  CHECK(f.ask(holder, Verb::List, r::pods).code == 401);
}
