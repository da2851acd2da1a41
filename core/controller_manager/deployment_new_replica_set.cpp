#include <utility>

#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/deployment_controller.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using namespace deployment;

const Key kCollisionCount = Key::intern("collisionCount");

constexpr std::size_t kNameMax = 253;

// generateReplicaSetName: the hash is never cut.
std::string replicaSetName(std::string_view deployment, const std::string& hash) {
  return std::string(deployment.substr(0, kNameMax - 1 - hash.size())) + "-" + hash;
}

Value withHash(const Value& labels, const std::string& hash) {
  return labels.with(fields::podTemplateHash, Value(hash));
}

}  // namespace

// getAllReplicaSetsAndSyncRevision: parts new and old, and brings revisions up to date.
void DeploymentSync::findReplicaSets(bool createIfNotExisted, Next next) {
  new_ = findNewReplicaSet(d_, owned_);
  old_ = findOldReplicaSets(new_, owned_);
  const std::int64_t newRevision = maxRevision(old_) + 1;
  if (!new_.isNull()) return adoptExisting(newRevision, std::move(next));
  if (!createIfNotExisted) return next();
  createReplicaSet(newRevision, std::move(next));
}

void DeploymentSync::adoptExisting(std::int64_t newRevision, Next next) {
  Value replicaSet = withNewAnnotations(d_, new_, newRevision, true);
  const Value& minReady = d_.get(keys::spec, fields::minReadySeconds);
  if (replicaSet.get(keys::spec, fields::minReadySeconds).asInt() != minReady.asInt()) {
    replicaSet = replicaSet.withPath({keys::spec, fields::minReadySeconds}, Value(minReady.asInt()));
  }
  if (!replicaSet.sameAs(new_)) {
    return client().update(
        r::replicaSets, std::move(replicaSet),
        [self = shared_from_this(), next = std::move(next)](client::Response response) mutable {
          if (!response.ok()) return self->fail(response.status());
          self->new_ = std::move(response.body);
          next();
        });
  }
  Value updated = withRevision(d_, revisionOf(new_));
  const Value& conditions = d_.get(keys::status, keys::conditions);
  if (hasProgressDeadline(d_) && findCondition(conditions, kProgressing).isNull()) {
    updated = updated.withPath(
        {keys::status, keys::conditions},
        withCondition(conditions,
                      newCondition(kProgressing, "True", kFoundNewReplicaSet,
                                   "Found new replica set \"" + std::string(api::name(new_)) + "\"", now())));
  }
  if (updated.sameAs(d_)) return next();
  writeStatus(std::move(updated), std::move(next));
}

void DeploymentSync::createReplicaSet(std::int64_t newRevision, Next next) {
  const Value& spec = d_[keys::spec];
  const Value& podTemplate = spec[keys::template_];
  const std::string hash = templateHash(podTemplate, d_.get(keys::status, kCollisionCount));
  const Value labels = withHash(podTemplate.get(keys::metadata, keys::labels), hash);
  const Value& selector = spec[keys::selector];
  ObjectBuilder newSpec;
  newSpec.set(keys::replicas, Value(0))
      .set(keys::selector, selector.with(keys::matchLabels, withHash(selector[keys::matchLabels], hash)))
      .set(keys::template_, podTemplate.withPath({keys::metadata, keys::labels}, labels));
  if (spec[fields::minReadySeconds].asInt() != 0)
    newSpec.set(fields::minReadySeconds, spec[fields::minReadySeconds]);
  const Value metadata =
      Value::object({{keys::labels, labels},
                     {keys::name, Value(replicaSetName(api::name(d_), hash))},
                     {keys::namespace_, api::meta(d_)[keys::namespace_]},
                     {keys::ownerReferences, Value::array({api::controllerReference(d_, r::deployments)})}});
  Value body = Value::object({{keys::apiVersion, Value(r::replicaSets.apiVersion())},
                              {keys::kind, Value(r::replicaSets.kind)},
                              {keys::metadata, metadata},
                              {keys::spec, newSpec.build()}});
  const std::int64_t size = newReplicaSetSize(d_, old_, 0);
  body = withNewAnnotations(d_, body.withPath({keys::spec, keys::replicas}, Value(size)), newRevision, false);
  client().create(r::replicaSets, body,
                  [self = shared_from_this(), body, newRevision,
                   next = std::move(next)](client::Response response) mutable {
                    if (response.ok())
                      return self->replicaSetCreated(response.body, newRevision, false, std::move(next));
                    const api::Status status = response.status();
                    if (api::isAlreadyExists(status))
                      return self->replicaSetExists(body, newRevision, std::move(next));
                    if (isNamespaceTerminating(status)) return self->fail(status);
                    self->creationFailed(body, status);
                  });
}

// The name is taken: by our own of a moment ago, or by another template with the same hash.
void DeploymentSync::replicaSetExists(const Value& body, std::int64_t newRevision, Next next) {
  const Value& there = controller_.replicaSets_.store().find(api::namespaceOf(body), api::name(body));
  const api::Status exists = api::Status::alreadyExists(r::replicaSets, api::name(body));
  if (there.isNull()) return fail(exists);  // not seen yet
  if (api::isControlledBy(there, api::uid(d_)) &&
      equalIgnoringHash(d_.get(keys::spec, keys::template_), there.get(keys::spec, keys::template_))) {
    return replicaSetCreated(there, newRevision, true, std::move(next));
  }
  const std::int64_t collisions = statusCount(d_, kCollisionCount) + 1;
  writeStatus(d_.withPath({keys::status, kCollisionCount}, Value(collisions)),
              [self = shared_from_this(), exists] { self->fail(exists); });
}

void DeploymentSync::replicaSetCreated(const Value& created, std::int64_t newRevision, bool existed,
                                       Next next) {
  new_ = created;
  const std::string name(api::name(created));
  if (!existed && specReplicas(created) > 0) {
    controller_.recorder_.event(
        d_, "Normal", "ScalingReplicaSet",
        "Scaled up replica set " + name + " from 0 to " + std::to_string(specReplicas(created)));
  }
  Value updated = withRevision(d_, std::to_string(newRevision));
  if (!existed && hasProgressDeadline(d_)) {
    updated =
        updated.withPath({keys::status, keys::conditions},
                         withCondition(d_.get(keys::status, keys::conditions),
                                       newCondition(kProgressing, "True", kNewReplicaSetCreated,
                                                    "Created new replica set \"" + name + "\"", now())));
  }
  if (updated.sameAs(d_)) return next();
  writeStatus(std::move(updated), std::move(next));
}

void DeploymentSync::creationFailed(const Value& body, const api::Status& status) {
  const std::string message =
      "Failed to create new replica set \"" + std::string(api::name(body)) + "\": " + status.message;
  controller_.recorder_.event(d_, "Warning", kReplicaSetCreateError, message);
  if (!hasProgressDeadline(d_)) return fail(status);
  writeStatus(
      d_.withPath({keys::status, keys::conditions},
                  withCondition(d_.get(keys::status, keys::conditions),
                                newCondition(kProgressing, "False", kReplicaSetCreateError, message, now()))),
      [self = shared_from_this(), status] { self->fail(status); });
}

}  // namespace pilothouse::controller_manager
