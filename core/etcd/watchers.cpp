#include "core/etcd/watchers.hpp"

#include <utility>

namespace pilothouse::etcd {

WatcherId Watchers::add(const WatchRequest& request, Send send) {
  const WatcherId id = next_++;
  std::uint64_t from = request.startRevision;
  if (from > 0 && from < store_.compactRevision()) {
    send({store_.revision(), store_.compactRevision(), {}});
    return id;
  }
  while (from > 0 && from <= store_.revision()) {
    WatchResponse response;
    response.revision = store_.revision();
    from = store_.history(request.range, from, kBatchEventsMax, response.events);
    if (!response.events.empty()) send(std::move(response));
  }
  // A start in the future: nothing before it is told.
  watchers_.emplace(id, Watcher{request.range, request.startRevision, std::move(send)});
  return id;
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
