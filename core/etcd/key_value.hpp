#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::etcd {

using LeaseId = std::uint64_t;  ///< 0: no lease

/// mvccpb.KeyValue. The value is a tree and not its bytes: one tree a revision, shared by all who read it.
struct KeyValue {
  Value key;  ///< text; null when there is no such key
  Value value;
  std::uint64_t createRevision = 0;
  std::uint64_t modRevision = 0;
  std::uint64_t version = 0;  ///< writes since its creation; 0: deleted
  LeaseId lease = 0;
};

/// mvccpb.Event: a key was written, or deleted (`current` then has only its key and the revision).
struct Event {
  KeyValue current;
  KeyValue previous;  ///< as it was before; no key when it was created
  [[nodiscard]] bool deleted() const { return current.version == 0; }
};

/// Keys of a half-open range, as etcd has them: `end` "" is `begin` alone.
struct KeyRange {
  std::string begin;
  std::string end;

  static KeyRange single(std::string_view key) { return {std::string(key), {}}; }
  /// Every key that starts with `prefix` (clientv3.GetPrefixRangeEnd).
  static KeyRange prefixed(std::string_view prefix);
  [[nodiscard]] bool contains(std::string_view key) const {
    return end.empty() ? key == begin : key >= begin && key < end;
  }
};

}  // namespace pilothouse::etcd
