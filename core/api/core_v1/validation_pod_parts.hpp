#pragma once

#include <string_view>
#include <unordered_map>

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// Parts of ValidatePodSpec, a file an idea.

/// Well-formed volumes by name; looked up, never iterated.
using VolumesByName = std::unordered_map<std::string_view, const Value*>;

/// What the parts need to know of the pod around them.
struct PodContext {
  const Value& spec;
  /// metadata.name where the spec is a pod's own; empty in the template of a workload.
  std::string_view podName;
  bool isPod = false;
  VolumesByName volumes = {};  ///< filled by validateVolumes, which comes first
};

void validatePodSpec(Errors& errors, const FieldPath& path, PodContext pod);
/// The rules of a pod's update that hold for metadata, annotations and the new spec by itself.
void validatePodMetadataAndSpec(Errors& errors, const Value& pod, const Value& stored);
void validatePodAnnotations(Errors& errors, const FieldPath& path, const Value& annotations,
                            const Value& spec);

void validateVolumes(Errors& errors, const FieldPath& path, PodContext& pod);

void validateContainers(Errors& errors, const FieldPath& specPath, const PodContext& pod);
void validateVolumeMounts(Errors& errors, const FieldPath& path, const Value& container,
                          const VolumesByName& volumes);
void validateEnv(Errors& errors, const FieldPath& path, const Value& variables);
void validateEnvFrom(Errors& errors, const FieldPath& path, const Value& sources);
/// validateObjectFieldSelector; `volume` allows the fields of a file instead of those of a variable.
void validateFieldRef(Errors& errors, const FieldPath& path, const Value& reference, bool volume);
void validateResourceFieldRef(Errors& errors, const FieldPath& path, const Value& reference, bool volume);
void validateProbesAndLifecycle(Errors& errors, const FieldPath& path, const Value& container,
                                const Value& spec);
void validatePortNumberOrName(Errors& errors, const FieldPath& path, const Value& port);

void validateResourceRequirements(Errors& errors, const FieldPath& path, const Value& requirements);
void validateResourceQuantity(Errors& errors, const FieldPath& path, std::string_view resource,
                              const Value& quantity);

void validatePodSecurityContext(Errors& errors, const FieldPath& path, const Value& spec);
void validateContainerSecurityContext(Errors& errors, const FieldPath& path, const Value& context,
                                      bool hostUsers);

void validateTolerations(Errors& errors, const FieldPath& path, const Value& tolerations);
void validateTaintEffect(Errors& errors, const FieldPath& path, const Value& effect, bool allowEmpty);
void validateNodeSelector(Errors& errors, const FieldPath& path, const Value& selector);
void validateAffinity(Errors& errors, const FieldPath& path, const Value& affinity);
void validateTopologySpread(Errors& errors, const FieldPath& path, const Value& constraints);

/// ValidateLocalNonReservedPath, validateLocalDescendingPath, validatePathNoBacksteps.
void validateLocalNonReservedPath(Errors& errors, const FieldPath& path, const Value& text);
void validateLocalDescendingPath(Errors& errors, const FieldPath& path, const Value& text);
void validateNoBacksteps(Errors& errors, const FieldPath& path, const Value& text);

}  // namespace pilothouse::api
