#include "core/etcd/watchers.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pilothouse::etcd {

bool Watchers::sendHistory(const KeyRange& range, std::uint64_t from, const Send& send) const {
  if (from > 0 && from < store_.compactRevision()) {
    send({store_.revision(), store_.compactRevision(), {}});
    return false;
  }
  while (from > 0 && from <= store_.revision()) {
    WatchResponse response;
    response.revision = store_.revision();
    from = store_.history(range, from, kBatchEventsMax, response.events);
    if (!response.events.empty()) send(std::move(response));
  }
  return true;
}

WatcherId Watchers::add(const WatchRequest& request, Send send) {
  const WatcherId id = next_++;
  if (!sendHistory(request.range, request.startRevision, send)) return id;
  // A start in the future: nothing before it is told.
  watchers_.emplace(id, Watcher{request.range, request.startRevision, std::move(send)});
  return id;
}

void Watchers::catchUp(std::uint64_t seen) {
  for (auto at = watchers_.begin(); at != watchers_.end();) {
    const Watcher& watcher = at->second;
    const bool goesOn = sendHistory(watcher.range, std::max(watcher.startRevision, seen + 1), watcher.send);
    at = goesOn ? std::next(at) : watchers_.erase(at);
  }
}

void Watchers::notify(const std::vector<Event>& events) {
  if (events.empty()) return;
  for (const auto& [id, watcher] : watchers_) {
    WatchResponse response;
    for (const Event& event : events) {
      if (event.current.modRevision < watcher.startRevision) continue;
      if (watcher.range.contains(event.current.key.asString())) response.events.push_back(event);
    }
    if (response.events.empty()) continue;
    response.revision = store_.revision();
    watcher.send(std::move(response));
  }
}

}  // namespace pilothouse::etcd
