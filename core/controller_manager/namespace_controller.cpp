#include "core/controller_manager/namespace_controller.hpp"

#include <algorithm>
#include <utility>

#include "core/api/kind.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using apiserver::Verb;
using client::Request;
using Result = client::WorkQueue::Result;

const Key kFinalize = Key::intern("finalize");
const Key kPropagationPolicy = Key::intern("propagationPolicy");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");
constexpr std::string_view kFinalizerKubernetes = "kubernetes";

struct ConditionText {
  std::string_view type;
  std::string_view okReason;
  std::string_view okMessage;
  std::string_view badReason;
};
// In the order in which they are added.
constexpr ConditionText kConditions[] = {
    {"NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered",
     "DiscoveryFailed"},
    {"NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions",
     "All legacy kube types successfully parsed", "GroupVersionParsingFailed"},
    {"NamespaceDeletionContentFailure", "ContentDeleted",
     "All content successfully deleted, may be waiting on finalization", "ContentDeletionFailed"},
    {"NamespaceContentRemaining", "ContentRemoved", "All content successfully removed",
     "SomeResourcesRemain"},
    {"NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished",
     "SomeFinalizersRemain"},
};

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : ", ").append(text);
  return all;
}

Value condition(const ConditionText& text, const std::string& trouble, SimTime now) {
  const bool ok = trouble.empty();
  return Value::object({{keys::lastTransitionTime, timestamp(now)},
                        {keys::message, ok ? Value(text.okMessage) : Value(trouble)},
                        {keys::reason, Value(ok ? text.okReason : text.badReason)},
                        {keys::status, ok ? "False" : "True"},
                        {keys::type, Value(text.type)}});
}

// updateConditions: lastTransitionTime moves with the status only.
Value merged(const Value& conditions, const Value& next) {
  const auto all = conditions.items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!(all[i][keys::type] == next[keys::type])) continue;
    Value kept = next;
    if (all[i][keys::status] == next[keys::status]) {
      kept = kept.with(keys::lastTransitionTime, all[i][keys::lastTransitionTime]);
    }
    return conditions.withItem(i, std::move(kept));
  }
  return conditions.appended(next);
}

}  // namespace

NamespaceController::NamespaceController(const ControllerContext& context)
    : context_(context),
      namespaces_(context.informer(r::namespaces)),
      queue_(context.simulator, kWorkers, [this](const std::string& key, client::WorkQueue::Finish finish) {
        sync(key, std::move(finish));
      }) {
  namespaces_.onChange([this](const client::Change& change) {
    if (!change.after.isNull()) enqueue(change.after);
  });
}

void NamespaceController::start() {
  queue_.start();
  namespaces_.store().forEach([this](const Value& object) { enqueue(object); });
}

void NamespaceController::enqueue(const Value& object) {
  if (!api::isBeingDeleted(object)) return;
  queue_.addAfter(api::name(object), kDeletionGracePeriod);
}

void NamespaceController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  auto sync = std::make_shared<Sync>();
  sync->key = key;
  sync->finish = std::move(finish);
  // The live object: the cache may be of before the deletion.
  context_.client.get(r::namespaces, Value(), Value(key), [this, sync](client::Response response) {
    if (!response.ok()) {
      return sync->finish(api::isNotFound(response.status()) ? Result::Done : Result::Retry);
    }
    sync->object = std::move(response.body);
    if (!api::isBeingDeleted(sync->object)) return sync->finish(Result::Done);
    if (sync->object.get(keys::spec, keys::finalizers).empty()) return sync->finish(Result::Done);
    deleteContent(sync);
  });
}

void NamespaceController::deleteContent(const std::shared_ptr<Sync>& sync) {
  sync->resources.push_back(&r::pods);
  for (const api::Resource* resource : api::storedResources()) {
    if (resource->namespaced && resource != &r::pods) sync->resources.push_back(resource);
  }
  deleteResource(sync, r::pods);
}

void NamespaceController::deleteResource(const std::shared_ptr<Sync>& sync, const api::Resource& resource) {
  Request request;
  request.verb = Verb::DeleteCollection;
  request.resource = &resource;
  request.namespace_ = Value(sync->key);
  request.body = Value::object({{kPropagationPolicy, "Background"}});
  context_.client.send(std::move(request), [this, sync, &resource](client::Response response) {
    if (!response.ok()) {
      sync->errors.push_back("unable to delete " + std::string(resource.plural.text()) + ": " +
                             response.status().message);
    }
    listRemaining(sync, resource);
  });
}

void NamespaceController::listRemaining(const std::shared_ptr<Sync>& sync, const api::Resource& resource) {
  Request request;
  request.verb = Verb::List;
  request.resource = &resource;
  request.namespace_ = Value(sync->key);
  context_.client.send(std::move(request), [this, sync, &resource](client::Response response) {
    if (!response.ok()) {
      sync->errors.push_back("unable to list " + std::string(resource.plural.text()) + ": " +
                             response.status().message);
      return next(sync);
    }
    const auto items = response.body[keys::items].items();
    if (items.empty()) return next(sync);
    std::int64_t estimate = &resource == &r::pods ? 0 : kFinalizerEstimateSeconds;
    for (const Value& object : items) {
      for (const Value& finalizer : api::meta(object)[keys::finalizers].items()) {
        ++sync->remainingFinalizers[finalizer.toString()];
        estimate = std::max(estimate, kFinalizerEstimateSeconds);
      }
      if (&resource != &r::pods || api::isPodTerminal(object)) continue;
      estimate = std::max(estimate, object.get(keys::spec, kTerminationGracePeriodSeconds).asInt(0));
    }
    sync->remaining[std::string(resource.plural.text()) + "." + std::string(resource.group)] = items.size();
    sync->estimateSeconds = std::max(sync->estimateSeconds, estimate);
    next(sync);
  });
}

void NamespaceController::next(const std::shared_ptr<Sync>& sync) {
  // Nothing else goes before the last pod has: pods may need it to end well.
  const bool podsRemain = sync->at == 0 && (!sync->remaining.empty() || !sync->errors.empty());
  if (podsRemain || ++sync->at == sync->resources.size()) return updateConditions(sync);
  deleteResource(sync, *sync->resources[sync->at]);
}

void NamespaceController::updateConditions(const std::shared_ptr<Sync>& sync) {
  std::vector<std::string> resources;
  for (const auto& [name, count] : sync->remaining) {
    resources.push_back(name + " has " + std::to_string(count) + " resource instances");
  }
  std::vector<std::string> finalizers;
  for (const auto& [name, count] : sync->remainingFinalizers) {
    finalizers.push_back(name + " in " + std::to_string(count) + " resource instances");
  }
  std::string failed;
  if (!sync->errors.empty()) {
    failed = "Failed to delete all resource types, " + std::to_string(sync->errors.size()) +
             " remaining: " + joined(sync->errors);
  }
  const std::string troubles[] = {
      "", "", failed, resources.empty() ? "" : "Some resources are remaining: " + joined(resources),
      finalizers.empty() ? ""
                         : "Some content in the namespace has finalizers remaining: " + joined(finalizers)};
  const Value before = sync->object.get(keys::status, keys::conditions);
  Value conditions = before;
  for (std::size_t i = 0; i < std::size(kConditions); ++i) {
    conditions = merged(conditions, condition(kConditions[i], troubles[i], context_.now()));
  }
  if (conditions == before) return conclude(sync);
  context_.client.updateStatus(r::namespaces,
                               sync->object.withPath({keys::status, keys::conditions}, std::move(conditions)),
                               [this, sync](client::Response response) {
                                 if (!response.ok()) return sync->finish(Result::Retry);
                                 sync->object = std::move(response.body);
                                 conclude(sync);
                               });
}

void NamespaceController::conclude(const std::shared_ptr<Sync>& sync) {
  if (!sync->errors.empty()) return sync->finish(Result::Retry);
  if (!sync->remaining.empty()) {
    // ResourcesRemainingError: look again after half of what it may take.
    queue_.addAfter(sync->key, std::chrono::seconds(sync->estimateSeconds / 2 + 1));
    return sync->finish(Result::Done);
  }
  finalize(sync);
}

void NamespaceController::finalize(const std::shared_ptr<Sync>& sync) {
  std::vector<Value> kept;
  for (const Value& finalizer : sync->object.get(keys::spec, keys::finalizers).items()) {
    if (finalizer.asString() != kFinalizerKubernetes) kept.push_back(finalizer);
  }
  context_.client.update(
      r::namespaces, sync->object.withPath({keys::spec, keys::finalizers}, Value::array(kept)),
      [sync](client::Response response) {
        const bool done = response.ok() || api::isNotFound(response.status());
        sync->finish(done ? Result::Done : Result::Retry);
      },
      kFinalize);
}

}  // namespace pilothouse::controller_manager
