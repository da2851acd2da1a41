#include <algorithm>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"no"};
constexpr std::string_view kSubresources[] = {"status"};

// A kubelet registers its node with the status that it has.
Value prepareNodeCreate(const Value& node) { return node; }

constexpr SelectableField kFields[] = {{"metadata.name", ""}, {"spec.unschedulable", "false"}};

const Key kAddress = Key::intern("address");
const Key kContainerRuntimeVersion = Key::intern("containerRuntimeVersion");
const Key kKernelVersion = Key::intern("kernelVersion");
const Key kKubeletVersion = Key::intern("kubeletVersion");
const Key kNodeInfo = Key::intern("nodeInfo");
const Key kOsImage = Key::intern("osImage");
const Key kUnschedulable = Key::intern("unschedulable");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Status", "string", "", "The status of the node"},
    {"Roles", "string", "", "The roles of the node"},
    printing::kAgeColumn,
    {"Version", "string", "", "Kubelet Version reported by the node."},
    {"Internal-IP", "string", "", "List of addresses reachable to the node.", 1},
    {"External-IP", "string", "", "List of addresses reachable to the node.", 1},
    {"OS-Image", "string", "", "OS Image reported by the node from /etc/os-release.", 1},
    {"Kernel-Version", "string", "", "Kernel Version reported by the node from 'uname -r'.", 1},
    {"Container-Runtime", "string", "",
     "ContainerRuntime Version reported by the node through runtime remote API.", 1}};

std::string status(const Value& node) {
  std::string text = "Unknown";
  if (const Value& ready = condition(node, "Ready"); ready.isObject()) {
    text = ready[keys::status] == Value("True") ? "Ready" : "NotReady";
  }
  return node[keys::spec][kUnschedulable].asBool() ? text + ",SchedulingDisabled" : text;
}

// Labels "node-role.kubernetes.io/<role>", and the value of "kubernetes.io/role".
Value roles(const Value& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::vector<std::string_view> found;
  const auto keys = labels(node).memberKeys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string_view label = keys[i].text();
    if (label.substr(0, kPrefix.size()) == kPrefix) found.push_back(label.substr(kPrefix.size()));
    if (label == "kubernetes.io/role") found.push_back(labels(node).memberValues()[i].asString());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::string list;
  for (const std::string_view role : found) {
    if (!list.empty() && !role.empty()) list += ',';
    list += role;
  }
  return printing::orElse(list);
}

Value address(const Value& node, std::string_view type) {
  for (const Value& address : node[keys::status][keys::addresses].items()) {
    if (address[keys::type].asString() == type) return address[kAddress];
  }
  return printing::kNone;
}

void cells(std::vector<Value>& cells, const Value& node, SimTime now) {
  const Value& info = node[keys::status][kNodeInfo];
  cells.insert(cells.end(),
               {meta(node)[keys::name], status(node), roles(node), printing::age(node, now),
                printing::orElse(info[kKubeletVersion], ""), address(node, "InternalIP"),
                address(node, "ExternalIP"), printing::orElse(info[kOsImage], printing::kUnknown),
                printing::orElse(info[kKernelVersion], printing::kUnknown),
                printing::orElse(info[kContainerRuntimeVersion], printing::kUnknown)});
}

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
    .columns = kColumns,
    .cells = &cells,
    .storageFolder = "minions",
};

}  // namespace kinds

}  // namespace pilothouse::api
