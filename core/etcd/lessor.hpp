#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/etcd/request.hpp"

namespace pilothouse::etcd {

/// Leases (server/lease): keys that are to go together when nobody keeps their lease alive.
///
/// A lease keeps the keys that were put with it, also those put again with another since: whoever revokes it
/// deletes only those whose record still names it.
class Lessor {
 public:
  static constexpr SimDuration kTtlMax = std::chrono::seconds(9000000000);

  struct Lease {
    SimDuration ttl{};
    SimTime expires{};
    std::vector<Value> keys;
  };

  Error grant(LeaseId id, SimDuration ttl, SimTime now);
  [[nodiscard]] const Lease* find(LeaseId id) const;
  /// Moves the end of the lease on; the lease's whole ttl counts again.
  Error keepAlive(LeaseId id, SimTime now);
  void attach(LeaseId id, const Value& key);
  /// Forgets the lease; returns its keys.
  std::vector<Value> revoke(LeaseId id);

  [[nodiscard]] std::optional<SimTime> nextExpiry() const;
  [[nodiscard]] std::vector<LeaseId> expired(SimTime now) const;
  /// After a restart or a change of leader every lease has its whole ttl again.
  void extendAll(SimTime now);
  [[nodiscard]] std::size_t size() const { return leases_.size(); }

 private:
  std::map<LeaseId, Lease> leases_;
  std::multimap<SimTime, LeaseId> byExpiry_;
  void forgetExpiry(LeaseId id, SimTime expires);
};

}  // namespace pilothouse::etcd
