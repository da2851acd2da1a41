#pragma once

#include <string_view>

#include "core/apiserver/outcome.hpp"

namespace pilothouse::apiserver {

/// What the admission plugins that are on by default add to a new pod's spec: DefaultTolerationSeconds,
/// Priority, and ServiceAccount's names (its token volume belongs to a cluster that serves ServiceAccounts).
///
/// A pure function of the spec; `podName` appears in messages only. Equal additions share one tree.
Outcome admitPodSpec(const Value& spec, std::string_view podName);

}  // namespace pilothouse::apiserver
