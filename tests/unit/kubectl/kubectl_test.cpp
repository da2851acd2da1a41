#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/etcd/client.hpp"
#include "core/kubectl/apply.hpp"
#include "core/kubectl/check.hpp"
#include "core/kubectl/delete.hpp"
#include "core/kubectl/scale.hpp"

using namespace pilothouse;
using namespace pilothouse::kubectl;

namespace {

using Texts = std::vector<std::string>;

struct Fixture {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId self = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, self, {&member}};
  apiserver::ApiServer server{network, self, etcd, {}};
  client::Client user{network, network.join("user", "outside"), server, "kubectl"};
  std::vector<Message> messages;
  int finished = 0;

  Fixture() {
    server.start();
    simulator.runFor(std::chrono::milliseconds(100));
  }

  Output output() {
    messages.clear();
    finished = 0;
    return {[this](Message message) { messages.push_back(std::move(message)); }, [this] { ++finished; }};
  }
  Texts texts() {
    simulator.runFor(std::chrono::seconds(2));
    CHECK(finished == 1);
    Texts said;
    for (const Message& message : messages) said.push_back(message.text);
    return said;
  }
  Texts apply(std::string_view manifest) {
    kubectl::apply(user, manifest, "", output());
    return texts();
  }
  std::uint64_t revision() { return member.server().store().revision(); }
  const Value& stored(const std::string& key) {
    static const Value none;
    const auto* record = member.server().store().find("/registry/" + key);
    return record == nullptr ? none : record->value;
  }
};

constexpr std::string_view kWeb = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.27
)";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const auto at = result.find(from);
  REQUIRE(at != std::string::npos);
  return result.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("apply creates, leaves alone, and configures") {
  Fixture f;
  CHECK(f.apply(kWeb) == Texts{"deployment.apps/web created"});
  const std::uint64_t created = f.revision();
  const Value& annotations = api::annotations(f.stored("deployments/default/web"));
  CHECK(
      annotations["kubectl.kubernetes.io/last-applied-configuration"].toString() ==
      "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{},\"name\":\"web\","
      "\"namespace\":\"default\"},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":{\"app\":\"web\"}},"
      "\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":[{\"image\":"
      "\"nginx:1.27\",\"name\":\"web\"}]}}}}\n");
  CHECK(f.apply(kWeb) == Texts{"deployment.apps/web unchanged"});
  CHECK(f.revision() == created);
  CHECK(f.apply(replaced(kWeb, "replicas: 2", "replicas: 5")) == Texts{"deployment.apps/web configured"});
  CHECK(f.stored("deployments/default/web").get(keys::spec, keys::replicas).asInt() == 5);
  // What is no longer written goes back to its default.
  CHECK(f.apply(replaced(kWeb, "  replicas: 2\n", "")) == Texts{"deployment.apps/web configured"});
  CHECK(f.stored("deployments/default/web").get(keys::spec, keys::replicas).asInt() == 1);
}

TEST_CASE("an unknown field is refused by the server, with its place") {
  Fixture f;
  const std::uint64_t before = f.revision();
  const Texts said = f.apply(replaced(kWeb, "replicas: 2", "replics: 2"));
  CHECK(said == Texts{"Error from server (BadRequest): error when creating \"STDIN\": Deployment in version "
                      "\"v1\" cannot be handled as a Deployment: strict decoding error: unknown field "
                      "\"spec.replics\""});
  REQUIRE(f.messages.size() == 1);
  CHECK(f.messages[0].error);
  CHECK(f.messages[0].at.line == 6);
  CHECK(f.messages[0].at.column == 3);
  CHECK(f.messages[0].field == "spec.replics");
  CHECK(f.revision() == before);
}

TEST_CASE("invalid values are told with their causes and places") {
  Fixture f;
  CHECK(f.apply(replaced(kWeb, "replicas: 2", "replicas: -1")) ==
        Texts{"The Deployment \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or "
              "equal to 0"});
  CHECK(f.messages[0].at.line == 6);
  CHECK(f.messages[0].field == "spec.replicas");
  const Texts two =
      f.apply(replaced(replaced(kWeb, "replicas: 2", "replicas: -1"), "- name: web\n", "- name: Web\n"));
  REQUIRE(two.size() == 3);
  CHECK(two[0] == "The Deployment \"web\" is invalid: ");
  CHECK(two[1] == "* spec.replicas: Invalid value: -1: must be greater than or equal to 0");
  CHECK(two[2].find("* spec.template.spec.containers[0].name: Invalid value: \"Web\": a lowercase RFC 1123 "
                    "label must consist of") == 0);
  CHECK(f.messages[2].at.line == 14);
}

TEST_CASE("every document is told of, and one bad one does not hold up the others") {
  Fixture f;
  const std::string manifest = std::string("apiVersion: v1\nkind: Wombat\nmetadata: {name: w}\n---\n") +
                               std::string(kWeb) + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {}\n";
  const Texts said = f.apply(manifest);
  REQUIRE(said.size() == 3);
  CHECK(said[0] == "deployment.apps/web created");
  CHECK(said[1] ==
        "resource mapping not found for name: \"w\" namespace: \"\" from \"STDIN\": no matches for kind "
        "\"Wombat\" in version \"v1\"\nensure CRDs are installed first");
  CHECK(said[2] ==
        "error when retrieving current configuration of:\nResource: \"/v1, Resource=configmaps\", "
        "GroupVersionKind: \"/v1, Kind=ConfigMap\"\nName: \"\", Namespace: \"default\"\nfrom server for: "
        "\"STDIN\": resource name may not be empty");
  CHECK(f.messages[1].at.line == 2);
}

TEST_CASE("a manifest that cannot be read sends nothing") {
  Fixture f;
  const std::uint64_t before = f.revision();
  const CauseId sent = f.trace.last();
  const Texts broken = f.apply(std::string(kWeb) + "---\nkind: [\n");
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].find("error: error parsing STDIN: error converting YAML to JSON: yaml: ") == 0);
  CHECK(f.messages[0].at.line > 15);
  CHECK(f.apply(std::string(kWeb) + "---\nmetadata: {name: x}\n") ==
        Texts{"error: error validating \"STDIN\": error validating data: [apiVersion not set, kind not set]; "
              "if you choose to ignore these errors, turn validation off with --validate=false"});
  CHECK(f.apply("") == Texts{"error: no objects passed to apply"});
  CHECK(f.apply("just a text\n") ==
        Texts{"error: error validating \"STDIN\": error validating data: invalid object to validate; if you "
              "choose to ignore these errors, turn validation off with --validate=false"});
  CHECK(f.revision() == before);
  CHECK(f.trace.last() == sent);
}

TEST_CASE("a List is its items") {
  Fixture f;
  const Texts said = f.apply(R"(apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b}
  dta: {}
)");
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "configmap/a created");
  CHECK(said[1].find("unknown field \"dta\"") != std::string::npos);
  CHECK(f.messages[1].at.line == 10);
}

TEST_CASE("delete and scale in kubectl's words") {
  Fixture f;
  f.apply(kWeb);
  scale(f.user, {"deployment", "", "", "web"}, 7, f.output());
  CHECK(f.texts() == Texts{"deployment.apps/web scaled"});
  CHECK(f.stored("deployments/default/web").get(keys::spec, keys::replicas).asInt() == 7);
  scale(f.user, {"deploy", "", "", "wbe"}, 7, f.output());
  CHECK(f.texts() == Texts{"Error from server (NotFound): deployments.apps \"wbe\" not found"});
  remove(f.user, {"deployments", "apps", "default", "web"}, "", f.output());
  CHECK(f.texts() == Texts{"deployment.apps \"web\" deleted"});
  remove(f.user, {"deployments", "apps", "default", "web"}, "", f.output());
  CHECK(f.texts() == Texts{"Error from server (NotFound): deployments.apps \"web\" not found"});
  remove(f.user, {"wombat", "", "", "web"}, "", f.output());
  CHECK(f.texts() == Texts{"error: the server doesn't have a resource type \"wombat\""});
  remove(f.user, {"deployments", "apps", "default", "web"}, "sideways", f.output());
  CHECK(f.texts() ==
        Texts{"error: invalid cascade value (sideways). Must be \"background\", \"foreground\", or "
              "\"orphan\""});
}

TEST_CASE("delete of all that a label selector finds") {
  Fixture f;
  f.apply(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {tier: front}}\n---\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, labels: {tier: front}}\n---\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
  remove(f.user, {"configmaps", "", "", "", "tier=front"}, "", f.output());
  CHECK(f.texts() == Texts{"configmap \"a\" deleted", "configmap \"b\" deleted"});
  remove(f.user, {"configmaps", "", "", "", "tier=front"}, "", f.output());
  CHECK(f.texts() == Texts{"No resources found"});
  remove(f.user, {"configmaps", "", "", "c", "tier=front"}, "", f.output());
  CHECK(f.texts() == Texts{"error: name cannot be provided when a selector is specified"});
}

TEST_CASE("without an API server, kubectl says so") {
  Fixture f;
  f.network.setUp(f.self, false);
  const Texts said = f.apply(kWeb);
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("The connection to the server control-plane:6443 was refused") == 0);
}

TEST_CASE("check finds everything at once and sends nothing") {
  Fixture f;
  const CauseId sent = f.trace.last();
  const auto now = f.simulator.now();
  CHECK(check(kWeb, "", now).empty());
  const auto found = check(replaced(replaced(kWeb, "replicas: 2", "replics: 2"), "image:", "imag:"), "", now);
  REQUIRE(found.size() == 2);
  CHECK(found[0].field == "spec.replics");
  CHECK(found[0].at.line == 6);
  CHECK(found[1].field == "spec.template.spec.containers[0].imag");
  CHECK(found[1].at.line == 15);
  const auto invalid = check(replaced(kWeb, "labels: {app: web}", "labels: {app: other}"), "", now);
  REQUIRE(invalid.size() == 1);
  CHECK(invalid[0].text.find("spec.template.metadata.labels: Invalid value:") == 0);
  CHECK(invalid[0].at.line == 11);
  CHECK(f.trace.last() == sent);
}
