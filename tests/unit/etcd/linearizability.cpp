#include "tests/unit/etcd/linearizability.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace pilothouse::etcd::testing {
namespace {

/// A call or a reply in the order of time; a doubly linked list from which linearized operations are lifted.
struct Entry {
  std::size_t operation = 0;
  bool isCall = false;
  std::size_t reply = 0;  ///< of a call: its reply's entry
  std::size_t previous = 0;
  std::size_t next = 0;
};

/// What was linearized, and the register's value then.
using Configuration = std::pair<std::vector<bool>, std::int64_t>;

class Search {
 public:
  explicit Search(const std::vector<Operation>& history) : history_(history) { link(); }

  bool run() {
    std::vector<bool> linearized(history_.size());
    std::int64_t value = 0;
    std::set<Configuration> tried;
    std::vector<std::pair<std::size_t, std::int64_t>> calls;  // with the value before each
    std::size_t at = entries_[kHead].next;
    while (entries_[kHead].next != kHead) {
      if (at != kHead && entries_[at].isCall) {
        const std::size_t operation = entries_[at].operation;
        std::int64_t after = value;
        if (step(history_[operation], after)) {
          linearized[operation] = true;
          if (tried.emplace(linearized, after).second) {
            calls.emplace_back(at, value);
            value = after;
            lift(at);
            at = entries_[kHead].next;
            continue;
          }
          linearized[operation] = false;
        }
        at = entries_[at].next;
        continue;
      }
      // All that is left was never answered, so it need not have happened.
      if (at == kHead || history_[entries_[at].operation].reply == Operation::kNever) return true;
      // A reply whose call was not linearized: go back.
      if (calls.empty()) return false;
      at = calls.back().first;
      value = calls.back().second;
      linearized[entries_[at].operation] = false;
      calls.pop_back();
      unlift(at);
      at = entries_[at].next;
    }
    return true;
  }

 private:
  static constexpr std::size_t kHead = 0;

  static bool step(const Operation& operation, std::int64_t& value) {
    // How an operation went that nobody heard of is open: a put is done, a swap may fail, a read tells
    // nothing.
    const bool heard = operation.reply != Operation::kNever;
    switch (operation.type) {
      case Operation::Type::Get:
        return !heard || operation.value == value;
      case Operation::Type::Put:
        value = operation.value;
        return true;
      case Operation::Type::CompareAndSwap:
        if (heard && operation.swapped != (value == operation.expected)) return false;
        if (value == operation.expected) value = operation.value;
        return true;
    }
    return false;
  }

  void link() {
    struct Instant {
      std::int64_t when;
      bool isReply;  // calls come first: what touches overlaps
      std::size_t operation;
    };
    std::vector<Instant> instants;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      instants.push_back({history_[i].call, false, i});
      instants.push_back({history_[i].reply, true, i});
    }
    std::stable_sort(instants.begin(), instants.end(), [](const Instant& a, const Instant& b) {
      return a.when != b.when ? a.when < b.when : a.isReply < b.isReply;
    });
    entries_.resize(instants.size() + 1);
    std::vector<std::size_t> callOf(history_.size());
    for (std::size_t i = 0; i < instants.size(); ++i) {
      const std::size_t at = i + 1;
      entries_[at] = {instants[i].operation, !instants[i].isReply, 0, at - 1, (at + 1) % entries_.size()};
      if (instants[i].isReply) {
        entries_[callOf[instants[i].operation]].reply = at;
      } else {
        callOf[instants[i].operation] = at;
      }
    }
    entries_[kHead].next = instants.empty() ? kHead : 1;
    entries_[kHead].previous = instants.size();
  }

  void remove(std::size_t at) {
    entries_[entries_[at].previous].next = entries_[at].next;
    entries_[entries_[at].next].previous = entries_[at].previous;
  }
  void insert(std::size_t at) {
    entries_[entries_[at].previous].next = at;
    entries_[entries_[at].next].previous = at;
  }
  void lift(std::size_t call) {
    remove(call);
    remove(entries_[call].reply);
  }
  void unlift(std::size_t call) {
    insert(entries_[call].reply);
    insert(call);
  }

  const std::vector<Operation>& history_;
  std::vector<Entry> entries_;
};

}  // namespace

std::string Operation::text() const {
  const std::string when =
      " [" + std::to_string(call) + ".." + (reply == kNever ? "?" : std::to_string(reply)) + "]";
  switch (type) {
    case Type::Get:
      return "get " + std::to_string(value) + when;
    case Type::Put:
      return "put " + std::to_string(value) + when;
    case Type::CompareAndSwap:
      break;
  }
  return "swap " + std::to_string(expected) + " " + std::to_string(value) + (swapped ? " yes" : " no") + when;
}

bool isLinearizable(const std::vector<Operation>& history) { return Search(history).run(); }

}  // namespace pilothouse::etcd::testing
