#pragma once

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// The kinds' PrepareForCreate and PrepareForUpdate (pkg/registry): what a client may not write is cleared or
/// taken from the stored object, and generations are counted. Each returns the object to validate and store.

Value preparePodCreate(const Value& pod);
Value preparePodUpdate(const Value& pod, const Value& stored);
Value preparePodStatus(const Value& pod, const Value& stored);
/// Guaranteed, Burstable or BestEffort (pkg/apis/core/helper/qos.ComputePodQOS).
const Value& podQosClass(const Value& spec);
/// The spec with matchLabelKeys of its affinity terms merged into their selectors (mutatePodAffinity).
Value withMatchLabelKeys(const Value& spec, const Value& labels);

Value prepareServiceCreate(const Value& service);
Value prepareServiceUpdate(const Value& service, const Value& stored);

Value prepareNamespaceCreate(const Value& ns);
Value prepareNamespaceUpdate(const Value& ns, const Value& stored);

}  // namespace pilothouse::api
