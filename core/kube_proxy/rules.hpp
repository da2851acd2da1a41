#pragma once

#include <string_view>
#include <vector>

#include "core/kube_proxy/kube_proxy.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kube_proxy {

/// Does kube-proxy write rules for this Service (servicechangetracker: not headless, not ExternalName)?
bool hasRules(const Value& service);
/// The name of a slice's Service (label kubernetes.io/service-name).
std::string_view serviceOf(const Value& slice);

/// The rules of one Service on one node, from its slices (pkg/proxy: serviceport.go, topology.go).
std::vector<Rule> rulesOf(const Value& service, const std::vector<Value>& slices, std::string_view nodeName);

}  // namespace pilothouse::kube_proxy
