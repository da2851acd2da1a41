#include "core/etcd/raft_log.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace pilothouse::etcd::raft {

std::optional<std::uint64_t> Log::term(std::uint64_t index) const {
  if (index == compacted_) return compactedTerm_;
  if (index < compacted_ || index > lastIndex()) return std::nullopt;
  return at(index).term;
}

bool Log::isUpToDate(std::uint64_t lastIndex, std::uint64_t lastTerm) const {
  if (lastTerm != this->lastTerm()) return lastTerm > this->lastTerm();
  return lastIndex >= this->lastIndex();
}

std::uint64_t Log::agreeAtMost(std::uint64_t index, std::uint64_t term) const {
  for (index = std::min(index, lastIndex()); index > compacted_; --index) {
    if (at(index).term <= term) return index;
  }
  return index;
}

std::vector<Entry> Log::entries(std::uint64_t from, std::size_t countMax) const {
  assert(from >= firstIndex());
  std::vector<Entry> found;
  for (std::uint64_t index = from; index <= lastIndex() && found.size() < countMax; ++index) {
    found.push_back(at(index));
  }
  return found;
}

bool Log::tryAppend(std::uint64_t index, std::uint64_t term, const std::vector<Entry>& entries) {
  if (!matches(index, term)) return false;
  for (const Entry& entry : entries) {
    if (entry.index <= compacted_ || matches(entry.index, entry.term)) continue;
    while (lastIndex() >= entry.index) {
      assert(lastIndex() > committed_);
      entries_.pop_back();
    }
    entries_.push_back(entry);
  }
  return true;
}

void Log::commitTo(std::uint64_t index) {
  assert(index <= lastIndex());
  committed_ = std::max(committed_, index);
}

std::vector<Entry> Log::takeCommitted() {
  std::vector<Entry> taken;
  while (handedOut_ < committed_) taken.push_back(at(++handedOut_));
  return taken;
}

void Log::compact(std::uint64_t index) {
  assert(index <= handedOut_);
  while (compacted_ < index) {
    compactedTerm_ = entries_.front().term;
    entries_.pop_front();
    ++compacted_;
  }
}

void Log::restore(std::uint64_t index, std::uint64_t term) {
  entries_.clear();
  compacted_ = index;
  compactedTerm_ = term;
  committed_ = index;
  handedOut_ = index;
}

}  // namespace pilothouse::etcd::raft
