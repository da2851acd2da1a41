#include "core/apiserver/lease_manager.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::apiserver {
namespace {

const Key kLeases = Key::intern("leases");

// A twentieth of the time to live, a minute at most.
SimDuration reuseOf(SimDuration ttl) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ttl / 20);
  return std::min<SimDuration>(seconds, LeaseManager::kReuseMax);
}

}  // namespace

void LeaseManager::lease(SimDuration ttl, Done done) {
  if (granting_) {
    waiting_.push_back({ttl, std::move(done)});
    return;
  }
  const SimTime needed = simulator_.now() + ttl;
  ++objects_;
  if (lease_ != 0 && needed < expires_ && needed + reuseOf(ttl) > expires_ && objects_ <= kObjectsMax) {
    return done(lease_);
  }
  waiting_.push_back({ttl, std::move(done)});
  grant(ttl + reuseOf(ttl));
}

void LeaseManager::grant(SimDuration ttl) {
  granting_ = true;
  const SimTime asked = simulator_.now();
  etcd_.send(etcd::Request::leaseGrant(ttl), kLeases, {}, [this, ttl, asked](etcd::Response response) {
    granting_ = false;
    lease_ = response.ok() ? response.lease : 0;
    error_ = etcd::errorText(response.error);
    expires_ = asked + ttl;
    objects_ = 0;
    std::vector<Waiting> waiting = std::exchange(waiting_, {});
    for (Waiting& next : waiting) {
      if (lease_ == 0) {
        next.done(0);
      } else {
        lease(next.ttl, std::move(next.done));
      }
    }
  });
}

}  // namespace pilothouse::apiserver
