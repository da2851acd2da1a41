#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/claim_pods.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Binds claims and volumes to each other, releases and reclaims volumes, and asks provisioners for those
/// that are missing (pkg/controller/volume/persistentvolume).
///
/// As upstream it keeps its own copies of volumes and claims, which its own writes update at once: decisions
/// do not wait for the watch. One claim and one volume are in the air at a time.
class PersistentVolumeController final : public Controller {
 public:
  static constexpr SimDuration kSyncPeriod = std::chrono::seconds(15);  ///< --pvclaimbinder-sync-period

  PersistentVolumeController(const ControllerContext& context, ClaimPods& claimPods);
  void start() override;

 private:
  using Finish = client::WorkQueue::Finish;
  /// What a write came to: the object as it now is, or null when it failed.
  using Saved = Function<void(Value)>;
  /// The end of a chain of writes; false: it is to be tried again.
  using Ended = Function<void(bool)>;

  // persistent_volume_controller.cpp
  void claimChanged(const client::Change& change);
  void volumeChanged(const client::Change& change);
  void resync();
  void remember(client::Store& store, const Value& object);
  void saveVolume(Value volume, Saved saved);
  void saveVolumeStatus(Value volume, Saved saved);
  void saveClaim(Value claim, Saved saved);
  void setPhase(const Value& volume, std::string_view phase, Saved saved, std::string_view message = {});
  void setClaimStatus(const Value& claim, std::string_view phase, const Value& volume, Saved saved);

  // persistent_volume_claim_sync.cpp
  void syncClaim(const std::string& key, Finish finish);
  void syncUnbound(const Value& claim, Ended ended);
  void syncNamed(const Value& claim, const Value& volume, Ended ended);
  void syncBound(const Value& claim, Ended ended);
  void lose(const Value& claim, std::string_view reason, std::string_view message, Ended ended);
  void withoutVolume(const Value& claim, bool delayed, Ended ended);
  void provision(const Value& claim, Ended ended);
  void tellDelayed(const Value& claim);
  void bind(const Value& volume, const Value& claim, Ended ended);
  void bindClaim(const Value& volume, const Value& claim, Ended ended);
  [[nodiscard]] Value bestMatch(const Value& claim, bool delayed) const;
  [[nodiscard]] const Value& storageClass(std::string_view name) const;

  // persistent_volume_sync.cpp
  void syncVolume(const std::string& name, Finish finish);
  void syncClaimed(const Value& volume, Ended ended);
  void syncWithClaim(const Value& volume, const Value& claim, Ended ended);
  void release(const Value& volume, Ended ended);
  void reclaim(const Value& volume, Ended ended);
  void recycle(const Value& volume, Ended ended);
  void removeVolume(const Value& volume, Ended ended);
  void fail(const Value& volume, std::string_view reason, std::string_view message, Ended ended);
  void unbind(const Value& volume, Ended ended);

  const ControllerContext& context_;
  ClaimPods& claimPods_;
  client::Informer& claimInformer_;
  client::Informer& volumeInformer_;
  client::Informer& classes_;
  client::Store claims_;
  client::Store volumes_;
  int volumesByClaim_;               ///< "namespace/name" of the claimRef, "" of volumes without
  std::set<std::string> unbound_;    ///< claims that every resync looks at again
  std::set<std::string> reclaimed_;  ///< volumes whose reclaiming every resync tries again
  client::EventRecorder recorder_;
  client::WorkQueue claimQueue_;
  client::WorkQueue volumeQueue_;
  Timer timer_;
};

}  // namespace pilothouse::controller_manager
