#include "core/etcd/lessor.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::etcd {
namespace {

SimTime endOf(SimTime now, SimDuration ttl) {
  return ttl > SimTime::max() - now ? SimTime::max() : now + ttl;
}

}  // namespace

Error Lessor::grant(LeaseId id, SimDuration ttl, SimTime now) {
  if (ttl > kTtlMax) return Error::LeaseTtlTooLarge;
  const SimDuration granted = std::max<SimDuration>(ttl, std::chrono::seconds(1));
  if (!leases_.emplace(id, Lease{granted, endOf(now, granted), {}}).second) return Error::LeaseExists;
  byExpiry_.emplace(endOf(now, granted), id);
  return Error::None;
}

const Lessor::Lease* Lessor::find(LeaseId id) const {
  const auto at = leases_.find(id);
  return at == leases_.end() ? nullptr : &at->second;
}

Error Lessor::keepAlive(LeaseId id, SimTime now) {
  const auto at = leases_.find(id);
  if (at == leases_.end()) return Error::LeaseNotFound;
  forgetExpiry(id, at->second.expires);
  at->second.expires = endOf(now, at->second.ttl);
  byExpiry_.emplace(at->second.expires, id);
  return Error::None;
}

void Lessor::attach(LeaseId id, const Value& key) {
  const auto at = leases_.find(id);
  if (at != leases_.end()) at->second.keys.push_back(key);
}

std::vector<Value> Lessor::revoke(LeaseId id) {
  const auto at = leases_.find(id);
  if (at == leases_.end()) return {};
  forgetExpiry(id, at->second.expires);
  std::vector<Value> keys = std::move(at->second.keys);
  leases_.erase(at);
  return keys;
}

std::optional<SimTime> Lessor::nextExpiry() const {
  if (byExpiry_.empty()) return std::nullopt;
  return byExpiry_.begin()->first;
}

std::vector<LeaseId> Lessor::expired(SimTime now) const {
  std::vector<LeaseId> ids;
  for (const auto& [when, id] : byExpiry_) {
    if (when > now) break;
    ids.push_back(id);
  }
  return ids;
}

void Lessor::extendAll(SimTime now) {
  byExpiry_.clear();
  for (auto& [id, lease] : leases_) {
    lease.expires = endOf(now, lease.ttl);
    byExpiry_.emplace(lease.expires, id);
  }
}

void Lessor::forgetExpiry(LeaseId id, SimTime expires) {
  const auto [first, last] = byExpiry_.equal_range(expires);
  const auto at = std::find_if(first, last, [id](const auto& entry) { return entry.second == id; });
  if (at != last) byExpiry_.erase(at);
}

}  // namespace pilothouse::etcd
