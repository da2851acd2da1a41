#pragma once

#include "core/value/key.hpp"

/// Field names of HorizontalPodAutoscalers.
namespace pilothouse::api::hpa {

inline const Key kAverageUtilization = Key::intern("averageUtilization");
inline const Key kAverageValue = Key::intern("averageValue");
inline const Key kBehavior = Key::intern("behavior");
inline const Key kContainerResource = Key::intern("containerResource");
inline const Key kCurrent = Key::intern("current");
inline const Key kCurrentMetrics = Key::intern("currentMetrics");
inline const Key kCurrentReplicas = Key::intern("currentReplicas");
inline const Key kDescribedObject = Key::intern("describedObject");
inline const Key kDesiredReplicas = Key::intern("desiredReplicas");
inline const Key kExternal = Key::intern("external");
inline const Key kMaxReplicas = Key::intern("maxReplicas");
inline const Key kMetric = Key::intern("metric");
inline const Key kMetrics = Key::intern("metrics");
inline const Key kMinReplicas = Key::intern("minReplicas");
inline const Key kObject = Key::intern("object");
inline const Key kPods = Key::intern("pods");
inline const Key kResource = Key::intern("resource");
inline const Key kScaleTargetRef = Key::intern("scaleTargetRef");
inline const Key kTarget = Key::intern("target");

inline const Key kBehaviorAnnotation = Key::intern("autoscaling.alpha.kubernetes.io/behavior");
inline const Key kConditionsAnnotation = Key::intern("autoscaling.alpha.kubernetes.io/conditions");
inline const Key kCurrentMetricsAnnotation = Key::intern("autoscaling.alpha.kubernetes.io/current-metrics");
inline const Key kMetricsAnnotation = Key::intern("autoscaling.alpha.kubernetes.io/metrics");

}  // namespace pilothouse::api::hpa
