// PodDisruptionBudgets: what their status says of the pods that they select.
#include "tests/unit/controller_manager/fixture.hpp"

namespace pilothouse::controller_manager {
namespace {

using namespace std::chrono_literals;

struct BudgetFixture : Fixture {
  const api::Resource& budgets = *api::findResource("policy", "poddisruptionbudgets");

  Value budget(std::string_view amount) {
    apply(budgets, "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {" +
                       std::string(amount) + ", selector: {matchLabels: {app: web}}}}");
    settle();
    return get(budgets, "web");
  }
  /// "expected desired healthy allowed"
  std::string counts() {
    const Value status = get(budgets, "web")[keys::status];
    std::string text;
    for (const std::string_view field :
         {"expectedPods", "desiredHealthy", "currentHealthy", "disruptionsAllowed"}) {
      text += (text.empty() ? "" : " ") + std::to_string(status[field].asInt(-1));
    }
    return text;
  }
  std::string condition() { return conditionText(get(budgets, "web"), "DisruptionAllowed"); }
  void deploy(int replicas) {
    apply(r::deployments, deploymentYaml(replicas, "nginx"));
    rollOut();
  }
};

TEST_CASE("A budget counts the healthy pods that it selects") {
  BudgetFixture f;
  f.deploy(4);
  SUBCASE("minAvailable as a number") {
    f.budget("minAvailable: 3");
    CHECK(f.counts() == "4 3 4 1");
    CHECK(f.condition() == "True SufficientPods");
    f.setReady(f.list(r::pods).front(), false);
    f.settle();
    CHECK(f.counts() == "4 3 3 0");
    CHECK(f.condition() == "False InsufficientPods");
  }
  SUBCASE("minAvailable as a share of the controllers' scale, rounded up") {
    f.budget("minAvailable: 60%");
    CHECK(f.counts() == "4 3 4 1");
  }
  SUBCASE("maxUnavailable") {
    f.budget("maxUnavailable: 25%");
    CHECK(f.counts() == "4 3 4 1");
    const Value status = f.get(f.budgets, "web")[keys::status];
    CHECK(status[keys::observedGeneration].asInt() == 1);
    CHECK(status[keys::conditions].item(0)[keys::observedGeneration].asInt() == 1);
    f.patch(f.budgets, "web", "{spec: {maxUnavailable: 2}}");
    f.settle();
    CHECK(f.counts() == "4 2 4 2");
    CHECK(f.get(f.budgets, "web")[keys::status][keys::observedGeneration].asInt() == 2);
  }
  SUBCASE("A pod that is being deleted is no longer healthy") {
    f.budget("minAvailable: 2");
    const Value pod = f.list(r::pods).front();
    f.bind(pod, "worker-1");
    f.remove(r::pods, api::name(pod));
    f.settle();
    CHECK(f.counts() == "5 2 3 1");  // with the one that replaces it
  }
}

TEST_CASE("A budget without pods allows nothing and says so") {
  BudgetFixture f;
  f.budget("minAvailable: 1");
  CHECK(f.counts() == "0 1 0 0");
  CHECK(f.hasEvent("web", "NoPods: No matching pods found"));
}

TEST_CASE("Pods without a controller have no scale to take a share of") {
  BudgetFixture f;
  f.apply(r::pods,
          "{apiVersion: v1, kind: Pod, metadata: {name: lone, labels: {app: web}}, spec: {containers: "
          "[{name: a, image: nginx}]}}");
  f.settle();
  f.makeAllReady();
  f.budget("maxUnavailable: 1");
  CHECK(f.counts() == "0 0 1 0");
  CHECK(f.events("web").back().rfind("UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: "
                                     "&LabelSelector{MatchLabels:map[string]string{app: "
                                     "web,},MatchExpressions:[]LabelSelectorRequirement{},}) "
                                     "were found to be unmanaged.",
                                     0) == 0);
}

TEST_CASE("A pod whose eviction was granted counts as gone for two minutes") {
  BudgetFixture f;
  f.deploy(3);
  f.budget("minAvailable: 2");
  const std::string pod(api::name(f.list(r::pods).front()));
  const std::string now = timestamp(f.simulator.now()).toString();
  f.patch(f.budgets, "web",
          "{status: {disruptionsAllowed: 0, disruptedPods: {" + pod + ": \"" + now + "\"}}}",
          Key::intern("status"));
  f.settle();
  CHECK(f.counts() == "3 2 2 0");
  f.run(2min + 5s);
  CHECK(f.counts() == "3 2 3 1");
  CHECK(f.hasEvent(pod, "NotDeleted: Pod was expected by PDB default/web to be deleted but it wasn't"));
  CHECK(f.get(f.budgets, "web")[keys::status]["disruptedPods"].empty());
}

}  // namespace
}  // namespace pilothouse::controller_manager
