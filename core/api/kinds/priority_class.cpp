#include "core/api/defaulting.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/scheduling_v1/validation.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"pc"};

const Key kGlobalDefault = Key::intern("globalDefault");
const Key kPreemptionPolicy = Key::intern("preemptionPolicy");

const Resource kResource{"scheduling.k8s.io",
                         "v1",
                         Key::intern("priorityclasses"),
                         "priorityclass",
                         "PriorityClass",
                         false,
                         kShort,
                         {},
                         {}};

Value setDefaults(const Value& priorityClass) {
  static const Value preempts("PreemptLowerPriority");
  Value object = priorityClass;
  setDefault(object, kPreemptionPolicy, preempts);
  return object;
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Value", "integer", "",
     "value represents the integer value of this priority class. This is the actual priority that pods "
     "receive when they have the name of this class in their pod spec."},
    {"Global-Default", "boolean", "",
     "globalDefault specifies whether this PriorityClass should be considered as the default priority for "
     "pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. "
     "However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the "
     "smallest value of such global default PriorityClasses will be used as the default priority."},
    printing::kAgeColumn,
    {"PreemptionPolicy", "string", "",
     "preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, "
     "PreemptLowerPriority. Defaults to PreemptLowerPriority if unset."}};

void cells(std::vector<Value>& cells, const Value& priorityClass, SimTime now) {
  cells.insert(cells.end(), {meta(priorityClass)[keys::name], printing::number(priorityClass[keys::value]),
                             priorityClass[kGlobalDefault].asBool(), printing::age(priorityClass, now),
                             printing::orElse(priorityClass[kPreemptionPolicy], "")});
}

}  // namespace

namespace kinds {

extern const Kind priority_class;
const Kind priority_class{
    .resource = &kResource,
    .setDefaults = &setDefaults,
    .validate = &validatePriorityClass,
    .validateUpdate = &validatePriorityClassUpdate,
    .prepareForCreate = &withFirstGeneration,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
