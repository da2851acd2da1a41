#include <memory>
#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/list_options.hpp"
#include "core/apiserver/server.hpp"
#include "core/apiserver/versions.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr SimDuration kMinRequestTimeout = std::chrono::seconds(1800);  // --min-request-timeout

const RequestOptions& optionsOf(const Request& request) {
  static const RequestOptions defaults;
  return request.options == nullptr ? defaults : *request.options;
}

}  // namespace

void Server::openWatch(WatchId id, const CallPtr& call, WatchSink sink) {
  const RequestOptions& options = optionsOf(call->request);
  if (const api::Status invalid = validateListOptions(options, true); invalid.code != 0) {
    return call->fail(invalid);
  }
  Predicate predicate = parseSelectors(call->resource(), options.labelSelector, options.fieldSelector);
  if (predicate.error.code != 0) return call->fail(predicate.error);

  WatchCache::WatchStart start;
  start.fromNow =
      options.resourceVersion.empty() || options.resourceVersion == "0" || options.sendInitialEvents;
  if (!start.fromNow) {
    const auto parsed = parseVersion(options.resourceVersion);
    if (!parsed) return call->fail(malformedVersion(options.resourceVersion));
    start.after = *parsed;
  }
  start.initialEventsEnd = options.sendInitialEvents && options.allowWatchBookmarks;
  start.timeout = options.watchTimeout;
  if (start.timeout == SimDuration{}) {
    start.timeout = kMinRequestTimeout + SimDuration(static_cast<SimDuration::rep>(simulator_.random().below(
                                             static_cast<std::uint64_t>(kMinRequestTimeout.count()))));
  }
  WatchTarget target;
  if (!call->request.namespace_.asString().empty()) target.namespace_ = call->request.namespace_;
  if (!predicate.namespace_.isNull()) {
    // A namespace in the path and another in the selector: nothing can match, and nothing will be sent.
    if (!target.namespace_.isNull() && !(target.namespace_ == predicate.namespace_)) {
      predicate.matches = [](const Value&) { return false; };
    }
    target.namespace_ = predicate.namespace_;
  }
  target.name = predicate.name;
  if (!call->name().empty()) target.name = call->request.name;
  target.trigger = predicate.nodeName;
  target.matches = std::move(predicate.matches);
  target.bookmarks = options.allowWatchBookmarks;
  sink.send = inVersionOf(call->resource(), std::move(sink.send));
  if (!options.sendInitialEvents || options.resourceVersion == "0") {
    call->answer(200, Value());
    registry(call->resource()).cache().watch(id, std::move(target), start, std::move(sink));
    return;
  }
  openFreshWatch(id, call, std::move(target), start, std::move(sink));
}

// Initial events at the version that was asked for, or at the newest, as a list would have them.
void Server::openFreshWatch(WatchId id, const CallPtr& call, WatchTarget target, WatchCache::WatchStart start,
                            WatchSink sink) {
  const std::string& version = optionsOf(call->request).resourceVersion;
  const auto wanted = parseVersion(version.empty() ? "0" : version);
  if (!wanted) return call->fail(malformedVersion(version));
  opening_.insert(id);
  auto kept = std::make_shared<std::pair<WatchTarget, WatchSink>>(std::move(target), std::move(sink));
  storage_.currentRevision([this, id, call, start, wanted, kept](StorageResult result) {
    if (opening_.erase(id) == 0) return;  // nobody waits any longer
    if (result.code != StorageResult::Code::Ok) return call->fail(storageError(call->resource(), "", result));
    if (*wanted > result.revision) {
      return call->fail(api::Status::resourceVersionTooLarge(*wanted, result.revision));
    }
    WatchCache& cache = registry(call->resource()).cache();
    cache.progress(result.revision);
    call->answer(200, Value());
    cache.watch(id, std::move(kept->first), start, std::move(kept->second));
  });
}

}  // namespace pilothouse::apiserver
