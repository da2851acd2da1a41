#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/kind.hpp"
#include "core/api/node_v1/validation.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kHandler = Key::intern("handler");
const Key kOverhead = Key::intern("overhead");
const Key kPodFixed = Key::intern("podFixed");

const Resource kResource{
    "node.k8s.io", "v1", Key::intern("runtimeclasses"), "runtimeclass", "RuntimeClass", false, {}, {}, {}};

Value setDefaults(const Value& runtimeClass) {
  Value object = runtimeClass;
  changeMember(object, kOverhead, [](Value overhead) {
    changeMember(overhead, kPodFixed, resourceListDefaults);
    return overhead;
  });
  return object;
}

// metav1.ObjectMeta, where the column's description is looked up, has no handler.
constexpr Column kColumns[] = {printing::kNameColumn, {"Handler", "string"}, printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& runtimeClass, SimTime now) {
  cells.insert(cells.end(), {meta(runtimeClass)[keys::name], printing::orElse(runtimeClass[kHandler], ""),
                             printing::age(runtimeClass, now)});
}

}  // namespace

namespace kinds {

extern const Kind runtime_class;
const Kind runtime_class{
    .resource = &kResource,
    .setDefaults = &setDefaults,
    .validate = &validateRuntimeClass,
    .validateUpdate = &validateRuntimeClassUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
