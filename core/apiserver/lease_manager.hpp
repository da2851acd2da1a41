#pragma once

#include <cstdint>
#include <vector>

#include "core/etcd/client.hpp"

namespace pilothouse::apiserver {

/// Leases for objects with a time to live, shared by up to a thousand of them that are written within a
/// minute (staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go).
class LeaseManager {
 public:
  static constexpr SimDuration kReuseMax = std::chrono::seconds(60);
  static constexpr int kObjectsMax = 1000;

  LeaseManager(Simulator& simulator, etcd::Client& etcd) : simulator_(simulator), etcd_(etcd) {}

  /// `done` gets a lease that lives at least `ttl`, or 0 when etcd gave none.
  using Done = Function<void(etcd::LeaseId)>;
  void lease(SimDuration ttl, Done done);
  /// Why the last one was not granted, in etcd's words.
  [[nodiscard]] std::string_view error() const { return error_; }

 private:
  void grant(SimDuration ttl);

  Simulator& simulator_;
  etcd::Client& etcd_;
  etcd::LeaseId lease_ = 0;
  SimTime expires_{};
  int objects_ = 0;
  bool granting_ = false;
  std::string_view error_;
  struct Waiting {
    SimDuration ttl{};
    Done done;
  };
  std::vector<Waiting> waiting_;  ///< while a lease is being granted
};

}  // namespace pilothouse::apiserver
