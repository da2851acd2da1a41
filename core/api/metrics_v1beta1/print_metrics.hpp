#pragma once

#include <vector>

#include "core/api/kind.hpp"

namespace pilothouse::api {

/// Columns of metrics-server (sigs.k8s.io/metrics-server/pkg/api/table.go): what it measures is fixed.
inline constexpr Column kMetricsColumns[] = {{"Name", "string", "name", "Name of the resource"},
                                             {"cpu", "string", "quantity"},
                                             {"memory", "string", "quantity"},
                                             {"Window", "string", "duration"}};

/// Of NodeMetrics, and of PodMetrics with the sum over the containers.
void metricsCells(std::vector<Value>& cells, const Value& metrics, SimTime now);

}  // namespace pilothouse::api
