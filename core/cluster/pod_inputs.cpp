// Inputs about pods and nodes that take their time: logs, exec, cordon, drain.
#include <utility>

#include "core/api/keys.hpp"
#include "core/cluster/input_verbs.hpp"
#include "core/kubectl/drain.hpp"
#include "core/kubectl/pod_streams.hpp"

namespace pilothouse::cluster {
namespace {

using State = Cluster::State;

const Key kCommand = Key::intern("command");
const Key kContainer = Key::intern("container");
const Key kDeleteEmptyDirData = Key::intern("deleteEmptyDirData");
const Key kForce = Key::intern("force");
const Key kIgnoreDaemonSets = Key::intern("ignoreDaemonSets");
const Key kNode = Key::intern("node");
const Key kPod = Key::intern("pod");
const Key kPrevious = Key::intern("previous");
const Key kTail = Key::intern("tail");

kubectl::PodContainer containerOf(const Value& arguments) {
  return {arguments[keys::namespace_].toString(), arguments[kPod].toString(),
          arguments[kContainer].toString()};
}

void logs(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::LogsFlags flags;
  flags.previous = arguments[kPrevious].asBool();
  if (arguments[kTail].isInt()) flags.tail = arguments[kTail].asInt();
  kubectl::logs(state.user, containerOf(arguments), flags, state.outputOf(id));
}

void exec(State& state, std::uint64_t id, const Value& arguments) {
  std::vector<std::string> command;
  for (const Value& word : arguments[kCommand].items()) command.push_back(word.toString());
  kubectl::exec(state.user, containerOf(arguments), std::move(command), state.outputOf(id));
}

void cordon(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::cordon(state.user, arguments[kNode].toString(), true, state.outputOf(id));
}

void uncordon(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::cordon(state.user, arguments[kNode].toString(), false, state.outputOf(id));
}

void drain(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::drain(state.user, arguments[kNode].toString(),
                 {arguments[kForce].asBool(), arguments[kIgnoreDaemonSets].asBool(),
                  arguments[kDeleteEmptyDirData].asBool()},
                 state.outputOf(id));
}

constexpr InputVerb kVerbs[] = {
    {"logs", logs}, {"exec", exec}, {"cordon", cordon}, {"uncordon", uncordon}, {"drain", drain}};

}  // namespace

std::span<const InputVerb> podVerbs() { return kVerbs; }

}  // namespace pilothouse::cluster
