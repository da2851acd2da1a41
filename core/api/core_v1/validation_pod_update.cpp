#include <limits>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/api/core_v1/spec_difference.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/keys.hpp"
#include "core/value/document.hpp"

namespace pilothouse::api {
namespace {

const Key kActiveDeadlineSeconds = Key::intern("activeDeadlineSeconds");
const Key kAffinity = Key::intern("affinity");
const Key kInitContainers = Key::intern("initContainers");
const Key kNodeAffinity = Key::intern("nodeAffinity");
const Key kNodeSelector = Key::intern("nodeSelector");
const Key kSchedulingGates = Key::intern("schedulingGates");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");
const Key kTolerationSeconds = Key::intern("tolerationSeconds");

constexpr std::int64_t kDeadlineMax = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view kUpdatableFields =
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

// ValidateContainerUpdates; false: nothing further is worth saying.
bool validateContainerUpdates(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  if (now.size() != before.size()) {
    errors.forbidden(path, "pod updates may not add or remove containers");
    return false;
  }
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now.item(i)[keys::image].asString().empty()) {
      const FieldPath at = path.item(i);
      errors.required(at.child("image"));
    }
  }
  return true;
}

bool validateDeadline(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  if (now.isInt()) {
    if (now.asInt() < 0 || now.asInt() > kDeadlineMax) {
      errors.invalid(path, now, inclusiveRange(0, kDeadlineMax));
      return false;
    }
    if (before.isInt() && before.asInt() < now.asInt()) {
      errors.invalid(path, now, "must be less than or equal to previous value");
      return false;
    }
  } else if (before.isInt()) {
    errors.invalid(path, Value(), "must not update from a positive integer to nil value");
  }
  return true;
}

void validateOnlyAddedTolerations(Errors& errors, const FieldPath& path, const Value& now,
                                  const Value& before) {
  std::unordered_set<std::string> kept;
  for (const Value& toleration : now.items()) kept.insert(writeJson(toleration.without(kTolerationSeconds)));
  for (const Value& old : before.items()) {
    if (kept.count(writeJson(old.without(kTolerationSeconds))) == 0) {
      return errors.forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
    }
  }
}

void validateOnlyDeletedGates(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  std::unordered_set<std::string_view> old;
  for (const Value& gate : before.items()) old.insert(gate[keys::name].asString());
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (old.count(now.item(i)[keys::name].asString()) > 0) continue;
    const FieldPath at = path.item(i);
    errors.forbidden(at.child("name"), "only deletion is allowed, but found new scheduling gate '" +
                                           now.item(i)[keys::name].toString() + "'");
  }
}

Value withImagesOf(const Value& containers, const Value& stored) {
  std::vector<Value> munged;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    munged.push_back(containers.item(i).with(keys::image, stored.item(i)[keys::image]));
  }
  return Value::array(munged);
}

// A gated pod may still get a narrower node selector, and other node affinity (validated by the caller).
Value withGatedFieldsOf(Errors& errors, const FieldPath& path, Value spec, const Value& stored) {
  const Value& before = stored[kNodeSelector];
  for (std::size_t i = 0; i < before.memberKeys().size(); ++i) {
    if (spec[kNodeSelector][before.memberKeys()[i]] == before.memberValues()[i]) continue;
    errors.invalid(path.child("nodeSelector"), spec[kNodeSelector],
                   "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
    break;
  }
  spec = isNothing(before) ? spec.without(kNodeSelector) : spec.with(kNodeSelector, before);
  const Value& affinity = stored[kAffinity][kNodeAffinity];
  if (!isNothing(affinity)) return spec.withPath({kAffinity, kNodeAffinity}, affinity);
  spec = spec.withoutPath({kAffinity, kNodeAffinity});
  return isNothing(spec[kAffinity]) ? spec.without(kAffinity) : spec;
}

// The new spec with every field that may change as it was stored: what then differs may not.
Value munged(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  ObjectBuilder builder(now);
  for (const Key key : {kActiveDeadlineSeconds, kSchedulingGates, keys::tolerations}) {
    if (before.has(key)) {
      builder.set(key, before[key]);
    } else {
      builder.remove(key);
    }
  }
  for (const Key key : {keys::containers, kInitContainers}) {
    if (now[key].isArray()) builder.set(key, withImagesOf(now[key], before[key]));
  }
  if (before[kTerminationGracePeriodSeconds].asInt() < 0 &&
      now[kTerminationGracePeriodSeconds].asInt() == 1) {
    builder.set(kTerminationGracePeriodSeconds, before[kTerminationGracePeriodSeconds]);
  }
  Value spec = builder.build();
  return before[kSchedulingGates].empty() ? spec : withGatedFieldsOf(errors, path, spec, before);
}

}  // namespace

void validatePodUpdate(Errors& errors, const Value& pod, const Value& stored) {
  validatePodMetadataAndSpec(errors, pod, stored);
  const FieldPath path("spec");
  const Value& now = pod[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  for (const Key list : {keys::containers, kInitContainers}) {
    if (!validateContainerUpdates(errors, path.child(list.text()), now[list], before[list])) return;
  }
  if (!validateDeadline(errors, path.child("activeDeadlineSeconds"), now[kActiveDeadlineSeconds],
                        before[kActiveDeadlineSeconds])) {
    return;
  }
  validateOnlyAddedTolerations(errors, path.child("tolerations"), now[keys::tolerations],
                               before[keys::tolerations]);
  validateOnlyDeletedGates(errors, path.child("schedulingGates"), now[kSchedulingGates],
                           before[kSchedulingGates]);
  if (semanticallyEqual(now, before)) return;
  const Value spec = munged(errors, path, now, before);
  if (!semanticallyEqual(spec, before)) {
    errors.forbidden(path, std::string(kUpdatableFields) + specDifference("core.PodSpec", before, spec));
  }
}

}  // namespace pilothouse::api
