#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/apiserver/eviction.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr int kAttempts = 20;  // EvictionsRetry
constexpr SimDuration kRetryDelay = std::chrono::milliseconds(500);

const Key kDryRun = Key::intern("dryRun");

const api::Resource* budgetResource() {
  static const api::Resource* const found = api::findResource("policy", "poddisruptionbudgets");
  return found;
}

}  // namespace

/// One eviction on its way: what was asked, and the pod as it was last read.
struct Server::Eviction {
  CallPtr call;
  Value asked;    ///< DeleteOptions, as the client wants them
  Value options;  ///< as the pod is deleted
  Value pod;
  std::string budget;  ///< whose consent was not needed, for the answer of a lost race
  bool uncounted = false;
  int attempt = 1;
};

void Server::evict(const CallPtr& call) {
  auto eviction = std::make_shared<Eviction>();
  eviction->call = call;
  Outcome options = eviction::deleteOptions(call->request.body, call->name(), call->dryRun());
  if (!options.ok()) return call->fail(options.error);
  eviction->asked = std::move(options.object);
  evictAttempt(eviction);
}

void Server::evictAttempt(const EvictionPtr& eviction) {
  const Request& request = eviction->call->request;
  registry(api::resources::pods).get(request.namespace_, request.name, [this, eviction](Outcome found) {
    if (!found.ok()) return eviction->call->fail(found.error);
    eviction->pod = std::move(found.object);
    eviction->options = eviction->asked;
    if (!eviction::ignoresBudgets(eviction->pod)) return askBudgets(eviction);
    if (eviction::isDeletedAsSeen(eviction->pod) && !eviction::hasResourceVersion(eviction->asked)) {
      eviction->options = eviction::withResourceVersion(eviction->asked, eviction->pod);
    }
    deleteEvicted(eviction);
  });
}

void Server::askBudgets(const EvictionPtr& eviction) {
  std::vector<Value> budgets;
  Registry* store = budgetResource() == nullptr ? nullptr : findRegistry(budgetResource());
  if (store != nullptr) {
    store->cache().objects().forEach(api::namespaceOf(eviction->pod), [&](const Value& budget) {
      if (eviction::covers(budget, eviction->pod)) budgets.push_back(budget);
      return true;
    });
  }
  if (budgets.size() > 1) return eviction->call->fail(eviction::tooManyBudgets());
  if (budgets.empty()) return deleteEvicted(eviction);
  const Value& budget = budgets.front();
  if (eviction::isNotCounted(budget, eviction->pod)) {
    eviction->uncounted = true;
    eviction->budget = std::string(api::name(budget));
    eviction->options = eviction::withResourceVersion(eviction->asked, eviction->pod);
    return deleteEvicted(eviction);
  }
  const bool dryRun = !eviction->asked[kDryRun].empty();
  store->update(
      api::meta(budget)[keys::namespace_], api::meta(budget)[keys::name], dryRun,
      [this, eviction](const Value& stored) -> Registry::Change {
        Outcome taken = eviction::taken(stored, eviction->pod, simulator_.now());
        return {Registry::Change::Step::Put, std::move(taken.object), std::move(taken.error)};
      },
      [this, eviction](Registry::Updated updated) {
        if (!updated.ok()) return eviction->call->fail(updated.error);
        deleteEvicted(eviction);
      });
}

// addConditionAndDeletePod: why the pod goes is told before it does.
void Server::deleteEvicted(const EvictionPtr& eviction) {
  if (!eviction->asked[kDryRun].empty()) return removeEvicted(eviction);
  const Request& request = eviction->call->request;
  registry(api::resources::pods)
      .update(
          request.namespace_, request.name, false,
          [this, eviction](const Value& pod) -> Registry::Change {
            Outcome marked = eviction::withDisruptionTarget(pod, eviction->options, simulator_.now());
            return {Registry::Change::Step::Put, std::move(marked.object), std::move(marked.error)};
          },
          [this, eviction](Registry::Updated updated) {
            if (!updated.ok()) return evictionFailed(eviction, updated.error);
            if (eviction::hasResourceVersion(eviction->options)) {
              eviction->options = eviction::withResourceVersion(eviction->options, updated.object);
            }
            removeEvicted(eviction);
          });
}

void Server::removeEvicted(const EvictionPtr& eviction) {
  const CallPtr& call = eviction->call;
  auto removal = std::make_shared<Call>();
  removal->request = call->request;
  removal->request.subresource = Key();
  removal->request.body = eviction->options;
  removeOne(removal, call->request.namespace_, call->request.name, [this, eviction](Registry::Updated gone) {
    if (!gone.ok()) return evictionFailed(eviction, gone.error);
    static const Value success = Value::object({{keys::apiVersion, "v1"},
                                                {keys::code, 201},
                                                {keys::kind, "Status"},
                                                {keys::metadata, Value::emptyObject()},
                                                {keys::status, "Success"}});
    eviction->call->answer(201, success);
  });
}

void Server::evictionFailed(const EvictionPtr& eviction, const api::Status& error) {
  const bool asked = eviction::hasResourceVersion(eviction->asked);
  if (!api::isConflict(error) || asked) return eviction->call->fail(error);
  if (eviction->uncounted) return eviction->call->fail(eviction::stillProcessed(eviction->budget));
  if (!eviction::ignoresBudgets(eviction->pod) || eviction->attempt == kAttempts) {
    return eviction->call->fail(error);
  }
  ++eviction->attempt;
  retries_.push_back(simulator_.after(kRetryDelay, [this, eviction] { evictAttempt(eviction); }));
}

}  // namespace pilothouse::apiserver
