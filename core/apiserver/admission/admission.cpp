#include "core/apiserver/admission/admission.hpp"

#include "core/api/object.hpp"
#include "core/apiserver/admission/limit_ranger.hpp"
#include "core/apiserver/admission/node_restriction.hpp"
#include "core/apiserver/admission/pod_security.hpp"
#include "core/apiserver/admission/service_account.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/apiserver/pod_admission.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kDefaultIngressClass = Key::intern("ingressclass.kubernetes.io/is-default-class");
const Key kDefaultStorageClass = Key::intern("storageclass.kubernetes.io/is-default-class");
const Key kIngressClassAnnotation = Key::intern("kubernetes.io/ingress.class");
const Key kIngressClassName = Key::intern("ingressClassName");
const Key kJobTemplate = Key::intern("jobTemplate");
const Key kStorageClassAnnotation = Key::intern("volume.beta.kubernetes.io/storage-class");
const Key kStorageClassName = Key::intern("storageClassName");

// StorageObjectInUseProtection: the controllers of the same name remove them when nobody uses the object.
constexpr std::string_view kClaimFinalizer = "kubernetes.io/pvc-protection";
constexpr std::string_view kVolumeFinalizer = "kubernetes.io/pv-protection";

constexpr std::string_view kMutating = "mutating admission";
constexpr std::string_view kValidating = "validating admission";

// As admission.NewForbidden names an object whose name is not generated yet.
std::string nameIn(const Value& object) {
  if (const std::string_view name = api::name(object); !name.empty()) return std::string(name);
  const Value& generated = api::meta(object)[keys::generateName];
  return generated.isNull() ? "Unknown" : generated.toString();
}

Value withFinalizer(const Value& object, std::string_view finalizer) {
  const Value& all = api::meta(object)[keys::finalizers];
  for (const Value& known : all.items()) {
    if (known.asString() == finalizer) return object;
  }
  return object.withPath({keys::metadata, keys::finalizers}, all.appended(Value(finalizer)));
}

// The pod template of a workload; null for other kinds.
const Value& templateOf(const Value& object) {
  const Value& spec = object[keys::spec];
  const Value& job = spec[kJobTemplate];
  return job.isNull() ? spec[keys::template_] : job[keys::spec][keys::template_];
}

}  // namespace

std::vector<Value> Admission::inNamespace(const api::Resource* resource, std::string_view ns) const {
  std::vector<Value> found;
  objects_.forEach(resource, ns, [&found](const Value& object) {
    found.push_back(object);
    return true;
  });
  return found;
}

Outcome Admission::mutatePod(const Value& pod, Stages& stages) const {
  const std::string name = nameIn(pod);
  Value object = pod;
  if (const auto ranges = inNamespace(known().limitRanges, api::namespaceOf(pod)); !ranges.empty()) {
    object = withLimitDefaults(pod, ranges);
    if (!object.sameAs(pod)) stages.add(kMutating, "changed", "LimitRanger");
  }
  Outcome spec = withServiceAccount(object, name, objects_, random_);
  if (!spec.ok()) {
    stages.add(kMutating, "forbid", "ServiceAccount", spec.error.message);
    return spec;
  }
  stages.add(kMutating, "changed", "ServiceAccount");
  spec = admitPodSpec(spec.object, name, objects_);
  if (!spec.ok()) {
    stages.add(kMutating, "forbid", "Priority", spec.error.message);
    return spec;
  }
  stages.add(kMutating, "changed", "Priority, DefaultTolerationSeconds");
  return Outcome::of(object.with(keys::spec, std::move(spec.object)));
}

// The newest class that is marked as the default, in the field that an object leaves out.
Value Admission::withDefaultClass(const Value& object, const api::Resource* classes, Key annotation,
                                  Key field) const {
  Value best;
  objects_.forEach(classes, "", [&best, annotation](const Value& candidate) {
    if (api::annotations(candidate)[annotation].asString() != "true") return true;
    const Value& made = api::meta(candidate)[keys::creationTimestamp];
    if (best.isNull() || made.asString() > api::meta(best)[keys::creationTimestamp].asString()) {
      best = candidate;
    }
    return true;
  });
  return best.isNull() ? object : object.withPath({keys::spec, field}, api::meta(best)[keys::name]);
}

Outcome Admission::mutate(const Request& request, const Value& object, Stages& stages) const {
  const KnownResources& k = known();
  if (request.resource == &api::resources::pods) return mutatePod(object, stages);
  Value changed = object;
  const Value& annotations = api::annotations(object);
  if (request.resource == k.persistentVolumeClaims) {
    const bool chosen = object[keys::spec].has(kStorageClassName) || annotations.has(kStorageClassAnnotation);
    if (!chosen)
      changed = withDefaultClass(object, k.storageClasses, kDefaultStorageClass, kStorageClassName);
    if (!changed.sameAs(object)) stages.add(kMutating, "changed", "DefaultStorageClass");
    changed = withFinalizer(changed, kClaimFinalizer);
    stages.add(kMutating, "changed", "StorageObjectInUseProtection");
  } else if (request.resource == k.persistentVolumes) {
    changed = withFinalizer(object, kVolumeFinalizer);
    stages.add(kMutating, "changed", "StorageObjectInUseProtection");
  } else if (request.resource == k.ingresses) {
    const bool chosen = object[keys::spec].has(kIngressClassName) || annotations.has(kIngressClassAnnotation);
    if (!chosen)
      changed = withDefaultClass(object, k.ingressClasses, kDefaultIngressClass, kIngressClassName);
    if (!changed.sameAs(object)) stages.add(kMutating, "changed", "DefaultIngressClass");
  }
  return Outcome::of(std::move(changed));
}

api::Status Admission::checkSecurity(const Request& request, const Value& object, Stages& stages,
                                     std::vector<std::string>& warnings) const {
  const bool isPod = request.resource == &api::resources::pods;
  const Value& spec = isPod ? object[keys::spec] : templateOf(object)[keys::spec];
  if (!spec.isObject()) return {};
  const Value& ns = objects_.find(&api::resources::namespaces, "", api::namespaceOf(object));
  const SecurityPolicy enforced = enforcedPolicy(ns);
  if (isPod && enforced.level != SecurityLevel::Privileged) {
    const std::string found = securityViolations(enforced.level, spec);
    if (!found.empty()) {
      api::Status refusal = api::Status::forbidden(
          *request.resource, api::name(object), "violates PodSecurity \"" + enforced.text() + "\": " + found);
      stages.add(kValidating, "forbid", "PodSecurity", refusal.message);
      return refusal;
    }
  }
  const SecurityPolicy warned = warnedPolicy(ns);
  if (warned.level == SecurityLevel::Privileged) return {};
  const std::string found = securityViolations(warned.level, spec);
  if (!found.empty()) warnings.push_back("would violate PodSecurity \"" + warned.text() + "\": " + found);
  return {};
}

api::Status Admission::validate(const Request& request, const Value& object, Stages& stages,
                                std::vector<std::string>& warnings) const {
  const KnownResources& k = known();
  const bool isPod = request.resource == &api::resources::pods;
  if (isPod || request.resource == k.persistentVolumeClaims) {
    if (const auto ranges = inNamespace(k.limitRanges, api::namespaceOf(object)); !ranges.empty()) {
      const std::string error = isPod ? podLimitError(object, ranges) : claimLimitError(object, ranges);
      if (!error.empty()) {
        api::Status refusal = api::Status::forbidden(*request.resource, api::name(object), error);
        stages.add(kValidating, "forbid", "LimitRanger", refusal.message);
        return refusal;
      }
    }
  }
  if (api::Status refusal = restrictNode(request, object, objects_); refusal.code != 0) {
    stages.add(kValidating, "forbid", "NodeRestriction", refusal.message);
    return refusal;
  }
  return checkSecurity(request, object, stages, warnings);
}

}  // namespace pilothouse::apiserver
