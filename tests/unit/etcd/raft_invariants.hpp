#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/etcd/member.hpp"

namespace pilothouse::etcd::testing {

/// Watches the members of a cluster and tells the first violation of what Raft promises (Figure 3 of "In
/// Search of an Understandable Consensus Algorithm"). To be asked after every event of the simulation.
class RaftInvariants {
 public:
  explicit RaftInvariants(std::vector<Member*> members);
  /// Looks at what changed.
  void check();
  [[nodiscard]] const std::string& violation() const { return violation_; }

 private:
  struct Seen {
    raft::Raft::Role role{};
    std::uint64_t term = 0;
    std::uint64_t lastIndex = 0;
    std::uint64_t lastTerm = 0;
    std::uint64_t committed = 0;
    std::map<std::uint64_t, std::uint64_t> terms;  ///< of the log's entries, by index
  };
  struct Agreed {
    std::uint64_t term = 0;
    std::uint64_t leaderTerm = 0;  ///< the newest at which anybody knew of it first
  };
  void checkElection(std::size_t i, const raft::Raft& raft);
  void checkLog(std::size_t i, const raft::Raft& raft);
  void checkCommit(std::size_t i, const raft::Raft& raft);
  void checkApplied(std::size_t i, const std::vector<Event>& events);
  void violated(std::size_t i, const std::string& what);

  std::vector<Member*> members_;
  std::vector<Seen> seen_;
  std::map<std::uint64_t, raft::NodeId> leaders_;  ///< by term
  /// By index and term: the term before, and the command.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<std::uint64_t, const Command*>> entries_;
  std::vector<raft::Entry> kept_;  ///< so that no address is used twice
  std::map<std::uint64_t, Agreed> committed_;
  std::map<std::uint64_t, std::string> applied_;  ///< by revision
  std::string violation_;
};

}  // namespace pilothouse::etcd::testing
