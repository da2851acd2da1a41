#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::api {

/// A resource that the API server serves, as discovery describes it (metav1.APIResource).
struct Resource {
  std::string_view group;  ///< "" for core, "apps", "discovery.k8s.io"
  std::string_view version;
  Key plural;  ///< "pods"
  std::string_view singular;
  std::string_view kind;  ///< "Pod"
  bool namespaced = true;
  std::span<const std::string_view> shortNames;    ///< "po"
  std::span<const std::string_view> categories;    ///< "all"
  std::span<const std::string_view> subresources;  ///< "status", "binding", "scale", "log"…

  /// "v1" or "apps/v1".
  [[nodiscard]] std::string apiVersion() const;
  /// "pods" or "deployments.apps": as error messages name it (schema.GroupResource).
  [[nodiscard]] std::string groupResource() const;
  /// "Pod" or "Deployment.apps" (schema.GroupKind).
  [[nodiscard]] std::string groupKind() const;
};

/// Every resource, in discovery's order.
std::span<const Resource* const> allResources();
/// By group and plural ("apps", "deployments") in the preferred version, in one version, or by apiVersion and
/// kind; null when there is none.
const Resource* findResource(std::string_view group, std::string_view plural);
const Resource* findResource(std::string_view group, std::string_view version, std::string_view plural);
const Resource* findKind(std::string_view apiVersion, std::string_view kind);

/// The resources that code names; each is defined in its kind's file (core/api/kinds).
namespace resources {
extern const Resource namespaces, nodes, pods, services, endpoints, configMaps, secrets, events, replicaSets,
    deployments, endpointSlices, leases;
}

}  // namespace pilothouse::api
