#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/core/v1: defaults of whole objects, and of the pod template of a workload.
Value podDefaults(const Value& pod);
Value podTemplateDefaults(const Value& podTemplate);
Value replicationControllerDefaults(const Value& controller);
Value serviceDefaults(const Value& service);
Value endpointsDefaults(const Value& endpoints);
Value nodeDefaults(const Value& node);
Value namespaceDefaults(const Value& ns);
Value secretDefaults(const Value& secret);

/// Parts of a pod spec, each in a file of its own.
Value containerDefaults(const Value& container);
Value volumeDefaults(const Value& volume);
/// SetDefaults_ResourceList: canonical quantities, rounded up to thousandths.
Value resourceListDefaults(const Value& list);

/// "Always" for the tag latest, also where none is written, else "IfNotPresent".
bool isLatestImage(std::string_view image);

}  // namespace pilothouse::api
