#include "core/scheduler/topology.hpp"

namespace pilothouse::scheduler {

const Topology::Domains& Topology::domains(Key key, const std::vector<NodeInfo*>& nodes) {
  for (const auto& entry : entries_) {
    if (entry->domains.key == key) return entry->domains;
  }
  Entry& entry = *entries_.emplace_back(std::make_unique<Entry>());
  entry.domains.key = key;
  for (const NodeInfo* node : nodes) place(entry, *node);
  return entry.domains;
}

void Topology::nodeChanged(const NodeInfo& node) {
  for (const auto& entry : entries_) place(*entry, node);
}

void Topology::nodeRemoved(std::uint32_t slot) {
  for (const auto& entry : entries_) {
    if (slot < entry->domains.ofSlot.size()) entry->domains.ofSlot[slot] = kMissing;
  }
}

void Topology::place(Entry& entry, const NodeInfo& node) {
  Domains& domains = entry.domains;
  if (domains.ofSlot.size() <= node.slot) domains.ofSlot.resize(node.slot + 1, kMissing);
  const Value& value = node.labels()[domains.key];
  std::uint32_t domain = kMissing;
  if (!value.isNull()) {
    const std::uint64_t hash = value.hash();
    const auto [first, last] = entry.byValue.equal_range(hash);
    for (auto it = first; it != last && domain == kMissing; ++it) {
      if (domains.values[it->second] == value) domain = it->second;
    }
    if (domain == kMissing) {
      domain = static_cast<std::uint32_t>(domains.values.size());
      domains.values.push_back(value);
      entry.byValue.emplace(hash, domain);
    }
  }
  domains.ofSlot[node.slot] = domain;
}

}  // namespace pilothouse::scheduler
