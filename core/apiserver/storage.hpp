#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/sim/function.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// The etcd key of an object or, with empty name, of a namespace's objects or of all of a resource, with
/// kube-apiserver's historical names: /registry/pods/default/web, /registry/minions/node-1,
/// /registry/services/specs/default/kubernetes.
std::string storageKey(const api::Resource& resource, std::string_view ns, std::string_view name);

/// Answers of the storage. Objects carry their own revision as metadata.resourceVersion.
struct StorageResult {
  enum class Code : std::uint8_t {
    Ok,
    NotFound,
    Exists,   ///< create: the key is there already
    Changed,  ///< the object is no longer at the expected revision; `object` is what is there, null for gone
    Compacted,    ///< the revision asked for is no longer kept
    Unavailable,  ///< etcd did not answer, or could not; `error` says how, nothing else is known
    TooLarge      ///< etcd refused the request's size
  };
  Code code{};
  Value object;
  std::uint64_t revision = 0;   ///< etcd's revision at the answer
  std::string_view error = {};  ///< Unavailable: etcd's words, a text that stays
};

struct StorageList {
  StorageResult::Code code{};
  std::vector<Value> objects;
  std::uint64_t revision = 0;
  std::int64_t remaining = 0;   ///< how many follow after `objects`
  std::string_view error = {};  ///< as StorageResult::error
};

/// What the registry needs from etcd (storage.Interface of staging/src/k8s.io/apiserver): one key an object,
/// optimistic writes, and a watch. One tree a revision: what was stored is what is answered and watched.
class Storage {
 public:
  using Done = Function<void(StorageResult)>;

  virtual ~Storage() = default;
  virtual void get(const api::Resource& resource, const Value& ns, const Value& name, Done done) = 0;
  /// `ttl` 0: forever; else the object goes with a lease (Events).
  virtual void create(const api::Resource& resource, const Value& object, SimDuration ttl, Done done) = 0;
  virtual void replace(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
                       SimDuration ttl, Done done) = 0;
  virtual void remove(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
                      Done done) = 0;
  struct ListOptions {
    std::string_view namespace_;
    std::uint64_t revision = 0;  ///< 0: the newest
    std::string_view after;      ///< "namespace/name" of the last object before the page
    std::int64_t limit = 0;      ///< 0: all
  };
  virtual void list(const api::Resource& resource, const ListOptions& options,
                    Function<void(StorageList)> done) = 0;
  /// A linearizable read of etcd's revision. Every watch event up to it has been delivered when it answers.
  virtual void currentRevision(Function<void(StorageResult)> done) = 0;

  struct Watcher {
    /// `after` is null for a deletion; `before` is null for a creation.
    Function<void(const Value& after, const Value& before, std::uint64_t revision)> change;
    Function<void()> lost;  ///< the watch broke or its revision is compacted: list again
  };
  virtual void watch(const api::Resource& resource, std::uint64_t afterRevision, Watcher watcher) = 0;
  virtual void compact(std::uint64_t revision) = 0;
};

}  // namespace pilothouse::apiserver
