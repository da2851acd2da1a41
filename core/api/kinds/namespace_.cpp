#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/strategies.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"ns"};
constexpr std::string_view kSubresources[] = {"finalize", "status"};
constexpr SelectableField kFields[] = {{"metadata.name", ""}, {"status.phase", ""}};

constexpr Column kColumns[] = {
    printing::kNameColumn, {"Status", "string", "", "The status of the namespace"}, printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& ns, SimTime now) {
  cells.insert(cells.end(), {meta(ns)[keys::name], ns[keys::status][keys::phase], printing::age(ns, now)});
}

}  // namespace

const Resource resources::namespaces{
    "", "v1", Key::intern("namespaces"), "namespace", "Namespace", false, kShort, {}, kSubresources};

namespace kinds {

extern const Kind namespace_;
const Kind namespace_{
    .resource = &resources::namespaces,
    .setDefaults = &namespaceDefaults,
    .validate = &validateNamespace,
    .validateUpdate = &validateNamespaceUpdate,
    .validateStatusUpdate = &validateNamespaceStatusUpdate,
    .prepareForCreate = &prepareNamespaceCreate,
    .prepareForUpdate = &prepareNamespaceUpdate,
    .selectableFields = kFields,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
