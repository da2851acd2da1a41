#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

namespace pilothouse {

/// Ids in the order of the things that they number, for walks; 4 to 8 bytes an id.
///
/// What is added waits unsorted until the order is wanted: most changes of a large cluster come between two
/// walks, and looking for a place among 10^6 keys costs dozens of cache misses. Sorted ids lie in chunks, so
/// that one more moves few. The order itself (`less`, `before`) is the caller's.
class OrderedIds {
 public:
  using Id = std::uint32_t;
  static constexpr std::size_t kChunkMax = 256;

  struct Place {
    std::size_t chunk = 0;
    std::size_t at = 0;
  };

  void add(Id id) { fresh_.push_back(id); }

  /// Sorts in what was added; the functions below want it.
  template <typename Less>
  void settle(Less&& less) {
    if (fresh_.empty()) return;
    std::vector<Id> added;
    added.swap(fresh_);
    std::sort(added.begin(), added.end(), less);
    if (chunks_.empty()) {
      for (std::size_t i = 0; i < added.size(); i += kChunkMax) {
        const auto from = added.begin() + static_cast<std::ptrdiff_t>(i);
        const std::size_t count = std::min(kChunkMax, added.size() - i);
        chunks_.emplace_back(from, from + static_cast<std::ptrdiff_t>(count));
      }
    } else {
      for (const Id id : added) {
        insert(lowerBound([&](Id other) { return less(other, id); }), id);
      }
    }
  }

  /// The first place whose id `before` does not hold for; one past the end of the last chunk's ids if none.
  template <typename Before>
  [[nodiscard]] Place lowerBound(Before&& before) const {
    assert(fresh_.empty());
    const auto chunk = std::partition_point(chunks_.begin(), chunks_.end(),
                                            [&](const std::vector<Id>& ids) { return before(ids.back()); });
    if (chunk == chunks_.end()) {
      return chunks_.empty() ? Place{} : Place{chunks_.size() - 1, chunks_.back().size()};
    }
    const auto at = std::partition_point(chunk->begin(), chunk->end(), before);
    return {static_cast<std::size_t>(chunk - chunks_.begin()), static_cast<std::size_t>(at - chunk->begin())};
  }

  /// Visits ids from a place on until `visit` returns false.
  template <typename Visit>
  void forEach(Place from, Visit&& visit) const {
    assert(fresh_.empty());
    for (; from.chunk < chunks_.size(); ++from.chunk, from.at = 0) {
      for (; from.at < chunks_[from.chunk].size(); ++from.at) {
        if (!visit(chunks_[from.chunk][from.at])) return;
      }
    }
  }

  /// Removes the id at a place that has one.
  void erase(Place place) {
    std::vector<Id>& ids = chunks_[place.chunk];
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(place.at));
    if (ids.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk));
  }

  /// Removes every id that `gone` holds for, sorted or not.
  template <typename Gone>
  void eraseIf(Gone&& gone) {
    std::erase_if(fresh_, gone);
    for (std::vector<Id>& ids : chunks_) std::erase_if(ids, gone);
    std::erase_if(chunks_, [](const std::vector<Id>& ids) { return ids.empty(); });
  }

  void clear() {
    fresh_ = {};
    chunks_ = {};
  }

 private:
  void insert(Place place, Id id) {
    std::vector<Id>& ids = chunks_[place.chunk];
    ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(place.at), id);
    if (ids.size() <= kChunkMax) return;
    // Growth at the end (names in rising order) leaves full chunks behind.
    const std::size_t kept = place.at + 1 == ids.size() ? kChunkMax : kChunkMax / 2;
    std::vector<Id> rest(ids.begin() + static_cast<std::ptrdiff_t>(kept), ids.end());
    ids.resize(kept);
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk) + 1, std::move(rest));
  }

  std::vector<Id> fresh_;
  std::vector<std::vector<Id>> chunks_;  ///< none is empty
};

}  // namespace pilothouse
