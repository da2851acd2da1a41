// systemctl on a machine: kubelet and the container runtime as its services.
#include "core/cluster/input_verbs.hpp"

namespace pilothouse::cluster {
namespace {

using State = Cluster::State;

// The component behind a unit's name; "" when the machine has no such service.
std::string componentOf(const State& state, const Node& node, std::string_view unit) {
  constexpr std::string_view kSuffix = ".service";
  if (unit.size() > kSuffix.size() && unit.substr(unit.size() - kSuffix.size()) == kSuffix) {
    unit.remove_suffix(kSuffix.size());
  }
  for (const ComponentId component : {node.kubeletId, node.runtimeId}) {
    const std::string_view name = state.network.name(component);
    if (name.substr(0, name.find('/')) == unit) return std::string(name);
  }
  return {};
}

void turn(State& state, const std::string& component, bool starts) {
  const auto id = state.network.find(component);
  if (!id || state.network.isUp(*id) == starts) return;
  // A dying process closes its connections while it can still send.
  if (starts) state.network.setUp(*id, true);
  state.setRunning(component, starts);
  if (!starts) state.network.setUp(*id, false);
}

void systemctl(State& state, std::uint64_t id, Node& node, const std::vector<std::string>& words) {
  const std::string verb = words.size() > 1 ? words[1] : "";
  const std::string unit = words.size() > 2 ? words[2] : "";
  const std::string component = componentOf(state, node, unit);
  const bool known = verb == "start" || verb == "stop" || verb == "restart" || verb == "is-active";
  if (!known) return state.reply(id, true, "Unknown command verb " + verb + ".");
  if (component.empty()) {
    if (verb == "is-active") return state.reply(id, true, "inactive");
    return state.reply(id, true,
                       "Failed to " + verb + " " + unit + ".service: Unit " + unit + ".service not found.");
  }
  if (verb == "is-active") {
    const auto at = state.network.find(component);
    const bool active = at && state.network.isUp(*at);
    return state.reply(id, !active, active ? "active" : "inactive");
  }
  if (verb != "start") turn(state, component, false);
  if (verb != "stop") turn(state, component, true);
  state.finish(id);
}

constexpr NodeCommand kCommands[] = {{"systemctl", systemctl}};

}  // namespace

std::span<const NodeCommand> serviceCommands() { return kCommands; }

}  // namespace pilothouse::cluster
