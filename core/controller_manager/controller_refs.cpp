#include "core/controller_manager/controller_refs.hpp"

#include <memory>
#include <utility>

#include "core/controller_manager/controller_utils.hpp"

namespace pilothouse::controller_manager {
namespace {

struct Claiming {
  client::Client& client;
  const api::Resource& dependents;
  const api::Resource& ownerResource;
  Value owner;
  Claims claims;
  std::function<void(bool)> done;
  std::size_t pending = 0;
  bool failed = false;
};

void patchAll(const std::shared_ptr<Claiming>& claiming) {
  const Claims& claims = claiming->claims;
  claiming->pending = claims.toAdopt.size() + claims.toRelease.size();
  if (claiming->pending == 0) return claiming->done(!claiming->failed);
  const auto answered = [claiming](client::Response response) {
    if (!response.ok()) {
      const api::Status status = response.status();
      if (!api::isNotFound(status) && status.reason != "Invalid") claiming->failed = true;
    }
    if (--claiming->pending == 0) claiming->done(!claiming->failed);
  };
  const auto patch = [&](const Value& dependent, Value body) {
    const Value& metadata = api::meta(dependent);
    claiming->client.patch(claiming->dependents, metadata[keys::namespace_], metadata[keys::name],
                           apiserver::PatchType::StrategicMerge, std::move(body), answered);
  };
  const Value uid = api::meta(claiming->owner)[keys::uid];
  for (const Value& freed : claims.toRelease) patch(freed, ownerReleasePatch(api::uid(freed), {uid}));
  for (const Value& orphan : claims.toAdopt) {
    patch(orphan, adoptionPatch(orphan, claiming->owner, claiming->ownerResource));
  }
}

}  // namespace

Claims findPodClaims(const OwnedPods& pods, const Value& owner,
                     const std::function<bool(const Value& pod)>& considered,
                     const std::function<bool(const Value& pod)>& matches) {
  Claims claims;
  if (api::isBeingDeleted(owner)) return claims;
  const std::string_view uid = api::uid(owner);
  pods.forEach(uid, [&](const Value& pod) {
    if (considered(pod) && !matches(pod)) claims.toRelease.push_back(pod);
  });
  const std::string_view ns = api::namespaceOf(owner);
  if (!pods.hasOrphans(ns)) return claims;
  pods.forEachOrphan(ns, [&](const Value& pod) {
    if (!api::isBeingDeleted(pod) && considered(pod) && matches(pod)) claims.toAdopt.push_back(pod);
  });
  return claims;
}

void claim(client::Client& client, const api::Resource& dependents, const api::Resource& ownerResource,
           const Value& owner, Claims claims, std::function<void(bool ok)> done) {
  auto claiming = std::make_shared<Claiming>(
      Claiming{client, dependents, ownerResource, owner, std::move(claims), std::move(done)});
  if (claiming->claims.toAdopt.empty()) return patchAll(claiming);
  const Value& metadata = api::meta(owner);
  client.get(ownerResource, metadata[keys::namespace_], metadata[keys::name],
             [claiming](client::Response response) {
               const bool mayAdopt = response.ok() && api::uid(response.body) == api::uid(claiming->owner) &&
                                     !api::isBeingDeleted(response.body);
               if (!mayAdopt) claiming->claims.toAdopt.clear();
               claiming->failed = !mayAdopt;
               patchAll(claiming);
             });
}

}  // namespace pilothouse::controller_manager
