#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/simulator.hpp"
#include "core/sim/trace.hpp"

namespace pilothouse {

/// What a message is, for the trace; the payload itself travels in the delivery task.
struct Envelope {
  MessageKind kind{};
  std::uint16_t code = 0;
  Key verb;
  Key resource;
  Value object;
};

/// The simulated network: every message between components passes it.
///
/// Latency of a link is base + jitter drawn from the simulation's random source; messages of one link
/// (ordered pair of components) stay in order, like a TCP connection. Defaults: 100 µs within a host,
/// 500 µs ± 20 % between hosts.
class Network {
 public:
  Network(Simulator& simulator, Trace& trace);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Joins a component (e.g. "kube-scheduler") on a host (a node's name, or "outside"). Names are unique:
  /// a kubelet is "kubelet/node-1". Ids count from 0 in order of joining and are never reused.
  ComponentId join(std::string_view name, std::string_view host);
  void leave(ComponentId component);
  [[nodiscard]] std::string_view name(ComponentId component) const;
  [[nodiscard]] std::string_view host(ComponentId component) const;
  [[nodiscard]] std::size_t componentCount() const;
  /// The component of that name, if it ever joined.
  [[nodiscard]] std::optional<ComponentId> find(std::string_view name) const;

  /// Sends a message: `deliver` runs at the receiver after the link's latency, with this message as current
  /// cause. A dropped message's task is destroyed unrun: whoever waits must have a deadline. Delivery to a
  /// component that is down or has left is dropped.
  CauseId send(ComponentId from, ComponentId to, Envelope envelope, Task deliver);
  /// Sends what nobody will ask about, a heartbeat that says only "I am here": as send(), but the trace keeps
  /// nothing of it and what it leads to has the sender's cause.
  void sendUntraced(ComponentId from, ComponentId to, Task deliver);
  /// Records an input or a note with no link; the returned id is for CauseScope.
  CauseId record(ComponentId at, Envelope envelope);

  /// Faults. Hosts may be "*" for any.
  void setLatency(std::string_view fromHost, std::string_view toHost, SimDuration base, double jitter);
  void setDropRate(std::string_view fromHost, std::string_view toHost, double probability);
  void partition(std::string_view hostA, std::string_view hostB);
  void heal(std::string_view hostA, std::string_view hostB);
  /// A stopped component neither receives nor sends (a crashed process, a frozen one).
  void setUp(ComponentId component, bool up);
  [[nodiscard]] bool isUp(ComponentId component) const;
  /// How often the component was stopped: whoever waits for an answer of an earlier life waits no longer.
  [[nodiscard]] std::uint32_t incarnation(ComponentId component) const;

  [[nodiscard]] Simulator& simulator();
  [[nodiscard]] Trace& trace();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse
