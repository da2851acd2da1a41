#pragma once

#include <vector>

#include "core/etcd/lessor.hpp"
#include "core/etcd/mvcc_store.hpp"

namespace pilothouse::etcd {

/// One member's state machine: requests in, responses and events out; no transport, no timers.
///
/// Members that apply the same requests in the same order are equal, so the order is all that a consensus has
/// to bring. Lease ends are the leader's to notice: it proposes LeaseRevoke for lessor().expired().
class Server {
 public:
  static constexpr std::size_t kMaxTxnOps = 128;  // --max-txn-ops

  /// Committed changes are appended to `events`, in order.
  Response apply(const Request& request, SimTime now, std::vector<Event>& events);

  [[nodiscard]] const MvccStore& store() const { return store_; }
  [[nodiscard]] const Lessor& lessor() const { return lessor_; }
  /// A portion of what a compaction forgot; true when there is more.
  bool scrub(std::size_t changesMax) { return store_.scrub(changesMax); }
  /// The process has started again from its data.
  void restarted(SimTime now) { lessor_.extendAll(now); }

 private:
  Error check(const Request& request) const;
  static Error checkOperations(const std::vector<Operation>& operations);
  [[nodiscard]] Error checkBranch(const std::vector<Operation>& operations) const;
  [[nodiscard]] bool holds(const Compare& compare) const;
  void txn(const Request& request, Response& response, std::vector<Event>& events);
  void run(const Operation& operation, MvccStore::Write& write, OperationResponse& response);
  void grant(const Request& request, SimTime now, Response& response);
  void revoke(LeaseId id, Response& response, std::vector<Event>& events);

  MvccStore store_;
  Lessor lessor_;
  LeaseId nextLease_ = 0x694d000000000001;
};

}  // namespace pilothouse::etcd
