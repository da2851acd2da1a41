#include "core/apiserver/object_order.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::apiserver {
namespace {

const Value kNone;

int sign(int c) { return c < 0 ? -1 : (c > 0 ? 1 : 0); }

// Compares ns + "/" of both when the namespaces differ: the separator takes part in etcd's byte order.
int compareNamespaces(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  if (const int c = a.substr(0, common).compare(b.substr(0, common)); c != 0) return sign(c);
  if (a.size() == b.size()) return 0;
  if (a.size() < b.size()) return '/' < b[common] ? -1 : 1;
  return a[common] < '/' ? -1 : 1;
}

int compareTo(const Value& object, std::string_view ns, std::string_view name) {
  return compareKeys(api::namespaceOf(object), api::name(object), ns, name);
}

}  // namespace

int compareKeys(std::string_view namespaceA, std::string_view nameA, std::string_view namespaceB,
                std::string_view nameB) {
  if (const int c = compareNamespaces(namespaceA, namespaceB); c != 0) return c;
  return sign(nameA.compare(nameB));
}

OrderedObjects::Place OrderedObjects::lowerBound(std::string_view ns, std::string_view name) const {
  if (chunks_.empty()) return {0, 0, false};
  const auto chunk = std::partition_point(chunks_.begin(), chunks_.end(), [&](const std::vector<Value>& c) {
    return compareTo(c.back(), ns, name) < 0;
  });
  if (chunk == chunks_.end()) return {chunks_.size() - 1, chunks_.back().size(), false};
  const auto at = std::partition_point(chunk->begin(), chunk->end(),
                                       [&](const Value& o) { return compareTo(o, ns, name) < 0; });
  return {static_cast<std::size_t>(chunk - chunks_.begin()), static_cast<std::size_t>(at - chunk->begin()),
          compareTo(*at, ns, name) == 0};
}

Value OrderedObjects::put(const Value& object) {
  const Place place = lowerBound(api::namespaceOf(object), api::name(object));
  if (place.found) return std::exchange(chunks_[place.chunk][place.at], object);
  if (chunks_.empty()) chunks_.emplace_back();
  std::vector<Value>& chunk = chunks_[place.chunk];
  chunk.insert(chunk.begin() + static_cast<std::ptrdiff_t>(place.at), object);
  ++size_;
  if (chunk.size() > kChunkMax) {
    // Names usually come in rising order within a burst, so the lower part is left fuller.
    const auto middle = chunk.begin() + static_cast<std::ptrdiff_t>(kChunkMax * 3 / 4);
    std::vector<Value> upper(std::make_move_iterator(middle), std::make_move_iterator(chunk.end()));
    chunk.erase(middle, chunk.end());
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk) + 1, std::move(upper));
  }
  return {};
}

Value OrderedObjects::erase(std::string_view ns, std::string_view name) {
  const Place place = lowerBound(ns, name);
  if (!place.found) return {};
  std::vector<Value>& chunk = chunks_[place.chunk];
  Value before = std::move(chunk[place.at]);
  chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(place.at));
  --size_;
  if (chunk.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk));
  return before;
}

void OrderedObjects::clear() {
  chunks_.clear();
  size_ = 0;
}

const Value& OrderedObjects::find(std::string_view ns, std::string_view name) const {
  const Place place = lowerBound(ns, name);
  return place.found ? chunks_[place.chunk][place.at] : kNone;
}

}  // namespace pilothouse::apiserver
