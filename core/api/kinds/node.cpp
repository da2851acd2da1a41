#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"no"};
constexpr std::string_view kSubresources[] = {"status"};

// A kubelet registers its node with the status that it has.
Value prepareNodeCreate(const Value& node) { return node; }

constexpr SelectableField kFields[] = {{"metadata.name", ""}, {"spec.unschedulable", "false"}};

}  // namespace

const Resource resources::nodes{"",     "v1", Key::intern("nodes"), "node", "Node", false,
                                kShort, {},   kSubresources};

namespace kinds {

extern const Kind node;
const Kind node{
    .resource = &resources::nodes,
    .setDefaults = &nodeDefaults,
    .validate = &validateNode,
    .validateUpdate = &validateNodeUpdate,
    .prepareForCreate = &prepareNodeCreate,
    .selectableFields = kFields,
    .storageFolder = "minions",
};

}  // namespace kinds

}  // namespace pilothouse::api
