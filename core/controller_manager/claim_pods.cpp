#include "core/controller_manager/claim_pods.hpp"

#include "core/api/object.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/storage/volume_helpers.hpp"

namespace pilothouse::controller_manager {
namespace {

std::string claimKey(const Value& pod, const storage::PodClaim& claim) {
  return std::string(api::namespaceOf(pod)).append("/").append(claim.name.asString());
}

}  // namespace

ClaimPods::ClaimPods(client::Informer& pods) : pods_(pods) {
  pods_.onChange([this](const client::Change& change) { changed(change); });
}

// A pod's volumes never change.
void ClaimPods::changed(const client::Change& change) {
  const Value& pod = change.after.isNull() ? change.before : change.after;
  if (!storage::usesClaims(pod)) return;
  const std::string name(api::name(pod));
  for (const storage::PodClaim& claim : storage::claimsOf(pod)) {
    const std::string key = claimKey(pod, claim);
    if (change.after.isNull()) {
      const auto at = podsByClaim_.find(key);
      if (at != podsByClaim_.end()) {
        at->second.erase(name);
        if (at->second.empty()) podsByClaim_.erase(at);
      }
    } else {
      podsByClaim_[key].insert(name);
    }
    for (const Changed& told : changed_) told(key, change);
  }
}

void ClaimPods::forEach(std::string_view claim, const std::function<void(const Value& pod)>& visit) const {
  const auto at = podsByClaim_.find(claim);
  if (at == podsByClaim_.end()) return;
  for (const std::string& name : at->second) {
    const Value& pod = pods_.store().find(splitKey(claim).ns, name);
    if (!pod.isNull()) visit(pod);
  }
}

void ClaimPods::forEachPod(const std::function<void(const Value& pod)>& visit) const {
  std::set<std::string> seen;
  for (const auto& [claim, pods] : podsByClaim_) {
    for (const std::string& name : pods) {
      const std::string_view ns = splitKey(claim).ns;
      const Value& pod = pods_.store().find(ns, name);
      if (!pod.isNull() && seen.insert(std::string(ns).append("/").append(name)).second) visit(pod);
    }
  }
}

}  // namespace pilothouse::controller_manager
