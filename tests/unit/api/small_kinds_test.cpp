#include <string>
#include <vector>

#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& find(std::string_view group, std::string_view plural) {
  const Resource* found = findResource(group, plural);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("of a ServiceAccount's secrets the names are kept") {
  const Kind& kind = kindOf(find("", "serviceaccounts"));
  const Value made = kind.prepareForCreate(
      yaml("{secrets: [{name: a, namespace: other, kind: Secret}, {name: b}, {kind: Secret}]}"));
  CHECK(made == yaml("{secrets: [{name: a}, {name: b}, {}]}"));
}

TEST_CASE("a ServiceAccount that enforces mountable secrets is warned about, once") {
  const Kind& kind = kindOf(find("", "serviceaccounts"));
  const Value enforcing =
      yaml("{metadata: {annotations: {kubernetes.io/enforce-mountable-secrets: 'true'}}}");
  std::vector<std::string> warnings;
  kind.warnings(warnings, enforcing, Value());
  REQUIRE(warnings.size() == 1);
  kind.warnings(warnings, enforcing, enforcing);
  CHECK(warnings.size() == 1);
}

TEST_CASE("the highest priorities are the system's") {
  const Resource& classes = find("scheduling.k8s.io", "priorityclasses");
  CHECK(wrong(classes, "metadata: {name: high}\nvalue: 1000000000").empty());
  CHECK(wrong(classes, "metadata: {name: higher}\nvalue: 1000000001") ==
        Texts{"value: Forbidden: maximum allowed value of a user defined priority is 1000000000"});
  CHECK(wrong(classes, "metadata: {name: system-node-critical}\nvalue: 2000001000").empty());
  CHECK(
      wrong(classes, "metadata: {name: system-node-critical}\nvalue: 1") ==
      Texts{
          "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use "
          "only. error: value of system-node-critical PriorityClass must be 2000001000"});
  CHECK(
      wrong(classes, "metadata: {name: system-x}\nvalue: 1") ==
      Texts{
          "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use "
          "only. error: system-x is not a known system priority class"});
  CHECK(wrong(classes, "metadata: {name: x}\nvalue: 1\npreemptionPolicy: Maybe") ==
        Texts{"preemptionPolicy: Unsupported value: \"Maybe\": supported values: \"PreemptLowerPriority\", "
              "\"Never\""});
}

TEST_CASE("a PriorityClass keeps its value and policy") {
  const Resource& classes = find("scheduling.k8s.io", "priorityclasses");
  CHECK(defaulted(classes, "value: 1")["preemptionPolicy"] == Value("PreemptLowerPriority"));
  CHECK(wrongUpdate(classes, "metadata: {name: x}\nvalue: 1",
                    "metadata: {name: x}\nvalue: 2\npreemptionPolicy: Never") ==
        Texts{"value: Forbidden: may not be changed in an update.",
              "preemptionPolicy: Invalid value: \"Never\": field is immutable"});
}

TEST_CASE("the columns of accounts, priorities, quotas and bindings") {
  CHECK(row(find("", "serviceaccounts"), "{metadata: {name: sa}, secrets: [{name: a}]}") ==
        "sa | 1 | <unknown>");
  CHECK(head(find("scheduling.k8s.io", "priorityclasses")) ==
        "Name | Value | Global-Default | Age | PreemptionPolicy");
  CHECK(head(find("", "resourcequotas")) == "Name | Request | Limit | Age");
  CHECK(row(find("", "resourcequotas"), R"(
metadata: {name: q, creationTimestamp: "2026-01-01T00:00:00Z"}
status: {hard: {pods: "4", limits.cpu: "2", requests.cpu: "1"}, used: {pods: "3", requests.cpu: 500m}})") ==
        "q | pods: 3/4, requests.cpu: 500m/1 | limits.cpu: 0/2 | 10m");
  const Resource& bindings = find("rbac.authorization.k8s.io", "clusterrolebindings");
  CHECK(head(bindings) == "Name | Role | Age | Users* | Groups* | ServiceAccounts*");
  CHECK(row(bindings, R"(
metadata: {name: b, creationTimestamp: "2026-01-01T00:00:00Z"}
roleRef: {kind: ClusterRole, name: view}
subjects: [{kind: User, name: a}, {kind: User, name: b}, {kind: ServiceAccount, namespace: ns, name: s}])") ==
        "b | ClusterRole/view | 10m | a, b |  | ns/s");
  CHECK(row(find("", "componentstatuses"), R"(
metadata: {name: etcd-0}
conditions: [{type: Healthy, status: "False", error: gone}])") == "etcd-0 | Unhealthy |  | gone");
}

TEST_CASE("metrics are shown with their window, a pod's as the sum of its containers") {
  const Resource& nodes = find("metrics.k8s.io", "nodes");
  CHECK(head(nodes) == "Name | cpu | memory | Window");
  CHECK(row(nodes, "{metadata: {name: n1}, usage: {cpu: 250m, memory: 1Gi}, window: 30s}") ==
        "n1 | 250m | 1Gi | 30s");
  CHECK(
      row(find("metrics.k8s.io", "pods"),
          "{metadata: {name: p}, containers: [{usage: {cpu: 100m, memory: 1Mi}}, {usage: {cpu: 150m, memory: "
          "2Mi}}], window: 30s}") == "p | 250m | 3Mi | 30s");
}

TEST_CASE("a RuntimeClass has a handler, for good") {
  const Resource& classes = find("node.k8s.io", "runtimeclasses");
  CHECK(wrong(classes, "metadata: {name: r}\nhandler: runc\noverhead: {podFixed: {cpu: 10m}}").empty());
  CHECK(wrong(classes,
              "metadata: {name: r}\nhandler: runc\nscheduling: {tolerations: [{operator: Exists}, "
              "{operator: Exists}]}") ==
        Texts{"scheduling.tolerations[1]: Duplicate value: {\"operator\":\"Exists\"}"});
  CHECK(wrongUpdate(classes, "metadata: {name: r}\nhandler: runc", "metadata: {name: r}\nhandler: kata") ==
        Texts{"handler: Invalid value: \"kata\": field is immutable"});
}
