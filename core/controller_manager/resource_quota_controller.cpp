#include "core/controller_manager/resource_quota_controller.hpp"

#include <utility>

#include "core/api/kind.hpp"
#include "core/apiserver/admission/quota_usage.hpp"

namespace pilothouse::controller_manager {
namespace {

using Result = client::WorkQueue::Result;

const Key kHard = Key::intern("hard");
const Key kUsed = Key::intern("used");

constexpr SimDuration kResync = std::chrono::minutes(5);  // --resource-quota-sync-period
// Many objects of a namespace go at once: they are counted once.
constexpr SimDuration kGather = std::chrono::milliseconds(100);

// Kinds that a quota can count and that controllers' informers know anyway.
bool isCounted(const api::Resource& resource) {
  const api::Kind& kind = api::kindOf(resource);
  return kind.stored && kind.storedAs == nullptr && resource.namespaced &&
         &resource != &api::resources::events;
}

}  // namespace

ResourceQuotaController::ResourceQuotaController(const ControllerContext& context,
                                                 const api::Resource& quotas)
    : context_(context),
      resource_(quotas),
      quotas_(context.informer(quotas)),
      queue_(
          context.simulator, 5,
          [this](const std::string& key, client::WorkQueue::Finish finish) { sync(key, std::move(finish)); }),
      timer_(context.simulator) {
  quotas_.onChange([this](const client::Change& change) {
    const bool sameSpec = !change.before.isNull() && change.before[keys::spec] == change.after[keys::spec];
    if (!change.after.isNull() && !sameSpec) queue_.add(api::namespacedName(change.after));
  });
  for (const api::Resource* resource : api::allResources()) {
    if (!isCounted(*resource)) continue;
    counted_.push_back(&context.informer(*resource));
    counted_.back()->onChange(
        [this, resource](const client::Change& change) { replenish(*resource, change); });
  }
}

void ResourceQuotaController::start() {
  queue_.start();
  resync();
}

void ResourceQuotaController::resync() {
  quotas_.store().forEach([this](const Value& quota) { queue_.add(api::namespacedName(quota)); });
  timer_.arm(kResync, [this] { resync(); });
}

// Something that counted counts no longer: a pod that has ended, an object that is gone.
void ResourceQuotaController::replenish(const api::Resource& resource, const client::Change& change) {
  if (quotas_.store().size() == 0 || change.before.isNull()) return;
  const bool ended = &resource == &api::resources::pods && !change.after.isNull() &&
                     api::isPodTerminal(change.after) && !api::isPodTerminal(change.before);
  if (!change.after.isNull() && !ended) return;
  const std::string_view ns = api::namespaceOf(change.before);
  quotas_.store().forEach([this, ns](const Value& quota) {
    if (api::namespaceOf(quota) == ns) queue_.addAfter(api::namespacedName(quota), kGather);
  });
}

Value ResourceQuotaController::counted(const Value& quota) const {
  apiserver::ResourceAmounts used;
  const Value& hard = quota.get(keys::spec, kHard);
  for (const auto& [name, limit] : apiserver::resourceAmounts(hard)) used.emplace(name, Quantity());
  const std::string_view ns = api::namespaceOf(quota);
  for (const client::Informer* informer : counted_) {
    informer->store().forEach([&](const Value& object) {
      if (api::namespaceOf(object) != ns) return;
      if (!apiserver::quotaCovers(quota, informer->resource(), object)) return;
      for (const auto& [name, amount] : apiserver::quotaUsage(informer->resource(), object)) {
        if (const auto at = used.find(name); at != used.end()) at->second = at->second + amount;
      }
    });
  }
  return quota.with(keys::status, Value::object({{kHard, hard}, {kUsed, apiserver::quotaList(used)}}));
}

void ResourceQuotaController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& quota = quotas_.store().find(at.ns, at.name);
  if (quota.isNull()) return finish(Result::Done);
  Value next = counted(quota);
  if (next[keys::status] == quota[keys::status]) return finish(Result::Done);
  context_.client.updateStatus(resource_, std::move(next),
                               [finish = std::move(finish)](const client::Response& response) mutable {
                                 const bool settled = response.ok() || api::isNotFound(response.status());
                                 finish(settled ? Result::Done : Result::Retry);
                               });
}

}  // namespace pilothouse::controller_manager
