#include "core/sim/network.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/value/slot_table.hpp"

namespace pilothouse {
namespace {

constexpr SimDuration kWithinHost = std::chrono::microseconds(100);
constexpr SimDuration kBetweenHosts = std::chrono::microseconds(500);
constexpr double kBetweenHostsJitter = 0.2;

using HostId = std::uint32_t;
constexpr HostId kAnyHost = 0;
using HostPair = std::pair<HostId, HostId>;

struct Component {
  std::string name;
  HostId host = kAnyHost;
  GateId gate{};
  bool up = true;
  bool joined = true;
  std::uint32_t incarnation = 0;
};

/// The ordered stream from one component to another.
struct Link {
  ComponentId from{};
  ComponentId to{};
  SimTime lastDelivery{};
};

struct Latency {
  SimDuration base{};
  double jitter = 0;
};

}  // namespace

struct Network::State {
  State(Simulator& s, Trace& t) : simulator(s), trace(t) {}

  Simulator& simulator;
  Trace& trace;
  std::vector<Component> components;
  std::unordered_map<std::string, ComponentId> byName;  // never iterated
  std::vector<std::string> hosts{"*"};
  std::unordered_map<std::string, HostId> hostIds{{"*", kAnyHost}};  // never iterated
  std::vector<Link> links;
  SlotTable linkIds;
  std::map<HostPair, Latency> latencies;
  std::map<HostPair, double> dropRates;
  std::map<HostPair, bool> partitions;

  HostId hostId(std::string_view host) {
    const auto [at, added] = hostIds.try_emplace(std::string(host), static_cast<HostId>(hosts.size()));
    if (added) hosts.emplace_back(host);
    return at->second;
  }

  Link& link(ComponentId from, ComponentId to) {
    const std::uint64_t hash =
        numberHash(static_cast<std::uint64_t>(from) << 32 | static_cast<std::uint64_t>(to));
    SlotTable::Id id = linkIds.find(
        hash, [&](SlotTable::Id known) { return links[known].from == from && links[known].to == to; });
    if (id == SlotTable::kNone) {
      id = static_cast<SlotTable::Id>(links.size());
      links.push_back({from, to, {}});
      linkIds.insert(hash, id);
    }
    return links[id];
  }

  Component& component(ComponentId id) {
    const auto index = static_cast<std::size_t>(id);
    assert(index < components.size());
    return components[index];
  }

  /// The entry for a pair of hosts: an exact one before one with "*".
  template <typename T>
  const T* rule(const std::map<HostPair, T>& rules, HostId from, HostId to) const {
    if (rules.empty()) return nullptr;
    for (const HostPair& pair : {HostPair{from, to}, HostPair{from, kAnyHost}, HostPair{kAnyHost, to},
                                 HostPair{kAnyHost, kAnyHost}}) {
      if (const auto at = rules.find(pair); at != rules.end()) return &at->second;
    }
    return nullptr;
  }

  SimDuration latency(HostId from, HostId to) {
    Latency latency = from == to ? Latency{kWithinHost, 0} : Latency{kBetweenHosts, kBetweenHostsJitter};
    if (const Latency* set = rule(latencies, from, to)) latency = *set;
    if (latency.jitter <= 0) return latency.base;
    const double factor = 1 + latency.jitter * (2 * simulator.random().unit() - 1);
    return SimDuration(static_cast<SimDuration::rep>(static_cast<double>(latency.base.count()) * factor));
  }

  // One link is one ordered stream; equal times keep the order of sending.
  SimTime due(ComponentId from, ComponentId to) {
    SimTime& last = link(from, to).lastDelivery;
    last = std::max(last, simulator.now() + latency(component(from).host, component(to).host));
    return last;
  }

  bool drops(const Component& from, const Component& to) {
    if (!from.up || !from.joined || !to.up || !to.joined) return true;
    if (from.host != to.host && (rule(partitions, from.host, to.host) != nullptr)) return true;
    const double* rate = rule(dropRates, from.host, to.host);
    return rate != nullptr && simulator.random().unit() < *rate;
  }
};

Network::Network(Simulator& simulator, Trace& trace) : state_(std::make_unique<State>(simulator, trace)) {}
Network::~Network() = default;

ComponentId Network::join(std::string_view name, std::string_view host) {
  State& s = *state_;
  const auto id = static_cast<ComponentId>(s.components.size());
  const bool fresh = s.byName.emplace(std::string(name), id).second;
  assert(fresh);
  static_cast<void>(fresh);
  s.components.push_back({std::string(name), s.hostId(host), s.simulator.newGate(), true, true, 0});
  return id;
}

void Network::leave(ComponentId component) {
  Component& c = state_->component(component);
  c.joined = false;
  state_->simulator.shutGate(c.gate);
}

std::string_view Network::name(ComponentId component) const { return state_->component(component).name; }

std::string_view Network::host(ComponentId component) const {
  return state_->hosts[state_->component(component).host];
}

std::size_t Network::componentCount() const { return state_->components.size(); }

std::optional<ComponentId> Network::find(std::string_view name) const {
  const auto at = state_->byName.find(std::string(name));
  if (at == state_->byName.end()) return std::nullopt;
  return at->second;
}

CauseId Network::send(ComponentId from, ComponentId to, Envelope envelope, Task deliver) {
  State& s = *state_;
  const Component& sender = s.component(from);
  const Component& receiver = s.component(to);
  TraceRecord record{CauseId::None,
                     s.simulator.cause(),
                     s.simulator.now(),
                     SimTime::max(),
                     from,
                     to,
                     envelope.kind,
                     envelope.code,
                     envelope.verb,
                     envelope.resource,
                     std::move(envelope.object)};
  if (s.drops(sender, receiver)) return s.trace.add(std::move(record));

  const SimTime due = s.due(from, to);
  record.delivered = due;
  const CauseId id = s.trace.add(std::move(record));
  s.simulator.deliver(due, id, receiver.gate, std::move(deliver));
  return id;
}

void Network::sendUntraced(ComponentId from, ComponentId to, Task deliver) {
  State& s = *state_;
  const Component& receiver = s.component(to);
  if (s.drops(s.component(from), receiver)) return;
  s.simulator.deliver(s.due(from, to), s.simulator.cause(), receiver.gate, std::move(deliver));
}

CauseId Network::record(ComponentId at, Envelope envelope) {
  const SimTime now = state_->simulator.now();
  return state_->trace.add({CauseId::None, state_->simulator.cause(), now, now, at, at, envelope.kind,
                            envelope.code, envelope.verb, envelope.resource, std::move(envelope.object)});
}

void Network::setLatency(std::string_view fromHost, std::string_view toHost, SimDuration base,
                         double jitter) {
  state_->latencies[{state_->hostId(fromHost), state_->hostId(toHost)}] = {base, jitter};
}

void Network::setDropRate(std::string_view fromHost, std::string_view toHost, double probability) {
  const HostPair pair{state_->hostId(fromHost), state_->hostId(toHost)};
  if (probability <= 0) {
    state_->dropRates.erase(pair);
  } else {
    state_->dropRates[pair] = probability;
  }
}

void Network::partition(std::string_view hostA, std::string_view hostB) {
  const HostId a = state_->hostId(hostA);
  const HostId b = state_->hostId(hostB);
  state_->partitions[{a, b}] = true;
  state_->partitions[{b, a}] = true;
}

void Network::heal(std::string_view hostA, std::string_view hostB) {
  const HostId a = state_->hostId(hostA);
  const HostId b = state_->hostId(hostB);
  state_->partitions.erase({a, b});
  state_->partitions.erase({b, a});
}

void Network::setUp(ComponentId component, bool up) {
  Component& c = state_->component(component);
  if (c.up == up) return;
  c.up = up;
  if (up) return;
  ++c.incarnation;
  state_->simulator.shutGate(c.gate);
}

bool Network::isUp(ComponentId component) const {
  const Component& c = state_->component(component);
  return c.up && c.joined;
}

std::uint32_t Network::incarnation(ComponentId component) const {
  return state_->component(component).incarnation;
}

Simulator& Network::simulator() { return state_->simulator; }
Trace& Network::trace() { return state_->trace; }

}  // namespace pilothouse
