// Inputs about pods and nodes that take their time: logs, exec, cordon, drain.
#include <utility>

#include "core/api/keys.hpp"
#include "core/cluster/cluster_state.hpp"
#include "core/kubectl/drain.hpp"
#include "core/kubectl/pod_streams.hpp"

namespace pilothouse::cluster {
namespace {

const Key kCommand = Key::intern("command");
const Key kContainer = Key::intern("container");
const Key kCordon = Key::intern("cordon");
const Key kDeleteEmptyDirData = Key::intern("deleteEmptyDirData");
const Key kDrain = Key::intern("drain");
const Key kExec = Key::intern("exec");
const Key kForce = Key::intern("force");
const Key kIgnoreDaemonSets = Key::intern("ignoreDaemonSets");
const Key kLogs = Key::intern("logs");
const Key kNode = Key::intern("node");
const Key kPod = Key::intern("pod");
const Key kPrevious = Key::intern("previous");
const Key kTail = Key::intern("tail");
const Key kUncordon = Key::intern("uncordon");

}  // namespace

bool Cluster::State::runPodInput(std::uint64_t id, Key verb, const Value& arguments) {
  const kubectl::PodContainer at{arguments[keys::namespace_].toString(), arguments[kPod].toString(),
                                 arguments[kContainer].toString()};
  const std::string node = arguments[kNode].toString();
  if (verb == kLogs) {
    kubectl::LogsFlags flags;
    flags.previous = arguments[kPrevious].asBool();
    if (arguments[kTail].isInt()) flags.tail = arguments[kTail].asInt();
    kubectl::logs(user, at, flags, outputOf(id));
  } else if (verb == kExec) {
    std::vector<std::string> command;
    for (const Value& word : arguments[kCommand].items()) command.push_back(word.toString());
    kubectl::exec(user, at, std::move(command), outputOf(id));
  } else if (verb == kCordon || verb == kUncordon) {
    kubectl::cordon(user, node, verb == kCordon, outputOf(id));
  } else if (verb == kDrain) {
    kubectl::drain(user, node,
                   {arguments[kForce].asBool(), arguments[kIgnoreDaemonSets].asBool(),
                    arguments[kDeleteEmptyDirData].asBool()},
                   outputOf(id));
  } else {
    return false;
  }
  return true;
}

}  // namespace pilothouse::cluster
