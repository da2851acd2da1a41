#include "core/api/object.hpp"

#include <chrono>

namespace pilothouse::api {
namespace {

const Key kBlockOwnerDeletion = Key::intern("blockOwnerDeletion");
const Value kNone;

}  // namespace

std::uint64_t resourceVersion(const Value& object) {
  std::uint64_t version = 0;
  for (const char c : meta(object)[keys::resourceVersion].asString()) {
    if (c < '0' || c > '9' || version > (UINT64_MAX - 9) / 10) return 0;
    version = version * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return version;
}

std::string namespacedName(const Value& object) {
  std::string text(namespaceOf(object));
  if (!text.empty()) text += '/';
  return text.append(name(object));
}

const Value& controllerOf(const Value& object) {
  for (const Value& owner : meta(object)[keys::ownerReferences].items()) {
    if (owner[keys::controller].asBool()) return owner;
  }
  return kNone;
}

bool isControlledBy(const Value& object, std::string_view ownerUid) {
  const Value& owner = controllerOf(object);
  return !owner.isNull() && owner[keys::uid].asString() == ownerUid;
}

Value controllerReference(const Value& owner, const Resource& resource) {
  return Value::object({{keys::apiVersion, resource.apiVersion()},
                        {kBlockOwnerDeletion, true},
                        {keys::controller, true},
                        {keys::kind, resource.kind},
                        {keys::name, meta(owner)[keys::name]},
                        {keys::uid, meta(owner)[keys::uid]}});
}

Value objectReference(const Value& object) {
  const Value& metadata = meta(object);
  ObjectBuilder reference;
  reference.setIfAny(keys::apiVersion, object[keys::apiVersion]);
  reference.setIfAny(keys::kind, object[keys::kind]);
  for (const Key key : {keys::name, keys::namespace_, keys::resourceVersion, keys::uid}) {
    reference.setIfAny(key, metadata[key]);
  }
  return reference.build();
}

const Value& condition(const Value& object, std::string_view type) {
  for (const Value& one : object.get(keys::status, keys::conditions).items()) {
    if (one[keys::type].asString() == type) return one;
  }
  return kNone;
}

bool conditionIs(const Value& object, std::string_view type, std::string_view status) {
  return condition(object, type)[keys::status].asString() == status;
}

bool isPodTerminal(const Value& pod) {
  const std::string_view phase = pod.get(keys::status, keys::phase).asString();
  return phase == "Succeeded" || phase == "Failed";
}

bool isPodActive(const Value& pod) { return !isPodTerminal(pod) && !isBeingDeleted(pod); }

bool isPodAvailable(const Value& pod, std::int64_t minReadySeconds, SimTime now) {
  const Value& ready = condition(pod, "Ready");
  if (ready[keys::status].asString() != "True") return false;
  if (minReadySeconds <= 0) return true;
  const auto since = parseTimestamp(ready[keys::lastTransitionTime].asString());
  return since && *since + std::chrono::seconds(minReadySeconds) <= now;
}

}  // namespace pilothouse::api
