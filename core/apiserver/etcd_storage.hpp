#pragma once

#include "core/apiserver/lease_manager.hpp"
#include "core/apiserver/storage.hpp"

namespace pilothouse::apiserver {

/// Storage over etcd (staging/src/k8s.io/apiserver/pkg/storage/etcd3): one key an object, every write a
/// transaction on its revision. The tree that etcd keeps carries its revision as metadata.resourceVersion, so
/// the same tree is stored, answered and watched.
class EtcdStorage final : public Storage {
 public:
  EtcdStorage(Simulator& simulator, etcd::Client& etcd) : etcd_(etcd), leases_(simulator, etcd) {}

  void get(const api::Resource& resource, const Value& ns, const Value& name, Done done) override;
  void create(const api::Resource& resource, const Value& object, SimDuration ttl, Done done) override;
  void replace(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
               SimDuration ttl, Done done) override;
  void remove(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
              Done done) override;
  void list(const api::Resource& resource, const ListOptions& options,
            Function<void(StorageList)> done) override;
  void currentRevision(Function<void(StorageResult)> done) override;
  void watch(const api::Resource& resource, std::uint64_t afterRevision, Watcher watcher) override;
  void compact(std::uint64_t revision) override;

 private:
  /// Puts the object at its key if that is still at `expectedRevision` (0: not there).
  void put(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
           etcd::LeaseId lease, Done done);
  void putWithTtl(const api::Resource& resource, const Value& object, std::uint64_t expectedRevision,
                  SimDuration ttl, Done done);

  etcd::Client& etcd_;
  LeaseManager leases_;
};

}  // namespace pilothouse::apiserver
