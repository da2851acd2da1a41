#pragma once

#include <functional>
#include <memory>

#include "core/apiserver/deletion.hpp"
#include "core/apiserver/outcome.hpp"
#include "core/apiserver/storage.hpp"
#include "core/apiserver/watch_cache.hpp"

namespace pilothouse::apiserver {

/// One resource's store (genericregistry.Store over storage.Interface): optimistic writes that begin with
/// what the watch cache has, and are decided by etcd.
class Registry {
 public:
  Registry(Simulator& simulator, Storage& storage, const api::Resource& resource, SimDuration ttl);

  [[nodiscard]] const api::Resource& resource() const { return resource_; }
  [[nodiscard]] WatchCache& cache() { return cache_; }
  [[nodiscard]] Storage& storage() { return storage_; }
  [[nodiscard]] SimDuration ttl() const { return ttl_; }

  using Done = Function<void(Outcome)>;

  /// A consistent read.
  void get(const Value& ns, const Value& name, Done done);
  void create(const Value& object, Storage::Done done);

  /// What an update makes of the stored object. It may be asked again when the object has changed meanwhile.
  struct Change {
    enum class Step : std::uint8_t { Put, Remove };
    Step step{};
    Value object;
    api::Status error;  ///< code 0: none
  };
  using Update = std::function<Change(const Value& stored)>;
  struct Updated {
    Value object;
    Value before;       ///< what was stored
    api::Status error;  ///< code 0: none
    bool removed = false;
    [[nodiscard]] bool ok() const { return error.code == 0; }
  };
  using UpdateDone = Function<void(Updated)>;
  /// storage.GuaranteedUpdate. An update that changes nothing writes nothing. With `dryRun` nothing is
  /// written.
  void update(const Value& ns, const Value& name, bool dryRun, Update update, UpdateDone done);

 private:
  struct Attempt;
  void decide(std::shared_ptr<Attempt> attempt, Value stored, bool fromCache);
  void fetch(std::shared_ptr<Attempt> attempt);
  void write(std::shared_ptr<Attempt> attempt, Value stored, Change change);

  Storage& storage_;
  const api::Resource& resource_;
  SimDuration ttl_;
  WatchCache cache_;
};

/// The Status of a storage failure other than those a caller handles itself.
api::Status storageError(const api::Resource& resource, std::string_view name, const StorageResult& result);

}  // namespace pilothouse::apiserver
