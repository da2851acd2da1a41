#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/continue_token.hpp"
#include "core/apiserver/server.hpp"
#include "core/apiserver/subresources.hpp"
#include "core/apiserver/versions.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kContinue = Key::intern("continue");
const Key kRemainingItemCount = Key::intern("remainingItemCount");
const Key kScale = Key::intern("scale");
constexpr SimDuration kMinRequestTimeout = std::chrono::seconds(1800);  // --min-request-timeout
constexpr std::string_view kTooOldContinue =
    "The provided continue parameter is too old to display a consistent list result. You can start a new "
    "list without the continue parameter.";

const RequestOptions& optionsOf(const Request& request) {
  static const RequestOptions defaults;
  return request.options == nullptr ? defaults : *request.options;
}

/// A version in decimal; nothing when it is not one.
std::optional<std::uint64_t> parseVersion(std::string_view text) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t version = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    version = version * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return version;
}

api::Status malformedVersion(const std::string& text) {
  return api::Status::badRequest("Invalid value: \"" + text + "\": strconv.ParseUint: parsing \"" + text +
                                 "\": invalid syntax");
}

// The list rules of metainternalversion.ValidateListOptions that a request can break.
std::string listOptionsError(const RequestOptions& options, bool isWatch) {
  const bool match = options.resourceVersionMatch != ResourceVersionMatch::Unset;
  if (isWatch) {
    if (options.sendInitialEvents && options.resourceVersionMatch != ResourceVersionMatch::NotOlderThan) {
      return "sendInitialEvents: Forbidden: sendInitialEvents requires setting resourceVersionMatch to "
             "NotOlderThan";
    }
    if (match && !options.sendInitialEvents) {
      return "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless "
             "sendInitialEvents is provided";
    }
    return {};
  }
  if (options.sendInitialEvents)
    return "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list";
  if (!match) return {};
  if (options.resourceVersion.empty()) {
    return "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is "
           "provided";
  }
  if (!options.continueToken.empty()) {
    return "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided";
  }
  if (options.resourceVersionMatch == ResourceVersionMatch::Exact && options.resourceVersion == "0") {
    return "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for "
           "resourceVersion \"0\"";
  }
  return {};
}

struct Page {
  std::vector<Value> items;
  std::string next;             ///< key of the last item when more follow
  std::int64_t remaining = -1;  ///< -1: not known, as always with selectors
};

Value listValue(const api::Resource& resource, std::uint64_t revision, const Page& page) {
  ObjectBuilder metadata;
  metadata.set(keys::resourceVersion, std::to_string(revision));
  if (!page.next.empty()) {
    metadata.set(kContinue, encodeContinue({static_cast<std::int64_t>(revision), page.next}));
    if (page.remaining > 0) metadata.set(kRemainingItemCount, page.remaining);
  }
  return Value::object({{keys::apiVersion, resource.apiVersion()},
                        {keys::items, Value::array(page.items)},
                        {keys::kind, std::string(resource.kind) + "List"},
                        {keys::metadata, metadata.build()}});
}

bool passes(const Predicate& predicate, const Value& object) {
  if (!predicate.name.isNull() && api::name(object) != predicate.name.asString()) return false;
  if (!predicate.namespace_.isNull() && api::namespaceOf(object) != predicate.namespace_.asString()) {
    return false;
  }
  if (!predicate.nodeName.isNull() &&
      object.get(keys::spec, keys::nodeName).asString() != predicate.nodeName.asString()) {
    return false;
  }
  return !predicate.matches || predicate.matches(object);
}

bool selects(const Predicate& predicate) {
  return !predicate.name.isNull() || !predicate.namespace_.isNull() || !predicate.nodeName.isNull() ||
         predicate.matches != nullptr;
}

Page pageFromCache(const WatchCache& cache, std::string_view ns, const Predicate& predicate,
                   std::int64_t limit) {
  Page page;
  std::int64_t seen = 0;
  const bool counts = !selects(predicate);
  const auto visit = [&](const Value& object) {
    if (!passes(predicate, object)) return true;
    ++seen;
    if (limit == 0 || seen <= limit) {
      page.items.push_back(object);
    } else {
      if (page.next.empty()) page.next = api::namespacedName(page.items.back());
      return counts;
    }
    return true;
  };
  if (cache.hasTrigger() && !predicate.nodeName.isNull() && !predicate.nodeName.asString().empty()) {
    for (const Value& object : cache.byTrigger(predicate.nodeName.asString())) {
      if (!ns.empty() && api::namespaceOf(object) != ns) continue;
      if (!visit(object)) break;
    }
  } else {
    cache.objects().forEach(ns, visit);
  }
  if (counts && limit > 0 && seen > limit) page.remaining = seen - limit;
  return page;
}

}  // namespace

void Server::get(const CallPtr& call) {
  Registry& store = registry(call->resource());
  const auto answer = [call](const Value& object) {
    call->answer(200, call->request.subresource == kScale ? scaleOf(object) : object);
  };
  if (optionsOf(call->request).resourceVersion == "0") {
    const Value& cached = store.cache().find(call->request.namespace_.asString(), call->name());
    if (cached.isNull()) return call->fail(api::Status::notFound(store.resource(), call->name()));
    return answer(cached);
  }
  store.get(call->request.namespace_, call->request.name, [call, answer](Outcome outcome) {
    if (!outcome.ok()) return call->fail(outcome.error);
    answer(outcome.object);
  });
}

void Server::list(const CallPtr& call) {
  const RequestOptions& options = optionsOf(call->request);
  if (const std::string error = listOptionsError(options, false); !error.empty()) {
    return call->fail(api::Status::badRequest(error));
  }
  auto predicate = std::make_shared<Predicate>(
      parseSelectors(call->resource(), options.labelSelector, options.fieldSelector));
  if (predicate->error.code != 0) return call->fail(predicate->error);

  if (!options.continueToken.empty()) {
    const auto token = decodeContinue(options.continueToken);
    if (!token) {
      return call->fail(api::Status::badRequest("continue key is not valid: illegal base64 data"));
    }
    if (!options.resourceVersion.empty() && options.resourceVersion != "0") {
      return call->fail(
          api::Status::badRequest("specifying resource version is not allowed when using continue"));
    }
    const std::uint64_t revision = token->revision > 0 ? static_cast<std::uint64_t>(token->revision) : 0;
    return listPage(call, *predicate, revision, token->after);
  }
  std::uint64_t wanted = 0;
  if (!options.resourceVersion.empty()) {
    const auto parsed = parseVersion(options.resourceVersion);
    if (!parsed) return call->fail(malformedVersion(options.resourceVersion));
    wanted = *parsed;
  }
  // A limit with a version and no match is an exact read too, as it was before there were matches.
  if (options.resourceVersionMatch == ResourceVersionMatch::Exact ||
      (options.limit > 0 && wanted > 0 && options.resourceVersionMatch == ResourceVersionMatch::Unset)) {
    return listPage(call, *predicate, wanted, {});
  }
  WatchCache& cache = registry(call->resource()).cache();
  if (!options.resourceVersion.empty() && wanted <= cache.revision()) return listFromCache(call, *predicate);
  storage_.currentRevision([this, call, predicate, wanted](StorageResult result) {
    if (result.code != StorageResult::Code::Ok) {
      return call->fail(storageError(call->resource(), "", result));
    }
    if (wanted > result.revision) {
      return call->fail(api::Status::resourceVersionTooLarge(wanted, result.revision));
    }
    registry(call->resource()).cache().progress(result.revision);
    listFromCache(call, *predicate);
  });
}

void Server::listFromCache(const CallPtr& call, const Predicate& predicate) {
  const WatchCache& cache = registry(call->resource()).cache();
  const Page page =
      pageFromCache(cache, call->request.namespace_.asString(), predicate, optionsOf(call->request).limit);
  call->answer(200, listValue(call->resource(), cache.revision(), page));
}

// A page at a version that etcd still keeps. With selectors it reads on until the page is full.
void Server::listPage(const CallPtr& call, const Predicate& predicate, std::uint64_t revision,
                      std::string after) {
  auto shared = std::make_shared<Predicate>(predicate);
  Storage::ListOptions range;
  range.namespace_ = call->request.namespace_.asString();
  range.revision = revision;
  range.after = after;
  const std::int64_t limit = optionsOf(call->request).limit;
  range.limit = selects(predicate) ? 0 : limit;
  storage_.list(call->resource(), range, [call, shared, limit, revision](StorageList found) {
    if (found.code == StorageResult::Code::Compacted) {
      return call->fail(api::Status::gone(optionsOf(call->request).continueToken.empty()
                                              ? "The resourceVersion for the provided list is too old."
                                              : std::string(kTooOldContinue)));
    }
    if (found.code != StorageResult::Code::Ok) {
      return call->fail(storageError(call->resource(), "", {found.code, {}, found.revision, found.error}));
    }
    if (revision > found.revision) {
      return call->fail(api::Status::resourceVersionTooLarge(revision, found.revision));
    }
    Page page;
    for (const Value& object : found.objects) {
      if (!passes(*shared, object)) continue;
      if (limit > 0 && page.items.size() == static_cast<std::size_t>(limit)) {
        page.next = api::namespacedName(page.items.back());
        break;
      }
      page.items.push_back(object);
    }
    if (!selects(*shared) && found.remaining > 0) {
      page.next = api::namespacedName(page.items.back());
      page.remaining = found.remaining;
    }
    call->answer(200, listValue(call->resource(), revision > 0 ? revision : found.revision, page));
  });
}

void Server::openWatch(WatchId id, const CallPtr& call, WatchSink sink) {
  const RequestOptions& options = optionsOf(call->request);
  if (const std::string error = listOptionsError(options, true); !error.empty()) {
    return call->fail(api::Status::badRequest(error));
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
  call->answer(200, Value());
  registry(call->resource()).cache().watch(id, std::move(target), start, std::move(sink));
}

}  // namespace pilothouse::apiserver
