#include "core/controller_manager/protection_controllers.hpp"

#include <utility>

#include "core/storage/volume_helpers.hpp"

namespace pilothouse::controller_manager {
namespace {

using Result = client::WorkQueue::Result;

constexpr std::string_view kClaimFinalizer = "kubernetes.io/pvc-protection";
constexpr std::string_view kVolumeFinalizer = "kubernetes.io/pv-protection";

// Of a pod that has ended, an ephemeral volume is no longer used; a claim of its own is.
bool holds(const Value& pod, const Value& claim) {
  if (pod.get(keys::spec, keys::nodeName).asString().empty()) return false;
  for (const storage::PodClaim& used : storage::claimsOf(pod)) {
    if (!(used.name == api::meta(claim)[keys::name])) continue;
    if (!used.ephemeral) return true;
    if (!api::isPodTerminal(pod) && storage::whyNotForPod(pod, claim).empty()) return true;
  }
  return false;
}

}  // namespace

ProtectionController::ProtectionController(const ControllerContext& context, const api::Resource& resource,
                                           std::string_view finalizer)
    : context_(context),
      resource_(resource),
      finalizer_(finalizer),
      objects_(context.informer(resource)),
      queue_(context.simulator, 1, [this](const std::string& key, client::WorkQueue::Finish finish) {
        sync(key, std::move(finish));
      }) {
  objects_.onChange([this](const client::Change& change) {
    if (!change.after.isNull()) changed(change.after);
  });
}

void ProtectionController::start() {
  queue_.start();
  objects_.store().forEach([this](const Value& object) { changed(object); });
}

void ProtectionController::changed(const Value& object) {
  if (api::isBeingDeleted(object) == storage::hasFinalizer(object, finalizer_)) {
    queue_.add(api::namespacedName(object));
  }
}

void ProtectionController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const auto [ns, name] = splitKey(key);
  const Value& object = objects_.store().find(ns, name);
  if (object.isNull()) return finish(Result::Done);
  Value next = object;
  if (!api::isBeingDeleted(object)) {
    next = storage::withFinalizer(object, finalizer_);
  } else if (!isUsed(object)) {
    next = storage::withoutFinalizer(object, finalizer_);
  }
  if (next.sameAs(object)) return finish(Result::Done);
  context_.client.update(resource_, std::move(next),
                         [finish = std::move(finish)](const client::Response& response) mutable {
                           const bool settled = response.ok() || api::isNotFound(response.status());
                           finish(settled ? Result::Done : Result::Retry);
                         });
}

PvcProtectionController::PvcProtectionController(const ControllerContext& context, ClaimPods& claimPods)
    : ProtectionController(context, storage::storageResources().claims, kClaimFinalizer),
      claimPods_(claimPods) {
  claimPods_.onChange([this](const std::string& claim, const client::Change& change) {
    // Only a pod that is gone, ended or nowhere can help.
    const bool helps = change.after.isNull() || api::isPodTerminal(change.after) ||
                       change.after.get(keys::spec, keys::nodeName).asString().empty();
    if (helps) enqueue(claim);
  });
}

bool PvcProtectionController::isUsed(const Value& claim) const {
  bool used = false;
  claimPods_.forEach(api::namespacedName(claim), [&](const Value& pod) { used = used || holds(pod, claim); });
  return used;
}

PvProtectionController::PvProtectionController(const ControllerContext& context)
    : ProtectionController(context, storage::storageResources().volumes, kVolumeFinalizer) {}

bool PvProtectionController::isUsed(const Value& volume) const {
  return volume[keys::status][keys::phase].asString() == "Bound";
}

}  // namespace pilothouse::controller_manager
