#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/scheduler/node_info.hpp"

namespace pilothouse::scheduler {

/// Which domain (zone, host…) each node is in, by topology key: numbers instead of label texts.
class Topology {
 public:
  static constexpr std::uint32_t kMissing = 0;  ///< the node has no such label

  struct Domains {
    Key key;
    std::vector<std::uint32_t> ofSlot;  ///< kMissing, or from 1 in order of appearance
    std::vector<Value> values{Value()};
    [[nodiscard]] std::uint32_t of(std::uint32_t slot) const {
      return slot < ofSlot.size() ? ofSlot[slot] : kMissing;
    }
    [[nodiscard]] std::size_t count() const { return values.size(); }  ///< with kMissing
  };

  /// Domains of a key, found by looking at `nodes` once when the key is new. Stays valid.
  const Domains& domains(Key key, const std::vector<NodeInfo*>& nodes);
  void nodeChanged(const NodeInfo& node);
  void nodeRemoved(std::uint32_t slot);

 private:
  struct Entry {
    Domains domains;
    std::unordered_multimap<std::uint64_t, std::uint32_t> byValue;  // hash of the value; never iterated
  };
  static void place(Entry& entry, const NodeInfo& node);
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace pilothouse::scheduler
