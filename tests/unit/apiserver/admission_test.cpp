// What admission adds to new objects, and what it refuses.
#include "core/apiserver/admission/quota_usage.hpp"
#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
namespace r = pilothouse::api::resources;

namespace {

std::string message(const Response& response) { return response.body[keys::message].toString(); }

struct Cluster : ClusterFixture {
  Response make(std::string_view text, std::string_view ns = "default") {
    const Value object = yaml(text);
    const auto* resource = api::findKind(object[keys::apiVersion].asString(), object[keys::kind].asString());
    REQUIRE(resource != nullptr);
    Request made = request(Verb::Create, *resource);
    if (resource->namespaced) made.namespace_ = Value(ns);
    made.body = object;
    return send(std::move(made));
  }
  Response pod(std::string_view spec, std::string_view ns = "default", std::string_view name = "web") {
    return make("apiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(name) +
                    "}\nspec: " + std::string(spec) + "\n",
                ns);
  }
};

constexpr std::string_view kPlain = "{containers: [{name: web, image: nginx}]}";

}  // namespace

TEST_CASE("a pod runs as the default account, with its token where clients look for it") {
  Cluster f;
  const Response made = f.pod(kPlain);
  REQUIRE(made.code == 201);
  const Value spec = made.body[keys::spec];
  CHECK(spec["serviceAccountName"].toString() == "default");
  const Value volume = spec["volumes"].item(0);
  CHECK(volume[keys::name].toString().substr(0, 16) == "kube-api-access-");
  CHECK(volume["projected"]["sources"].size() == 3);
  const Value mount = spec[keys::containers].item(0)["volumeMounts"].item(0);
  CHECK(mount["mountPath"].toString() == "/var/run/secrets/kubernetes.io/serviceaccount");
  CHECK(mount[keys::name] == volume[keys::name]);

  CHECK(
      message(f.pod("{serviceAccountName: bot, containers: [{name: web, image: nginx}]}", "default", "b")) ==
      "pods \"b\" is forbidden: error looking up service account default/bot: serviceaccount \"bot\" not "
      "found");
  const Response without =
      f.pod("{automountServiceAccountToken: false, containers: [{name: web, image: nginx}]}", "default", "c");
  REQUIRE(without.code == 201);
  CHECK(without.body[keys::spec]["volumes"].empty());
}

TEST_CASE("a LimitRange gives what containers leave out and refuses what is too much") {
  Cluster f;
  REQUIRE(f.make(R"(
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec:
  limits:
  - type: Container
    default: {memory: 512Mi}
    defaultRequest: {memory: 256Mi}
    max: {memory: 1Gi}
)")
              .code == 201);
  const Response made = f.pod(kPlain);
  REQUIRE(made.code == 201);
  const Value resources = made.body[keys::spec][keys::containers].item(0)[keys::resources];
  CHECK(resources[keys::requests]["memory"].toString() == "256Mi");
  CHECK(resources["limits"]["memory"].toString() == "512Mi");
  CHECK(api::annotations(made.body)["kubernetes.io/limit-ranger"].toString() ==
        "LimitRanger plugin set: memory request for container web; memory limit for container web");
  CHECK(message(f.pod("{containers: [{name: web, image: nginx, resources: {limits: {memory: 2Gi}}}]}",
                      "default", "b")) ==
        "pods \"b\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi");
}

TEST_CASE("a namespace's label demands security of pods") {
  Cluster f;
  REQUIRE(f.make(R"(
apiVersion: v1
kind: Namespace
metadata: {name: safe, labels: {pod-security.kubernetes.io/enforce: restricted}}
)")
              .code == 201);
  REQUIRE(f.make("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\n", "safe").code == 201);
  const Response refused = f.pod(kPlain, "safe");
  CHECK(refused.code == 403);
  CHECK(
      message(refused) ==
      "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != "
      "false (container \"web\" must set securityContext.allowPrivilegeEscalation=false), unrestricted "
      "capabilities (container \"web\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot "
      "!= true (pod or container \"web\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or "
      "container \"web\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
      "\"Localhost\")");
  CHECK(f.pod("{securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: "
              "[{name: web, image: nginx, securityContext: {allowPrivilegeEscalation: false, capabilities: "
              "{drop: [ALL]}}}]}",
              "safe")
            .code == 201);
}

TEST_CASE("a ResourceQuota is charged at admission and refuses what exceeds it") {
  Cluster f;
  const Response quota = f.make(R"(
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: "1", requests.cpu: "1"}}
)");
  REQUIRE(quota.code == 201);
  // The controller's part: without its first count a quota is not in force.
  const api::Resource& quotas = *api::findResource("", "resourcequotas");
  Request counted = f.request(Verb::Update, quotas, "q");
  counted.subresource = Key::intern("status");
  counted.body = quota.body.with(
      keys::status,
      ClusterFixture::yaml("hard: {pods: '1', requests.cpu: '1'}\nused: {pods: '0', requests.cpu: "
                           "'0'}\n"));
  REQUIRE(f.send(std::move(counted)).ok());

  CHECK(message(f.pod(kPlain)) ==
        "pods \"web\" is forbidden: failed quota: q: must specify requests.cpu for: web");
  constexpr std::string_view half =
      "{containers: [{name: web, image: nginx, resources: {requests: {cpu: 500m}}}]}";
  CHECK(f.pod(half, "default", "a").code == 201);
  CHECK(f.get(quotas, "q").body[keys::status]["used"]["requests.cpu"].toString() == "500m");
  CHECK(message(f.pod(half, "default", "b")) ==
        "pods \"b\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1");
}

TEST_CASE("priority classes: the value comes from the class, and one that is not there is refused") {
  Cluster f;
  REQUIRE(
      f.make("apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n")
          .code == 201);
  const Response made = f.pod("{priorityClassName: high, containers: [{name: web, image: nginx}]}");
  REQUIRE(made.code == 201);
  CHECK(made.body[keys::spec]["priority"].asInt() == 1000);
  CHECK(message(f.pod("{priorityClassName: low, containers: [{name: web, image: nginx}]}", "default", "b")) ==
        "pods \"b\" is forbidden: no PriorityClass with name low was found");
}

TEST_CASE("nobody grants what they do not have") {
  Cluster f;
  REQUIRE(f.make(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: jane-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
)")
              .code == 201);
  const api::Resource& roles = *api::findResource("rbac.authorization.k8s.io", "roles");
  const auto grant = [&](std::string_view rule, std::string_view name) {
    Request made = f.request(Verb::Create, roles);
    made.credentials = Cluster::as("jane");
    made.body = Cluster::yaml("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: " +
                              std::string(name) + "}\nrules: [" + std::string(rule) + "]\n");
    return f.send(std::move(made));
  };
  CHECK(grant("{apiGroups: [''], resources: [pods], verbs: [get]}", "a").code == 201);
  CHECK(message(grant("{apiGroups: [''], resources: [nodes], verbs: [get, list]}", "b")) ==
        "roles.rbac.authorization.k8s.io \"b\" is forbidden: user \"jane\" "
        "(groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
        "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"list\"]}");
}
