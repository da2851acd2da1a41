// The status manager's part for one pod (pkg/kubelet/status/status_manager.go): a PATCH when the status
// changed, one at a time.
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kSyncPeriod = std::chrono::seconds(10);

const Key kConditionOrder = Key::intern("$setElementOrder/conditions");
const Key kPatch = Key::intern("$patch");

const Value& ofSameType(const Value& conditions, const Value& condition) {
  static const Value none;
  for (const Value& other : conditions.items()) {
    if (other[keys::type] == condition[keys::type]) return other;
  }
  return none;
}

// Conditions are merged by type: only those that changed are sent, with the order of all. A member that a
// condition no longer has is taken away by null.
void addConditions(ObjectBuilder& patch, const Value& before, const Value& after) {
  std::vector<Value> changed;
  std::vector<Value> order;
  for (const Value& condition : after.items()) {
    order.push_back(Value::object({{keys::type, condition[keys::type]}}));
    const Value& old = ofSameType(before, condition);
    if (old == condition) continue;
    Value sent = condition;
    for (const Key key : {keys::message, keys::reason}) {
      if (old.has(key) && !condition.has(key)) sent = sent.with(key, nullptr);
    }
    changed.push_back(std::move(sent));
  }
  patch.set(keys::conditions, Value::array(changed));
  // The usual five, in their usual order, are shared by all pods.
  static Value shared;
  Value elements = Value::array(order);
  if (shared.isNull() && order.size() == 5) shared = elements;
  patch.set(kConditionOrder, elements == shared ? shared : std::move(elements));
}

Value statusPatch(const Value& before, const Value& after) {
  ObjectBuilder patch;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Key key = after.memberKeys()[i];
    const Value& value = after.memberValues()[i];
    if (before[key] == value) continue;
    if (key == keys::conditions) {
      addConditions(patch, before[key], value);
    } else if (key == keys::podIPs && before.has(key)) {
      patch.set(key, Value::array({Value::object({{kPatch, "replace"}}), value.item(0)}));
    } else {
      patch.set(key, value);
    }
  }
  return patch.build();
}

}  // namespace

void PodWorker::setStatus(Value status) {
  if (!status_.isNull() && status == status_) return;
  status_ = std::move(status);
  unsent_ = true;
  if (!sending_) sendStatus();
}

void PodWorker::sendStatus() {
  if (removed_) return;
  unsent_ = false;
  const Value patch = statusPatch(known_, status_);
  if (patch.empty()) return statusAccepted();
  sending_ = true;
  const Value& metadata = api::meta(pod_);
  const Value body = Value::object(
      {{keys::metadata, Value::object({{keys::uid, metadata[keys::uid]}})}, {keys::status, patch}});
  context_.client.patch(
      api::resources::pods, metadata[keys::namespace_], metadata[keys::name],
      apiserver::PatchType::StrategicMerge, body,
      [weak = weak()](client::Response response) {
        if (const auto self = weak.lock()) self->statusSent(response);
      },
      keys::status);
}

void PodWorker::statusSent(const client::Response& response) {
  sending_ = false;
  if (response.ok()) {
    known_ = response.body[keys::status];
    return unsent_ ? sendStatus() : statusAccepted();
  }
  if (response.code == 404 || response.code == 409) return deletePod();  // another pod, or none, has the name
  sendStatusLater();
}

// The next syncBatch.
void PodWorker::sendStatusLater() {
  unsent_ = true;
  context_.simulator.after(kSyncPeriod, [weak = weak()] {
    const auto self = weak.lock();
    if (self != nullptr && self->unsent_ && !self->sending_) self->sendStatus();
  });
}

// needsReconcile: somebody else wrote another status (the node controller, while the node could not be
// reached).
void PodWorker::reconcileStatus() {
  if (sending_ || unsent_ || status_.isNull() || status_.sameAs(known_)) return;
  if (!statusPatch(known_, status_).empty()) sendStatusLater();
}

void PodWorker::statusAccepted() {
  if (status_ == known_) status_ = known_;  // one tree for both
  deletePod();
}

}  // namespace pilothouse::kubelet
