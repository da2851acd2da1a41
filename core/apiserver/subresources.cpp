#include "core/apiserver/subresources.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kTarget = Key::intern("target");
const Key kLastProbeTime = Key::intern("lastProbeTime");

// podutil.UpdatePodCondition with PodScheduled True: other members of an existing condition are dropped.
Value withPodScheduled(const Value& pod, SimTime now) {
  const auto before = pod.get(keys::status, keys::conditions).items();
  std::vector<Value> conditions(before.begin(), before.end());
  const auto at = std::find_if(conditions.begin(), conditions.end(),
                               [](const Value& c) { return c[keys::type].asString() == "PodScheduled"; });
  Value since = timestamp(now);
  if (at != conditions.end() && (*at)[keys::status].asString() == "True") {
    since = (*at)[keys::lastTransitionTime];
  }
  // Pods bound within one second share the condition.
  static Value shared;
  if (shared.isNull() || !(shared[keys::lastTransitionTime] == since)) {
    shared = Value::object({{kLastProbeTime, nullptr},
                            {keys::lastTransitionTime, since},
                            {keys::status, "True"},
                            {keys::type, "PodScheduled"}});
  }
  if (at != conditions.end()) {
    *at = shared;
  } else {
    conditions.push_back(shared);
  }
  return pod.withPath({keys::status, keys::conditions}, Value::array(conditions));
}

Value mergedTexts(const Value& base, const Value& changes) {
  ObjectBuilder merged(base);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    merged.set(changes.memberKeys()[i], changes.memberValues()[i]);
  }
  return merged.build();
}

// status.selector of a Scale. A ReplicationController's selector is a map of labels.
std::string selectorText(const Value& selector) {
  const auto members = selector.memberValues();
  const bool map =
      std::any_of(members.begin(), members.end(), [](const Value& member) { return member.isString(); });
  return (map ? LabelSelector::fromMap(selector) : LabelSelector::fromObject(selector)).toString();
}

}  // namespace

api::Status validateBinding(const Value& binding) {
  api::FieldErrors errors;
  const Value& target = binding[kTarget];
  const std::string_view kind = target[keys::kind].asString();
  if (!kind.empty() && kind != "Node") {
    errors.push_back({api::FieldError::Type::NotSupported, "target.kind",
                      "supported values: \"Node\", \"<empty>\"", target[keys::kind]});
  }
  if (target[keys::name].asString().empty()) {
    errors.push_back({api::FieldError::Type::Required, "target.name", "", Value()});
  }
  if (errors.empty()) return {};
  static const api::Resource kBinding{"", "v1", Key::intern("bindings"), "binding", "Binding", true, {},
                                      {}, {}};
  return api::Status::invalid(kBinding, api::name(binding), errors);
}

Outcome bindPod(const Value& pod, const Value& binding, SimTime now) {
  static const api::Resource kPodsBinding{"", "v1", Key::intern("pods/binding"), "", "Binding", true, {},
                                          {}, {}};
  const std::string name(api::name(pod));
  const auto conflict = [&](const std::string& why) {
    return Outcome::failed(api::Status::conflict(kPodsBinding, name, why));
  };
  if (const Value& uid = api::meta(binding)[keys::uid];
      !uid.asString().empty() && uid.asString() != api::uid(pod)) {
    return conflict("Precondition failed: UID in precondition: " + uid.toString() +
                    ", UID in object meta: " + std::string(api::uid(pod)));
  }
  if (api::isBeingDeleted(pod)) {
    return conflict("pod " + name + " is being deleted, cannot be assigned to a host");
  }
  if (const Value& node = pod.get(keys::spec, keys::nodeName); !node.asString().empty()) {
    return conflict("pod " + name + " is already assigned to node \"" + node.toString() + "\"");
  }
  Value bound = pod.withPath({keys::spec, keys::nodeName}, binding[kTarget][keys::name]);
  if (const Value& annotations = api::annotations(binding); !annotations.empty()) {
    bound =
        bound.withPath({keys::metadata, keys::annotations}, mergedTexts(api::annotations(pod), annotations));
  }
  return Outcome::of(withPodScheduled(bound, now));
}

Value scaleOf(const Value& object) {
  const Value& from = api::meta(object);
  ObjectBuilder metadata;
  for (const Key key :
       {keys::name, keys::namespace_, keys::uid, keys::resourceVersion, keys::creationTimestamp}) {
    metadata.setIfAny(key, from[key]);
  }
  const std::int64_t wanted = object.get(keys::spec, keys::replicas).asInt(0);
  ObjectBuilder spec;
  if (wanted != 0) spec.set(keys::replicas, wanted);
  ObjectBuilder status;
  status.set(keys::replicas, object.get(keys::status, keys::replicas).asInt(0));
  status.setIfAny(keys::selector, Value(selectorText(object.get(keys::spec, keys::selector))));
  return Value::object({{keys::apiVersion, "autoscaling/v1"},
                        {keys::kind, "Scale"},
                        {keys::metadata, metadata.build()},
                        {keys::spec, spec.build()},
                        {keys::status, status.build()}});
}

Outcome withScale(const api::Resource& resource, const Value& object, const Value& scale) {
  const std::string name(api::name(object));
  const Value& replicas = scale.get(keys::spec, keys::replicas);
  if (!replicas.isInt() && !replicas.isNull()) {
    return Outcome::failed(api::Status::badRequest(
        "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal into Go struct field "
        "ScaleSpec.spec.replicas of type int32"));
  }
  static const api::Resource kScale{
      "autoscaling", "v1", Key::intern("scales"), "scale", "Scale", true, {}, {}, {}};
  if (replicas.asInt() < 0) {
    return Outcome::failed(api::Status::invalid(
        kScale, name,
        {{api::FieldError::Type::Invalid, "spec.replicas", "must be greater than or equal to 0", replicas}}));
  }
  const Value& version = api::meta(scale)[keys::resourceVersion];
  if (!version.asString().empty() &&
      version.asString() != api::meta(object)[keys::resourceVersion].asString()) {
    return Outcome::failed(api::Status::conflict(
        resource, name,
        "the object has been modified; please apply your changes to the latest version and try again"));
  }
  return Outcome::of(object.withPath({keys::spec, keys::replicas}, replicas.asInt()));
}

Value withNamespaceFinalizers(const Value& stored, const Value& sent) {
  const Value& finalizers = sent.get(keys::spec, keys::finalizers);
  if (finalizers.empty()) return stored.withoutPath({keys::spec, keys::finalizers});
  return stored.withPath({keys::spec, keys::finalizers}, finalizers);
}

}  // namespace pilothouse::apiserver
