// crictl on a machine: its containers, behind the kubelet's back.
#include "core/cluster/input_verbs.hpp"
#include "core/docker/seen.hpp"

namespace pilothouse::cluster {
namespace {

using State = Cluster::State;

void crictl(State& state, std::uint64_t id, Node& node, const std::vector<std::string>& words) {
  // A runtime that is down answers nobody.
  if (!state.network.isUp(node.runtimeId)) {
    return state.reply(id, true,
                       "E1101 validate service connection: validate CRI v1 runtime API for endpoint "
                       "\"unix:///run/containerd/containerd.sock\": rpc error: code = Unavailable desc = "
                       "connection error: desc = \"transport: Error while dialing: dial unix "
                       "/run/containerd/containerd.sock: connect: connection refused\"");
  }
  docker::crictl(node.commandLine, words,
                 {[&state, id](bool error, const std::string& line) {
                    state.say(id, {error, line, 0, 0, ""});
                  },
                  [&state, id] { state.finish(id); }});
}

constexpr NodeCommand kCommands[] = {{"crictl", crictl}};

}  // namespace

std::span<const NodeCommand> runtimeCommands() { return kCommands; }

}  // namespace pilothouse::cluster
