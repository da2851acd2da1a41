#pragma once

#include <string>
#include <vector>

#include "core/api/validation/field_path.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/api/pod/warnings.go: what is allowed in a pod's spec and hardly meant. `stored` is null on creation.

void podWarnings(std::vector<std::string>& warnings, const Value& pod, const Value& stored);
/// Of a workload with spec.template; an update warns when it changed the spec.
void podTemplateWarnings(std::vector<std::string>& warnings, const Value& workload, const Value& stored);
/// The same of a kind whose name becomes part of pods' names.
void namedPodTemplateWarnings(std::vector<std::string>& warnings, const Value& workload, const Value& stored);

/// A template anywhere in an object; nothing where it is the stored one.
void warnAboutPodTemplate(std::vector<std::string>& warnings, const FieldPath& path, const Value& podTemplate,
                          const Value& stored);
void warnAboutName(std::vector<std::string>& warnings, const Value& object);

}  // namespace pilothouse::api
