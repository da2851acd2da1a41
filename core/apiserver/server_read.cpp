#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/continue_token.hpp"
#include "core/apiserver/list_options.hpp"
#include "core/apiserver/server.hpp"
#include "core/apiserver/subresources.hpp"
#include "core/apiserver/versions.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kContinue = Key::intern("continue");
const Key kRemainingItemCount = Key::intern("remainingItemCount");
const Key kScale = Key::intern("scale");

const RequestOptions& optionsOf(const Request& request) {
  static const RequestOptions defaults;
  return request.options == nullptr ? defaults : *request.options;
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
  const std::string& version = optionsOf(call->request).resourceVersion;
  const auto wanted = parseVersion(version.empty() ? "0" : version);
  if (!wanted) return call->fail(malformedVersion(version));
  if (!version.empty() && *wanted <= store.cache().revision()) {
    const Value& cached = store.cache().find(call->request.namespace_.asString(), call->name());
    if (cached.isNull()) return call->fail(api::Status::notFound(store.resource(), call->name()));
    return answer(cached);
  }
  const auto read = [call, answer, &store] {
    store.get(call->request.namespace_, call->request.name, [call, answer](Outcome outcome) {
      if (!outcome.ok()) return call->fail(outcome.error);
      answer(outcome.object);
    });
  };
  if (version.empty()) return read();
  storage_.currentRevision([call, read, wanted](StorageResult result) {
    if (result.code != StorageResult::Code::Ok)
      return call->fail(storageError(call->resource(), call->name(), result));
    if (*wanted <= result.revision) return read();
    call->fail(api::Status::resourceVersionTooLarge(*wanted, result.revision));
  });
}

void Server::list(const CallPtr& call) {
  const RequestOptions& options = optionsOf(call->request);
  if (const api::Status invalid = validateListOptions(options, false); invalid.code != 0) {
    return call->fail(invalid);
  }
  auto predicate = std::make_shared<Predicate>(
      parseSelectors(call->resource(), options.labelSelector, options.fieldSelector));
  if (predicate->error.code != 0) return call->fail(predicate->error);

  if (!options.continueToken.empty()) {
    const auto token = decodeContinue(options.continueToken);
    if (!token) return call->fail(malformedContinue(options.continueToken));
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
    if (!parsed) return call->fail(malformedListVersion(options.resourceVersion));
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
  const RequestOptions& options = optionsOf(call->request);
  // Who asks for whatever there is gets all of it: the cache has no versions to go on from.
  const std::int64_t limit = options.resourceVersion == "0" ? 0 : std::max<std::int64_t>(options.limit, 0);
  const Page page = pageFromCache(cache, call->request.namespace_.asString(), predicate, limit);
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
  const std::int64_t limit = std::max<std::int64_t>(optionsOf(call->request).limit, 0);
  range.limit = selects(predicate) ? 0 : limit;
  storage_.list(call->resource(), range, [call, shared, limit, revision, after](StorageList found) {
    if (found.code == StorageResult::Code::Compacted) {
      return call->answer(410, expiredList(after));
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
    if (!selects(*shared) && found.remaining > 0 && !page.items.empty()) {
      page.next = api::namespacedName(page.items.back());
      page.remaining = found.remaining;
    }
    call->answer(200, listValue(call->resource(), revision > 0 ? revision : found.revision, page));
  });
}

}  // namespace pilothouse::apiserver
