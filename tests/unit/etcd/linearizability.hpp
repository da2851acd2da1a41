#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::etcd::testing {

/// One operation on one register (a key), as its client saw it.
struct Operation {
  enum class Type : std::uint8_t { Get, Put, CompareAndSwap };
  Type type{};
  std::int64_t expected = 0;  ///< CompareAndSwap
  std::int64_t value = 0;     ///< written; of a Get what was read (0: no such key)
  bool swapped = false;       ///< CompareAndSwap: how it went
  std::int64_t call = 0;
  std::int64_t reply = 0;  ///< kNever: the client does not know whether and when it happened
  static constexpr std::int64_t kNever = INT64_MAX;

  [[nodiscard]] std::string text() const;
};

/// Is there an order of all operations, each at one instant between its call and its reply, in which every
/// one answers as it did? Operations that were never answered may be at any later instant, or nowhere.
///
/// The algorithm is Wing and Gong's search (J. M. Wing, C. Gong: Testing and Verifying Concurrent Objects,
/// 1993) over a linked list of calls and replies, with Lowe's memory of the configurations that were tried
/// (G. Lowe: Testing for Linearizability, 2016), as in A. Athalye's Porcupine. A register is one key:
/// linearizability is a local property, so each key is checked by itself (Herlihy and Wing, 1990).
bool isLinearizable(const std::vector<Operation>& history);

}  // namespace pilothouse::etcd::testing
