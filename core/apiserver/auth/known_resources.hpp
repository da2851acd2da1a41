#pragma once

#include "core/api/resource.hpp"

namespace pilothouse::apiserver {

/// The resources that the way in looks at, besides those that all code names. Null: not served.
struct KnownResources {
  static const api::Resource* rbac(std::string_view plural) {
    return api::findResource("rbac.authorization.k8s.io", plural);
  }
  const api::Resource* roles = rbac("roles");
  const api::Resource* clusterRoles = rbac("clusterroles");
  const api::Resource* roleBindings = rbac("rolebindings");
  const api::Resource* clusterRoleBindings = rbac("clusterrolebindings");
  const api::Resource* serviceAccounts = api::findResource("", "serviceaccounts");
  const api::Resource* limitRanges = api::findResource("", "limitranges");
  const api::Resource* resourceQuotas = api::findResource("", "resourcequotas");
  const api::Resource* persistentVolumes = api::findResource("", "persistentvolumes");
  const api::Resource* persistentVolumeClaims = api::findResource("", "persistentvolumeclaims");
  const api::Resource* storageClasses = api::findResource("storage.k8s.io", "storageclasses");
  const api::Resource* priorityClasses = api::findResource("scheduling.k8s.io", "priorityclasses");
  const api::Resource* ingresses = api::findResource("networking.k8s.io", "ingresses");
  const api::Resource* ingressClasses = api::findResource("networking.k8s.io", "ingressclasses");
};

inline const KnownResources& known() {
  static const KnownResources resources;
  return resources;
}

}  // namespace pilothouse::apiserver
