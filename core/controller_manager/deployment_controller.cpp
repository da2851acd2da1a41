#include "core/controller_manager/deployment_controller.hpp"

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/owned_pods.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;

const Value kNone;

}  // namespace

DeploymentController::DeploymentController(const ControllerContext& context)
    : context_(context),
      deployments_(context.informer(r::deployments)),
      replicaSets_(context.informer(r::replicaSets)),
      recorder_(context.client, "deployment-controller"),
      queue_(context.simulator, kWorkers, [this](const std::string& key, client::WorkQueue::Finish finish) {
        sync(key, std::move(finish));
      }) {
  deployments_.onChange([this](const client::Change& change) { deploymentChanged(change); });
  replicaSets_.onChange([this](const client::Change& change) { replicaSetChanged(change); });
  context.informer(r::pods).onChange([this](const client::Change& change) { podChanged(change); });
}

void DeploymentController::start() {
  queue_.start();
  deployments_.store().forEach([this](const Value& object) { queue_.add(api::namespacedName(object)); });
}

void DeploymentController::deploymentChanged(const client::Change& change) {
  queue_.add(api::namespacedName(change.after.isNull() ? change.before : change.after));
}

const Value& DeploymentController::resolve(std::string_view ns, const Value& controller) const {
  if (controller[keys::kind].asString() != r::deployments.kind) return kNone;
  const Value& found = deployments_.store().find(ns, controller[keys::name].asString());
  return controller[keys::uid].asString() == api::uid(found) ? found : kNone;
}

void DeploymentController::enqueueOwner(std::string_view ns, const Value& controller) {
  const Value& found = resolve(ns, controller);
  if (!found.isNull()) queue_.add(api::namespacedName(found));
}

void DeploymentController::replicaSetChanged(const client::Change& change) {
  const Value& object = change.after.isNull() ? change.before : change.after;
  const std::string_view ns = api::namespaceOf(object);
  const Value& owner = api::controllerOf(object);
  const Value& former = api::controllerOf(change.before);
  const bool ownerChanged = !change.before.isNull() && !(owner == former);
  if (ownerChanged) enqueueOwner(ns, former);
  if (!owner.isNull()) return enqueueOwner(ns, owner);
  if (change.after.isNull() || api::isBeingDeleted(change.after)) return;
  const bool labelsChanged = !(api::labels(change.before) == api::labels(change.after));
  if (change.before.isNull() || labelsChanged || ownerChanged) enqueueMatching(change.after);
}

void DeploymentController::enqueueMatching(const Value& orphan) {
  const std::string_view ns = api::namespaceOf(orphan);
  deployments_.store().forEach([&](const Value& deployment) {
    if (api::namespaceOf(deployment) != ns) return;
    const LabelSelector selector = LabelSelector::fromObject(deployment.get(keys::spec, keys::selector));
    if (!selector.empty() && selector.matches(api::labels(orphan))) {
      queue_.add(api::namespacedName(deployment));
    }
  });
}

// A Recreate rollout waits for the last pod of the old ReplicaSets to be gone.
void DeploymentController::podChanged(const client::Change& change) {
  if (!change.after.isNull()) return;
  const std::string_view ns = api::namespaceOf(change.before);
  const Value& owner = api::controllerOf(change.before);
  if (owner[keys::kind].asString() != r::replicaSets.kind) return;
  const Value& replicaSet = replicaSets_.store().find(ns, owner[keys::name].asString());
  if (owner[keys::uid].asString() != api::uid(replicaSet)) return;
  const Value& deployment = resolve(ns, api::controllerOf(replicaSet));
  if (deployment.get(keys::spec, keys::strategy, keys::type).asString() != "Recreate") return;
  std::int64_t left = 0;
  replicaSets_.store().forEachByIndex(
      context_.replicaSetsByOwner, api::uid(deployment),
      [&](const Value& sibling) { left += context_.ownedPods.tally(api::uid(sibling)).total; });
  if (left == 0) queue_.add(api::namespacedName(deployment));
}

void DeploymentController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const NamespacedName at = splitKey(key);
  const Value& deployment = deployments_.store().find(at.ns, at.name);
  if (deployment.isNull()) return finish(client::WorkQueue::Result::Done);
  std::make_shared<DeploymentSync>(*this, key, deployment, std::move(finish))->run();
}

}  // namespace pilothouse::controller_manager
