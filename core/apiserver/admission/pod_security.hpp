#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// PodSecurity (k8s.io/pod-security-admission): what a namespace's labels demand of pods.

enum class SecurityLevel : std::uint8_t { Privileged, Baseline, Restricted };

/// What pod-security.kubernetes.io/<mode> and <mode>-version say: privileged without a label; restricted for
/// a level that does not exist.
struct SecurityPolicy {
  SecurityLevel level{};
  std::string_view version = "latest";
  /// "restricted:latest".
  [[nodiscard]] std::string text() const;
};
SecurityPolicy enforcedPolicy(const Value& ns);
SecurityPolicy warnedPolicy(const Value& ns);

/// What a pod's spec violates, `reason (detail)` by reason in the order of the checks; "" for nothing.
std::string securityViolations(SecurityLevel level, const Value& spec);

}  // namespace pilothouse::apiserver
