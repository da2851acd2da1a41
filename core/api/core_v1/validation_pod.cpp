#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kMirrorAnnotation = "kubernetes.io/config.mirror";
constexpr std::string_view kDeletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

// Specs without errors, known again by their node: 150,000 pods of one template are looked at once. A handle
// here keeps its node from being freed and used again for another tree.
class CleanSpecs {
 public:
  [[nodiscard]] bool has(const Value& spec, bool isPod) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& e) { return e.isPod == isPod && e.spec.sameAs(spec); });
  }
  void add(const Value& spec, bool isPod) {
    if (!spec.isObject()) return;
    entries_[next_] = {spec, isPod};
    next_ = (next_ + 1) % entries_.size();
  }

 private:
  struct Entry {
    Value spec;
    bool isPod = false;
  };
  std::array<Entry, 64> entries_;
  std::size_t next_ = 0;
};

CleanSpecs& cleanSpecs() {
  static CleanSpecs specs;
  return specs;
}

// A generic ephemeral volume's claim is named after the pod, so its spec is checked with each pod.
bool dependsOnPodName(const Value& spec) {
  const auto volumes = spec["volumes"].items();
  return std::any_of(volumes.begin(), volumes.end(),
                     [](const Value& v) { return v["ephemeral"].isObject(); });
}

// validateContainersOnlyForPod.
void validateImageSpaces(Errors& errors, const FieldPath& path, const Value& spec) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    const Value& containers = spec[list];
    for (std::size_t i = 0; i < containers.size(); ++i) {
      const Value& image = containers.item(i)["image"];
      if (trimmed(image.asString()).size() == image.asString().size()) continue;
      const FieldPath at = path.item(list, i);
      errors.invalid(at.child("image"), image, "must not have leading or trailing whitespace");
    }
  }
}

void validateSpec(Errors& errors, const FieldPath& path, const Value& spec, std::string_view podName,
                  bool isPod) {
  if (cleanSpecs().has(spec, isPod)) return;
  const std::size_t before = errors.size();
  validatePodSpec(errors, path, PodContext{spec, podName, isPod});
  if (isPod) validateImageSpaces(errors, path, spec);
  if (errors.size() == before && !(isPod && dependsOnPodName(spec))) cleanSpecs().add(spec, isPod);
}

bool isInt32(std::string_view text) {
  if (startsWith(text, "-")) text.remove_prefix(1);
  if (text.empty() || text.size() > 10) return false;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  return value <= std::numeric_limits<std::int32_t>::max();
}

void validateAddedAnnotations(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  const Value& mirrorNow = now[kMirrorAnnotation];
  const Value& mirrorBefore = before[kMirrorAnnotation];
  if (mirrorNow == mirrorBefore) return;
  errors.forbidden(path.key(kMirrorAnnotation), mirrorBefore.isNull()
                                                    ? "may not add mirror pod annotation"
                                                    : "may not remove or update mirror pod annotation");
}

}  // namespace

void validatePodAnnotations(Errors& errors, const FieldPath& path, const Value& annotations,
                            const Value& spec) {
  const Value& mirror = annotations[kMirrorAnnotation];
  if (!mirror.isNull() && spec[keys::nodeName].asString().empty()) {
    errors.invalid(path.key(kMirrorAnnotation), mirror,
                   "must set spec.nodeName if mirror pod annotation is set");
  }
  const Value& cost = annotations[kDeletionCostAnnotation];
  const std::string_view text = cost.asString();
  const bool leading = startsWith(text, "+") || (text.size() > 1 && text[0] == '0');
  if (!cost.isNull() && (leading || !isInt32(text))) {
    errors.invalid(path.key(kDeletionCostAnnotation), cost, "must be a 32bit integer");
  }
}

void validatePod(Errors& errors, const Value& pod) {
  const FieldPath annotations("metadata.annotations");
  const FieldPath path("spec");
  const Value& spec = pod[keys::spec];
  validateObjectMeta(errors, pod, true, &nameIsDnsSubdomain);
  validatePodAnnotations(errors, annotations, api::annotations(pod), spec);
  validateSpec(errors, path, spec, name(pod), true);
  if (!spec["ephemeralContainers"].empty()) {
    errors.forbidden(path.child("ephemeralContainers"), "cannot be set on create");
  }
  if (!spec[keys::nodeName].asString().empty() && !spec["schedulingGates"].empty()) {
    errors.forbidden(path.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
  }
}

void validatePodTemplate(Errors& errors, const FieldPath& path, const Value& podTemplate) {
  const Value& spec = podTemplate[keys::spec];
  const FieldPath annotations = path.child("annotations");
  const FieldPath specPath = path.child("spec");
  validateLabels(errors, path.child("labels"), api::labels(podTemplate));
  validateAnnotations(errors, annotations, api::annotations(podTemplate));
  validatePodAnnotations(errors, annotations, api::annotations(podTemplate), spec);
  validateSpec(errors, specPath, spec, "", false);
  if (!spec["ephemeralContainers"].empty()) {
    errors.forbidden(specPath.child("ephemeralContainers"),
                     "ephemeral containers not allowed in pod template");
  }
}

// The parts of ValidatePodUpdate that look at one object; validation_pod_update.cpp has the comparison.
void validatePodMetadataAndSpec(Errors& errors, const Value& pod, const Value& stored) {
  const FieldPath annotations("metadata.annotations");
  const FieldPath path("spec");
  validateObjectMetaUpdate(errors, pod, stored);
  const Value& now = api::annotations(pod);
  if (const Value& before = api::annotations(stored); !(now == before)) {
    validatePodAnnotations(errors, annotations, now, pod[keys::spec]);
    validateAddedAnnotations(errors, annotations, now, before);
  }
  if (!pod[keys::spec].sameAs(stored[keys::spec]))
    validateSpec(errors, path, pod[keys::spec], name(pod), true);
}

}  // namespace pilothouse::api
