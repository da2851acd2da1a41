#include <string>

#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& budgets() { return *findResource("policy", "poddisruptionbudgets"); }

std::string budget(std::string_view spec) {
  return "metadata: {name: b, namespace: default}\nspec: {" + std::string(spec) + "}";
}

Texts wrongConditions(std::string_view conditions) {
  const Value now = yaml("status: {conditions: [" + std::string(conditions) + "]}");
  return told(validateStatusUpdate(budgets(), now, Value()));
}

}  // namespace

TEST_CASE("a budget says how many pods must stay or may go, not both") {
  CHECK(wrong(budgets(), budget("minAvailable: 2, selector: {matchLabels: {app: web}}")) == Texts{});
  CHECK(wrong(budgets(), budget("maxUnavailable: 30%")) == Texts{});
  CHECK(wrong(budgets(), budget("minAvailable: 1, maxUnavailable: 1")) ==
        Texts{"spec: Invalid value: {\"MaxUnavailable\":1,\"MinAvailable\":1,\"Selector\":null,"
              "\"UnhealthyPodEvictionPolicy\":null}: minAvailable and maxUnavailable cannot be both set"});
  CHECK(wrong(budgets(), budget("minAvailable: -1")) ==
        Texts{"spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"});
  CHECK(wrong(budgets(), budget("minAvailable: half")) ==
        Texts{"spec.minAvailable: Invalid value: \"half\": a valid percent string must be a numeric string "
              "followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"});
  CHECK(wrong(budgets(), budget("maxUnavailable: 101%")) ==
        Texts{"spec.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%"});
  CHECK(wrong(budgets(), budget("unhealthyPodEvictionPolicy: Never")) ==
        Texts{"spec.unhealthyPodEvictionPolicy: Unsupported value: \"Never\": supported values: "
              "\"AlwaysAllow\", \"IfHealthyBudget\""});
}

TEST_CASE("a budget begins with nothing allowed") {
  const Value made = created(budgets(), budget("minAvailable: 1"));
  CHECK(made["metadata"]["generation"] == Value(1));
  CHECK(writeJson(made["status"]) ==
        R"({"currentHealthy":0,"desiredHealthy":0,"disruptionsAllowed":0,"expectedPods":0})");
  CHECK_FALSE(kindOf(budgets()).allowUnconditionalUpdate);
}

TEST_CASE("conditions are checked as metav1 conditions") {
  constexpr std::string_view good =
      "type: DisruptionAllowed, status: 'True', reason: SufficientPods, lastTransitionTime: "
      "'2026-01-01T00:00:00Z'";
  CHECK(wrongConditions("{" + std::string(good) + "}") == Texts{});
  CHECK(wrongConditions("{" + std::string(good) + "}, {" + std::string(good) + "}") ==
        Texts{"status.conditions[1].type: Duplicate value: \"DisruptionAllowed\""});
  CHECK(wrongConditions("{type: a b, status: Maybe, observedGeneration: -1}") ==
        Texts{"status.conditions[0].type: Invalid value: \"a b\": name part must consist of alphanumeric "
              "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
              "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
              "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
              "status.conditions[0].status: Unsupported value: \"Maybe\": supported values: \"False\", "
              "\"True\", \"Unknown\"",
              "status.conditions[0].observedGeneration: Invalid value: -1: must be greater than or equal to "
              "zero",
              "status.conditions[0].lastTransitionTime: Required value: must be set",
              "status.conditions[0].reason: Required value: must be set"});
}

TEST_CASE("a budget's row") {
  CHECK(head(budgets()) == "Name | Min Available | Max Unavailable | Allowed Disruptions | Age");
  CHECK(row(budgets(), R"(
metadata: {name: b, creationTimestamp: "2026-01-01T00:05:00Z"}
spec: {minAvailable: 2}
status: {disruptionsAllowed: 1})") == "b | 2 | N/A | 1 | 5m");
  CHECK(row(budgets(), "{metadata: {name: b}, spec: {maxUnavailable: 30%}}") ==
        "b | N/A | 30% | 0 | <unknown>");
}
