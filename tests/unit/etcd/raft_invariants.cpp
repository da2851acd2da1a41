#include "tests/unit/etcd/raft_invariants.hpp"

namespace pilothouse::etcd::testing {

using raft::Raft;

RaftInvariants::RaftInvariants(std::vector<Member*> members)
    : members_(std::move(members)), seen_(members_.size()) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    members_[i]->onCommit([this, i](const std::vector<Event>& events) { checkApplied(i, events); });
  }
}

void RaftInvariants::violated(std::size_t i, const std::string& what) {
  if (violation_.empty()) violation_ = "member " + std::to_string(i) + ": " + what;
}

void RaftInvariants::check() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Raft& raft = members_[i]->consensus()->raft();
    const raft::Log& log = raft.log();
    Seen& seen = seen_[i];
    if (seen.lastIndex != log.lastIndex() || seen.lastTerm != log.lastTerm()) checkLog(i, raft);
    if (seen.committed != log.committed()) checkCommit(i, raft);
    if (seen.role != raft.role() || seen.term != raft.term()) checkElection(i, raft);
    seen.role = raft.role();
    seen.term = raft.term();
    seen.lastIndex = log.lastIndex();
    seen.lastTerm = log.lastTerm();
    seen.committed = log.committed();
  }
}

// Election safety: one leader a term. Leader completeness: it has all that was committed in earlier terms.
void RaftInvariants::checkElection(std::size_t i, const Raft& raft) {
  if (raft.term() < seen_[i].term) violated(i, "its term went back to " + std::to_string(raft.term()));
  if (raft.role() != Raft::Role::Leader) return;
  const auto [at, first] = leaders_.emplace(raft.term(), raft.id());
  if (at->second != raft.id()) violated(i, "a second leader of term " + std::to_string(raft.term()));
  if (!first) return;
  for (const auto& [index, agreed] : committed_) {
    if (agreed.leaderTerm >= raft.term() || index < raft.log().firstIndex()) continue;
    if (!raft.log().matches(index, agreed.term)) {
      violated(i, "became leader without the committed entry " + std::to_string(index));
    }
  }
}

// Log matching: entries of equal index and term are the same, and so is all before them.
void RaftInvariants::checkLog(std::size_t i, const Raft& raft) {
  const raft::Log& log = raft.log();
  std::map<std::uint64_t, std::uint64_t>& known = seen_[i].terms;
  known.erase(known.upper_bound(log.lastIndex()), known.end());
  for (std::uint64_t index = log.lastIndex(); index >= log.firstIndex(); --index) {
    const raft::Entry& entry = log.at(index);
    const auto at = known.find(index);
    if (at != known.end() && at->second == entry.term) return;
    known[index] = entry.term;
    if (entry.index != index) violated(i, "an entry at another's place");
    const std::pair<std::uint64_t, const Command*> content{log.term(index - 1).value_or(0),
                                                           entry.command.get()};
    const auto [same, fresh] = entries_.emplace(std::pair{index, entry.term}, content);
    if (fresh) kept_.push_back(entry);
    if (same->second != content) violated(i, "another entry " + std::to_string(index) + " of the same term");
  }
}

// State machine safety, of the log: what is committed at an index is the same for all.
void RaftInvariants::checkCommit(std::size_t i, const Raft& raft) {
  const raft::Log& log = raft.log();
  if (log.committed() < seen_[i].committed) violated(i, "took a commit back");
  for (std::uint64_t index = std::max(seen_[i].committed + 1, log.firstIndex()); index <= log.committed();
       ++index) {
    const std::uint64_t term = *log.term(index);
    const auto [at, fresh] = committed_.emplace(index, Agreed{term, raft.term()});
    if (at->second.term != term) violated(i, "another entry committed at " + std::to_string(index));
  }
}

// State machine safety, of the store: a revision is the same for all.
void RaftInvariants::checkApplied(std::size_t i, const std::vector<Event>& events) {
  for (const Event& event : events) {
    const std::string what = event.current.key.toString() + "=" +
                             std::to_string(event.current.value.asInt()) + " v" +
                             std::to_string(event.current.version);
    const auto [at, fresh] = applied_.emplace(event.current.modRevision, what);
    if (at->second != what) {
      violated(
          i, "revision " + std::to_string(event.current.modRevision) + " is " + what + ", was " + at->second);
    }
  }
}

}  // namespace pilothouse::etcd::testing
