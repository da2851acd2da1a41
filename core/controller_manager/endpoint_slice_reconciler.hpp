#pragma once

#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

/// Endpoints that belong together: those of pods with the same ports.
struct DesiredEndpoints {
  struct Pod {
    Value pod;
    Value zone;  ///< its node's, or null
  };
  Value ports;  ///< discovery.k8s.io/v1 EndpointPorts
  std::vector<Pod> pods;
};

struct SliceChanges {
  std::vector<Value> create;
  std::vector<Value> update;
  std::vector<Value> remove;
};

inline constexpr std::size_t kMaxEndpointsPerSlice = 100;  // --max-endpoints-per-slice
inline constexpr const char* kEndpointSliceController = "endpointslice-controller.k8s.io";

/// The Endpoint of a pod (podToEndpoint), which is `existing` itself when that says the same: of thousands of
/// endpoints most stay as they are.
Value podToEndpoint(const DesiredEndpoints::Pod& desired, const Value& service, const Value& existing = {});

/// What to write so that the Service's slices hold the desired endpoints, with as few writes as upstream's
/// reconciler (staging/src/k8s.io/endpointslice/reconciler.go): slices keep their endpoints, those that
/// change anyway are filled up first, then the one that fits best, then new ones.
SliceChanges reconcileSlices(const Value& service, const std::vector<Value>& existing,
                             const std::vector<DesiredEndpoints>& desired);

/// The same for some pods only, the slices being right for all others; for Services whose pods all have the
/// same ports, which those of every existing slice are. Costs what these pods and their slices cost.
struct PodChange {
  Value uid;
  DesiredEndpoints::Pod desired;  ///< `pod` null: no endpoint any more
  Value sliceUid;                 ///< the slice that may have its endpoint, or null
};
SliceChanges reconcileSomePods(const Value& service, const std::vector<Value>& existing,
                               const std::vector<PodChange>& pods);

}  // namespace pilothouse::controller_manager
