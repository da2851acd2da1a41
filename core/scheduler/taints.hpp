#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::scheduler {

enum class TaintEffect : unsigned char { None, NoSchedule, PreferNoSchedule, NoExecute };

struct Taint {
  Value key;
  Value value;
  TaintEffect effect{};
  Key message;  ///< "node(s) had untolerated taint {key: value}"
};

struct Toleration {
  Value key;  ///< "" with Exists: every key
  Value value;
  bool exists = false;
  TaintEffect effect{};  ///< None: every effect

  [[nodiscard]] bool tolerates(const Taint& taint) const;
};

/// spec.taints of a node, spec.tolerations of a pod.
std::vector<Taint> taintsOf(const Value& nodeSpec);
std::vector<Toleration> tolerationsOf(const Value& podSpec);
bool tolerated(std::span<const Toleration> tolerations, const Taint& taint);
/// The first NoSchedule or NoExecute taint that is not tolerated, or null.
const Taint* firstUntolerated(std::span<const Taint> taints, std::span<const Toleration> tolerations);

}  // namespace pilothouse::scheduler
