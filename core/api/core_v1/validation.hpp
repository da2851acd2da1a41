#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/core/validation: whole objects. Objects are decoded and defaulted, but nothing is trusted.

void validatePod(Errors& errors, const Value& pod);
void validatePodUpdate(Errors& errors, const Value& pod, const Value& stored);
void validatePodStatusUpdate(Errors& errors, const Value& pod, const Value& stored);
/// ValidatePodTemplateSpec; `path` is "spec.template".
void validatePodTemplate(Errors& errors, const FieldPath& path, const Value& podTemplate);

/// The kind PodTemplate, whose template is not a workload's.
void validatePodTemplateObject(Errors& errors, const Value& object);
void validatePodTemplateObjectUpdate(Errors& errors, const Value& object, const Value& stored);

void validateReplicationController(Errors& errors, const Value& controller);
void validateReplicationControllerUpdate(Errors& errors, const Value& controller, const Value& stored);
void validateReplicationControllerStatusUpdate(Errors& errors, const Value& controller, const Value& stored);

void validateService(Errors& errors, const Value& service);
void validateServiceUpdate(Errors& errors, const Value& service, const Value& stored);
void validateServiceStatusUpdate(Errors& errors, const Value& service, const Value& stored);

void validateEndpoints(Errors& errors, const Value& endpoints);
void validateEndpointsUpdate(Errors& errors, const Value& endpoints, const Value& stored);

void validateNode(Errors& errors, const Value& node);
void validateNodeUpdate(Errors& errors, const Value& node, const Value& stored);

void validateNamespace(Errors& errors, const Value& ns);
void validateNamespaceUpdate(Errors& errors, const Value& ns, const Value& stored);
void validateNamespaceStatusUpdate(Errors& errors, const Value& ns, const Value& stored);

void validateConfigMap(Errors& errors, const Value& configMap);
void validateConfigMapUpdate(Errors& errors, const Value& configMap, const Value& stored);
void validateSecret(Errors& errors, const Value& secret);
void validateSecretUpdate(Errors& errors, const Value& secret, const Value& stored);

void validateEvent(Errors& errors, const Value& event);
void validateEventUpdate(Errors& errors, const Value& event, const Value& stored);

/// Node names are DNS subdomains, as are those of most kinds.
inline Messages isNodeName(std::string_view name) { return isDns1123Subdomain(name); }
/// ValidateNonSpecialIP and IsValidIP (the first argument's words differ).
void validateIp(Errors& errors, const FieldPath& path, const Value& ip);
void validateNonSpecialIp(Errors& errors, const FieldPath& path, const Value& ip);
void validateCidr(Errors& errors, const FieldPath& path, std::string_view cidr);

}  // namespace pilothouse::api
