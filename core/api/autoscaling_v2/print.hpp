#pragma once

#include <string_view>
#include <vector>

#include "core/api/printing.hpp"

namespace pilothouse::api {

inline constexpr Column kAutoscalerColumns[] = {
    printing::kNameColumn,
    {"Reference", "string", "", "scaleTargetRef points to the target resource to scale."},
    {"Targets", "string", "",
     "metrics contains the specifications for which to use to calculate the desired replica count."},
    {"MinPods", "string", "",
     "minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down."},
    {"MaxPods", "string", "",
     "maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up."},
    {"Replicas", "string", "",
     "currentReplicas is current number of replicas of pods managed by this autoscaler."},
    printing::kAgeColumn};

/// printHorizontalPodAutoscaler, of version v2.
void autoscalerCells(std::vector<Value>& cells, const Value& autoscaler, SimTime now);

}  // namespace pilothouse::api
