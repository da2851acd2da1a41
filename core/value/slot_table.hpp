#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse {

/// Spreads a number over 64 bits.
inline std::uint64_t numberHash(std::uint64_t number) {
  number = (number ^ (number >> 32)) * 0x9e3779b97f4a7c15ULL;
  return number ^ (number >> 29);
}

/// A hash of text for tables that are never walked: eight bytes at a time, the same on every platform.
inline std::uint64_t textHash(std::string_view text, std::uint64_t seed = 0) {
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ULL;
  std::uint64_t h = seed ^ (text.size() * kPrime);
  const auto mix = [&h](std::uint64_t word) {
    h = (h ^ word) * kPrime;
    h ^= h >> 32;
  };
  const char* at = text.data();
  std::size_t left = text.size();
  const auto byte = [&at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
  for (; left >= 8; left -= 8, at += 8) {
    mix(byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24 | byte(4) << 32 | byte(5) << 40 |
        byte(6) << 48 | byte(7) << 56);
  }
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < left; ++i) rest |= byte(i) << (8 * i);
  mix(rest);
  return h;
}

/// Finds numbered things by hash: open addressing over (hash, id), 8 bytes a place, at most 3/4 full.
///
/// The things themselves lie with the caller. They are looked at only where the hash agrees, so that a search
/// in a table of 10^6 costs one or two cache misses of its own.
class SlotTable {
 public:
  using Id = std::uint32_t;
  static constexpr Id kNone = 0xffffffff;

  /// The id under this hash for which `isIt` holds, or kNone.
  template <typename IsIt>
  [[nodiscard]] Id find(std::uint64_t hash, IsIt&& isIt) const {
    if (places_.empty()) return kNone;
    const std::uint32_t wanted = folded(hash);
    for (std::size_t at = wanted & mask();; at = (at + 1) & mask()) {
      const Place& place = places_[at];
      if (place.id == kNone) return kNone;
      if (place.hash == wanted && isIt(place.id)) return place.id;
    }
  }
  /// Adds an id that is not in the table.
  void insert(std::uint64_t hash, Id id) {
    if ((size_ + 1) * 4 > places_.size() * 3) grow();
    put({folded(hash), id});
    ++size_;
  }
  /// Removes an id that is in the table, under the hash that it was inserted with.
  void erase(std::uint64_t hash, Id id) {
    assert(size_ > 0);
    const std::uint32_t wanted = folded(hash);
    std::size_t hole = wanted & mask();
    while (places_[hole].id != id || places_[hole].hash != wanted) hole = (hole + 1) & mask();
    // No tombstones: what follows the hole moves up when it may.
    for (std::size_t at = (hole + 1) & mask(); places_[at].id != kNone; at = (at + 1) & mask()) {
      const std::size_t home = places_[at].hash & mask();
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;
      places_[hole] = places_[at];
      hole = at;
    }
    places_[hole] = Place{};
    --size_;
  }
  void clear() {
    places_.clear();
    size_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Place {
    std::uint32_t hash = 0;
    Id id = kNone;
  };
  static std::uint32_t folded(std::uint64_t hash) { return static_cast<std::uint32_t>(hash ^ (hash >> 32)); }
  [[nodiscard]] std::size_t mask() const { return places_.size() - 1; }
  void put(Place place) {
    std::size_t at = place.hash & mask();
    while (places_[at].id != kNone) at = (at + 1) & mask();
    places_[at] = place;
  }
  void grow() {
    const std::size_t count = places_.empty() ? 16 : places_.size() * 2;
    const std::vector<Place> before = std::exchange(places_, std::vector<Place>(count));
    for (const Place& place : before) {
      if (place.id != kNone) put(place);
    }
  }

  std::vector<Place> places_;  ///< a power of two, or none
  std::size_t size_ = 0;
};

}  // namespace pilothouse
