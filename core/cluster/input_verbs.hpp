#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/cluster/cluster_state.hpp"

namespace pilothouse::cluster {

/// One verb of Cluster::input. It answers by State::reply, or by say… and finish.
struct InputVerb {
  std::string_view verb;
  void (*run)(Cluster::State& state, std::uint64_t id, const Value& arguments);
};

/// The tables, a file each: an area's verbs are in core/cluster/<area>_inputs.cpp and its table is named in
/// inputs.cpp.
std::span<const InputVerb> objectVerbs();
std::span<const InputVerb> faultVerbs();
std::span<const InputVerb> podVerbs();
std::span<const InputVerb> nodeVerbs();

/// A command that a person types on a machine, without Kubernetes (`node` verb): crictl, systemctl,
/// iptables-save. Words are split as a shell does.
struct NodeCommand {
  std::string_view name;
  void (*run)(Cluster::State& state, std::uint64_t id, Node& node, const std::vector<std::string>& words);
};
/// The tables, a file each, named in node_inputs.cpp.
std::span<const NodeCommand> serviceCommands();
std::span<const NodeCommand> runtimeCommands();

}  // namespace pilothouse::cluster
