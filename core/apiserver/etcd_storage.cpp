#include "core/apiserver/etcd_storage.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/watch_cache.hpp"

namespace pilothouse::apiserver {
namespace {

using Code = StorageResult::Code;

constexpr std::string_view kRegistry = "/registry/";

Value keyOf(const api::Resource& resource, const Value& object) {
  return Value(storageKey(resource, api::namespaceOf(object), api::name(object)));
}

Code codeOf(etcd::Error error) {
  if (error == etcd::Error::None) return Code::Ok;
  return error == etcd::Error::Compacted ? Code::Compacted : Code::Unavailable;
}

const Value& firstValue(const etcd::Response& response) {
  static const Value none;
  if (response.operations.empty() || response.operations.front().kvs.empty()) return none;
  return response.operations.front().kvs.front().value;
}

StorageResult resultOf(const etcd::Response& response) {
  return {codeOf(response.error), firstValue(response), response.revision, etcd::errorText(response.error)};
}

etcd::Compare unchanged(const Value& key, std::uint64_t revision) {
  return {etcd::Compare::Target::ModRevision, etcd::Compare::Result::Equal, key, revision, {}};
}

Value reference(const Value& ns, const Value& name) {
  ObjectBuilder metadata;
  metadata.setIfAny(keys::name, name).setIfAny(keys::namespace_, ns);
  return Value::object({{keys::metadata, metadata.build()}});
}

}  // namespace

void EtcdStorage::get(const api::Resource& resource, const Value& ns, const Value& name, Done done) {
  const Value key(storageKey(resource, ns.asString(), name.asString()));
  etcd_.send(etcd::Request::single(etcd::Operation::range(key)), resource.plural, reference(ns, name),
             [done = std::move(done)](etcd::Response response) mutable {
               StorageResult result = resultOf(response);
               if (result.code == Code::Ok && result.object.isNull()) result.code = Code::NotFound;
               done(std::move(result));
             });
}

void EtcdStorage::put(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
                      etcd::LeaseId lease, Done done) {
  const Value key = keyOf(resource, object);
  const bool creates = expectedRevision == 0;
  etcd::Request request;
  request.compares.push_back(unchanged(key, expectedRevision));
  request.success.push_back(etcd::Operation::put(key, object, lease, &withResourceVersion));
  if (!creates) request.failure.push_back(etcd::Operation::range(key));
  etcd_.send(std::move(request), resource.plural, object,
             [creates, done = std::move(done)](etcd::Response response) mutable {
               StorageResult result = resultOf(response);
               if (result.code == Code::Ok && !response.succeeded) {
                 result.code = creates ? Code::Exists : Code::Changed;
               }
               done(std::move(result));
             });
}

void EtcdStorage::putWithTtl(const api::Resource& resource, const Value& object,
                             std::uint64_t expectedRevision, SimDuration ttl, Done done) {
  if (ttl == SimDuration{}) return put(resource, object, expectedRevision, 0, std::move(done));
  leases_.lease(
      ttl, [this, &resource, object, expectedRevision, done = std::move(done)](etcd::LeaseId lease) mutable {
        if (lease == 0) return done({Code::Unavailable, {}, 0, leases_.error()});
        put(resource, object, expectedRevision, lease, std::move(done));
      });
}

void EtcdStorage::create(const api::Resource& resource, const Value& object, SimDuration ttl, Done done) {
  putWithTtl(resource, object, 0, ttl, std::move(done));
}

void EtcdStorage::replace(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
                          SimDuration ttl, Done done) {
  putWithTtl(resource, object, expectedRevision, ttl, std::move(done));
}

void EtcdStorage::remove(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
                         Done done) {
  const Value key = keyOf(resource, object);
  etcd::Request request;
  request.compares.push_back(unchanged(key, expectedRevision));
  request.success.push_back(etcd::Operation::deleteRange(key));
  request.failure.push_back(etcd::Operation::range(key));
  etcd_.send(std::move(request), resource.plural, object,
             [done = std::move(done)](etcd::Response response) mutable {
               StorageResult result = resultOf(response);
               if (result.code == Code::Ok && !response.succeeded) result.code = Code::Changed;
               done(std::move(result));
             });
}

void EtcdStorage::list(const api::Resource& resource, const ListOptions& options,
                       Function<void(StorageList)> done) {
  etcd::KeyRange range = etcd::KeyRange::prefixed(storageKey(resource, options.namespace_, ""));
  if (!options.after.empty()) {
    range.begin = storageKey(resource, "", options.after);
    range.begin.push_back('\0');  // the first key after it
  }
  auto operation =
      etcd::Operation::range(Value(range.begin), Value(range.end), options.revision, options.limit);
  etcd_.send(etcd::Request::single(std::move(operation)), resource.plural, {},
             [done = std::move(done)](etcd::Response response) mutable {
               StorageList list;
               // A version that is not there yet: the caller compares, and says so.
               const bool future = response.error == etcd::Error::FutureRevision;
               list.code = future ? Code::Ok : codeOf(response.error);
               list.revision = response.revision;
               list.error = etcd::errorText(response.error);
               if (response.ok()) {
                 const etcd::OperationResponse& found = response.operations.front();
                 list.objects.reserve(found.kvs.size());
                 for (const etcd::KeyValue& kv : found.kvs) list.objects.push_back(kv.value);
                 list.remaining = found.count - static_cast<std::int64_t>(found.kvs.size());
               }
               done(std::move(list));
             });
}

void EtcdStorage::currentRevision(Function<void(StorageResult)> done) {
  static const Value root(kRegistry);
  etcd_.send(etcd::Request::single(etcd::Operation::range(root)), {}, {},
             [done = std::move(done)](etcd::Response response) mutable {
               done({codeOf(response.error), {}, response.revision, etcd::errorText(response.error)});
             });
}

void EtcdStorage::watch(const api::Resource& resource, std::uint64_t afterRevision, Watcher watcher) {
  etcd::WatchRequest request{etcd::KeyRange::prefixed(storageKey(resource, "", "")), afterRevision + 1,
                             resource.plural};
  etcd_.watch(std::move(request), {[change = std::move(watcher.change)](const etcd::Event& event) mutable {
                                     change(event.current.value, event.previous.value,
                                            event.current.modRevision);
                                   },
                                   std::move(watcher.lost)});
}

void EtcdStorage::compact(std::uint64_t revision) {
  etcd_.send(etcd::Request::compact(revision), {}, {}, [](etcd::Response) {});
}

}  // namespace pilothouse::apiserver
