#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/networking/validation.
void validateNetworkPolicy(Errors& errors, const Value& policy);
void validateNetworkPolicyUpdate(Errors& errors, const Value& policy, const Value& stored);

void validateIngress(Errors& errors, const Value& ingress);
void validateIngressUpdate(Errors& errors, const Value& ingress, const Value& stored);
void validateIngressStatusUpdate(Errors& errors, const Value& ingress, const Value& stored);

void validateIngressClass(Errors& errors, const Value& ingressClass);
void validateIngressClassUpdate(Errors& errors, const Value& ingressClass, const Value& stored);

/// validateIngressTypedLocalObjectReference: apiGroup, kind and name of something beside the referrer.
void validateTypedReference(Errors& errors, const FieldPath& path, const Value& reference);

}  // namespace pilothouse::api
