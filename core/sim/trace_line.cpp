#include "core/sim/trace_line.hpp"

namespace pilothouse {
namespace {

const Key kMetadata = Key::intern("metadata");
const Key kName = Key::intern("name");
const Key kNamespace = Key::intern("namespace");
const Key kResourceVersion = Key::intern("resourceVersion");

std::string nanoseconds(SimTime time) {
  return time == SimTime::max() ? "dropped" : std::to_string((time - kSimulationStart).count());
}

}  // namespace

std::string traceLine(const TraceRecord& record, const Network& network) {
  static constexpr const char* kKinds[] = {"Request",      "Response",  "WatchEvent", "EtcdRequest",
                                           "EtcdResponse", "EtcdWatch", "Cri",        "CriResponse",
                                           "Traffic",      "Input",     "Note",       "Raft"};
  const Value& metadata = record.object[kMetadata];
  std::string line = std::to_string(static_cast<std::uint64_t>(record.id));
  line.append(" <").append(std::to_string(static_cast<std::uint64_t>(record.cause)));
  line.append(" ").append(nanoseconds(record.sent)).append("..").append(nanoseconds(record.delivered));
  line.append(" ").append(network.name(record.from)).append(">").append(network.name(record.to));
  line.append(" ").append(kKinds[static_cast<std::size_t>(record.kind)]);
  line.append(" ").append(std::to_string(record.code));
  line.append(" ").append(record.verb.text()).append(" ").append(record.resource.text()).append(" ");
  line.append(metadata[kNamespace].asString()).append("/").append(metadata[kName].asString());
  line.append("@").append(metadata[kResourceVersion].asString());
  return line;
}

}  // namespace pilothouse
