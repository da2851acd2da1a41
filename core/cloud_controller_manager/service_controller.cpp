#include "core/cloud_controller_manager/service_controller.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kExclude = Key::intern("node.kubernetes.io/exclude-from-external-load-balancers");
const Key kIngress = Key::intern("ingress");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kLoadBalancerClass = Key::intern("loadBalancerClass");
const Key kProviderId = Key::intern("providerID");
const Key kStatusKey = Key::intern("status");
constexpr std::string_view kFinalizer = "service.kubernetes.io/load-balancer-cleanup";
constexpr std::string_view kAutoscalerTaint = "ToBeDeletedByClusterAutoscaler";

bool wantsBalancer(const Value& service) {
  return service.get(keys::spec, keys::type).asString() == "LoadBalancer" &&
         service.get(keys::spec, kLoadBalancerClass).isNull();
}

bool hasFinalizer(const Value& service) {
  const auto all = api::meta(service)[keys::finalizers].items();
  return std::any_of(all.begin(), all.end(), [](const Value& f) { return f.asString() == kFinalizer; });
}

Value withFinalizer(const Value& service, bool present) {
  std::vector<Value> finalizers;
  for (const Value& finalizer : api::meta(service)[keys::finalizers].items()) {
    if (finalizer.asString() != kFinalizer) finalizers.push_back(finalizer);
  }
  if (present) finalizers.emplace_back(kFinalizer);
  return service.withPath({keys::metadata, keys::finalizers},
                          finalizers.empty() ? Value() : Value::array(finalizers));
}

Value finalizerPatch(const Value& service, bool present) {
  const Value finalizers = api::meta(withFinalizer(service, present))[keys::finalizers];
  return Value::object({{keys::metadata, Value::object({{keys::finalizers, finalizers},
                                                        {keys::resourceVersion,
                                                         api::meta(service)[keys::resourceVersion]}})}});
}

Value ingressPatch(const Value& ingress) {
  const Value balancer = ingress.isNull() ? Value() : Value::object({{kIngress, ingress}});
  return Value::object({{keys::status, Value::object({{kLoadBalancer, balancer}})}});
}

// needsUpdate's events about what a user changed.
std::string typeChange(const Value& before, const Value& after) {
  return before.get(keys::spec, keys::type).toString() + " -> " +
         after.get(keys::spec, keys::type).toString();
}

}  // namespace

ServiceController::ServiceController(const Context& context)
    : context_(context),
      recorder_(context.client, "service-controller"),
      queue_(
          context.simulator, kConcurrentServiceSyncs,
          [this](const std::string& key, client::WorkQueue::Finish finish) { sync(key, std::move(finish)); }),
      nodeTimer_(context.simulator) {
  context_.services.onChange([this](const client::Change& change) { serviceChanged(change); });
  context_.nodes.onChange([this](const client::Change& change) { nodeChanged(change); });
}

void ServiceController::start() {
  queue_.start();
  syncNodes();
}

void ServiceController::serviceChanged(const client::Change& change) {
  const Value& after = change.after;
  if (after.isNull()) return queue_.add(api::namespacedName(change.before));
  if (!wantsBalancer(after) && !hasFinalizer(after)) return;
  if (!change.before.isNull()) {
    const bool leaving = api::isBeingDeleted(after) && !api::isBeingDeleted(change.before);
    const Value& specBefore = change.before[keys::spec];
    const bool retyped = specBefore[keys::type] != after.get(keys::spec, keys::type);
    if (retyped) recorder_.event(after, "Normal", "Type", typeChange(change.before, after));
    const bool annotated = !(api::annotations(change.before) == api::annotations(after));
    if (!leaving && !annotated && specBefore == after[keys::spec]) return;
  }
  queue_.add(api::namespacedName(after));
}

// Balancers are told at once of nodes that come and go; all else waits for the period.
void ServiceController::nodeChanged(const client::Change& change) {
  const Value& node = change.after.isNull() ? change.before : change.after;
  const bool known = knownHosts_.count(std::string(api::name(node))) != 0;
  const bool isHost = !change.after.isNull() &&
                      !change.after.get(keys::spec, kProviderId).asString().empty() &&
                      !api::labels(change.after).has(kExclude);
  if (known != isHost) nodeTimer_.arm(SimDuration::zero(), [this] { syncNodes(); });
}

// With StableLoadBalancerNodeSet, readiness does not matter: the balancer's own checks tell.
std::vector<Value> ServiceController::hosts() const {
  std::vector<Value> nodes;
  context_.nodes.store().forEach([&nodes](const Value& node) {
    if (node.get(keys::spec, kProviderId).asString().empty() || api::labels(node).has(kExclude)) return;
    for (const Value& taint : node.get(keys::spec, keys::taints).items()) {
      if (taint[controller_manager::fields::key].asString() == kAutoscalerTaint) return;
    }
    nodes.push_back(node);
  });
  std::sort(nodes.begin(), nodes.end(),
            [](const Value& a, const Value& b) { return api::name(a) < api::name(b); });
  return nodes;
}

void ServiceController::syncNodes() {
  nodeTimer_.arm(kNodeSyncPeriod, [this] { syncNodes(); });
  std::set<std::string> names;
  for (const Value& node : hosts()) names.emplace(api::name(node));
  if (names == knownHosts_) return;
  knownHosts_ = std::move(names);
  for (const auto& [key, service] : balanced_) updateHosts(service);
}

void ServiceController::updateHosts(const Value& service) {
  const std::vector<Value> nodes = hosts();
  context_.cloud.updateLoadBalancer(
      service, nodes, [this, service, none = nodes.empty()](const std::string& error) {
        if (!error.empty()) {
          return recorder_.event(service, "Warning", "UpdateLoadBalancerFailed",
                                 "Error updating load balancer with new hosts: " + error);
        }
        if (none) {
          return recorder_.event(service, "Warning", "UnAvailableLoadBalancer",
                                 "There are no available nodes for LoadBalancer");
        }
        recorder_.event(service, "Normal", "UpdatedLoadBalancer", "Updated load balancer with new hosts");
      });
}

void ServiceController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const auto [ns, name] = controller_manager::splitKey(key);
  const Value service = context_.services.store().find(ns, name);
  auto shared = std::make_shared<client::WorkQueue::Finish>(std::move(finish));
  if (service.isNull()) {
    balanced_.erase(key);
    return succeeded(key, shared);
  }
  if (!wantsBalancer(service) || api::isBeingDeleted(service)) return cleanUp(key, service, shared);
  ensure(key, service, shared);
}

void ServiceController::cleanUp(const std::string& key, const Value& service, const Finish& finish) {
  if (!hasFinalizer(service)) {
    balanced_.erase(key);
    return succeeded(key, finish);
  }
  recorder_.event(service, "Normal", "DeletingLoadBalancer", "Deleting load balancer");
  context_.cloud.ensureLoadBalancerDeleted(service, [this, key, service, finish](const std::string& error) {
    if (!error.empty()) return failed(key, service, "failed to delete load balancer: " + error, finish);
    balanced_.erase(key);
    const auto removeFinalizer = [this, key, service, finish](const client::Response& cleared) {
      const Value& latest = cleared.ok() && cleared.body[keys::metadata].isObject() ? cleared.body : service;
      context_.client.patch(
          r::services, api::meta(service)[keys::namespace_], api::meta(service)[keys::name],
          apiserver::PatchType::Merge, finalizerPatch(latest, false),
          [this, key, service, finish](const client::Response& response) {
            if (!response.ok() && !api::isNotFound(response.status())) {
              return failed(key, service, "failed to remove load balancer cleanup finalizer", finish);
            }
            recorder_.event(service, "Normal", "DeletedLoadBalancer", "Deleted load balancer");
            succeeded(key, finish);
          });
    };
    context_.client.patch(r::services, api::meta(service)[keys::namespace_], api::meta(service)[keys::name],
                          apiserver::PatchType::Merge, ingressPatch(Value()), removeFinalizer, kStatusKey);
  });
}

void ServiceController::ensure(const std::string& key, const Value& service, const Finish& finish) {
  recorder_.event(service, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer");
  const auto ask = [this, key, finish](const Value& current) {
    const std::vector<Value> nodes = hosts();
    context_.cloud.ensureLoadBalancer(
        current, nodes, [this, key, current, count = nodes.size(), finish](BalancerStatus status) {
          ensured(key, current, status, finish);
          // Nodes may have come while the cloud was at work.
          if (status.error.empty() && count != hosts().size()) updateHosts(current);
        });
  };
  if (hasFinalizer(service)) return ask(service);
  context_.client.patch(r::services, api::meta(service)[keys::namespace_], api::meta(service)[keys::name],
                        apiserver::PatchType::Merge, finalizerPatch(service, true),
                        [this, key, service, finish, ask](const client::Response& response) {
                          if (response.ok()) return ask(response.body);
                          failed(key, service, "failed to add load balancer cleanup finalizer", finish);
                        });
}

void ServiceController::ensured(const std::string& key, const Value& service, const BalancerStatus& status,
                                const Finish& finish) {
  if (!status.error.empty()) {
    return failed(key, service, "failed to ensure load balancer: " + status.error, finish);
  }
  balanced_[key] = service;
  if (hosts().empty()) {
    recorder_.event(service, "Warning", "UnAvailableLoadBalancer",
                    "There are no available nodes for LoadBalancer");
  }
  const auto done = [this, key, service, finish](const client::Response& response) {
    if (!response.ok() && !api::isNotFound(response.status())) {
      return failed(key, service, "failed to update load balancer status", finish);
    }
    recorder_.event(service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer");
    succeeded(key, finish);
  };
  context_.client.patch(r::services, api::meta(service)[keys::namespace_], api::meta(service)[keys::name],
                        apiserver::PatchType::Merge, ingressPatch(status.ingress), done, kStatusKey);
}

// Between five seconds and five minutes, doubling.
void ServiceController::failed(const std::string& key, const Value& service, const std::string& error,
                               const Finish& finish) {
  recorder_.event(service, "Warning", "SyncLoadBalancerFailed", "Error syncing load balancer: " + error);
  const int before = failures_[key]++;
  const SimDuration delay = std::min(kMaxRetryDelay, kMinRetryDelay * (1 << std::min(before, 8)));
  queue_.addAfter(key, delay);
  (*finish)(Result::Done);
}

void ServiceController::succeeded(const std::string& key, const Finish& finish) {
  failures_.erase(key);
  (*finish)(Result::Done);
}

}  // namespace pilothouse::cloud_controller_manager
