#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/policy_v1/validation.hpp"
#include "core/api/printing.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"pdb"};
constexpr std::string_view kSubresources[] = {"status"};

const Key kCurrentHealthy = Key::intern("currentHealthy");
const Key kDesiredHealthy = Key::intern("desiredHealthy");
const Key kDisruptionsAllowed = Key::intern("disruptionsAllowed");
const Key kExpectedPods = Key::intern("expectedPods");
const Key kMaxUnavailable = Key::intern("maxUnavailable");
const Key kMinAvailable = Key::intern("minAvailable");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Min Available", "string", "", "The minimum number of pods that must be available."},
    {"Max Unavailable", "string", "", "The maximum number of pods that may be unavailable."},
    {"Allowed Disruptions", "integer", "", "Calculated number of pods that may be disrupted at this time."},
    printing::kAgeColumn};

Value amount(const Value& intOrPercent) {
  if (intOrPercent.isNull()) return "N/A";
  return intOrPercent.isInt() ? Value(std::to_string(intOrPercent.asInt())) : intOrPercent;
}

void cells(std::vector<Value>& cells, const Value& budget, SimTime now) {
  const Value& spec = budget[keys::spec];
  cells.insert(cells.end(),
               {meta(budget)[keys::name], amount(spec[kMinAvailable]), amount(spec[kMaxUnavailable]),
                printing::number(budget[keys::status][kDisruptionsAllowed]), printing::age(budget, now)});
}

Value prepareCreate(const Value& budget) {
  static const Value nothing = Value::object(
      {{kCurrentHealthy, 0}, {kDesiredHealthy, 0}, {kDisruptionsAllowed, 0}, {kExpectedPods, 0}});
  return begun(budget, nothing);
}

const Resource kResource{"policy",
                         "v1",
                         Key::intern("poddisruptionbudgets"),
                         "poddisruptionbudget",
                         "PodDisruptionBudget",
                         true,
                         kShort,
                         {},
                         kSubresources};

}  // namespace

namespace kinds {

extern const Kind pod_disruption_budget;
const Kind pod_disruption_budget{
    .resource = &kResource,
    .validate = &validatePodDisruptionBudget,
    .validateUpdate = &validatePodDisruptionBudgetUpdate,
    .validateStatusUpdate = &validatePodDisruptionBudgetStatusUpdate,
    .prepareForCreate = &prepareCreate,
    .countsGeneration = true,
    .allowUnconditionalUpdate = false,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
