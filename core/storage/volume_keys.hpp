#pragma once

#include "core/api/keys.hpp"
#include "core/api/resource.hpp"

/// Field names, annotations and resources that everything about storage reads.
namespace pilothouse::storage {

namespace fields {

PILOTHOUSE_KEY(accessModes);
PILOTHOUSE_KEY(allowVolumeExpansion);
PILOTHOUSE_KEY(attached);
PILOTHOUSE_KEY(attacher);
PILOTHOUSE_KEY(claimName);
PILOTHOUSE_KEY(claimRef);
PILOTHOUSE_KEY(csi);
PILOTHOUSE_KEY(driver);
PILOTHOUSE_KEY(ephemeral);
PILOTHOUSE_KEY(hostPath);
PILOTHOUSE_KEY(local);
PILOTHOUSE_KEY(nodeAffinity);
PILOTHOUSE_KEY(path);
PILOTHOUSE_KEY(persistentVolumeClaim);
PILOTHOUSE_KEY(persistentVolumeName);
PILOTHOUSE_KEY(persistentVolumeReclaimPolicy);
PILOTHOUSE_KEY(provisioner);
PILOTHOUSE_KEY(reclaimPolicy);
PILOTHOUSE_KEY(required);
PILOTHOUSE_KEY(source);
PILOTHOUSE_KEY(storage);
PILOTHOUSE_KEY(storageClassName);
PILOTHOUSE_KEY(volumeBindingMode);
PILOTHOUSE_KEY(volumeHandle);
PILOTHOUSE_KEY(volumeMode);
PILOTHOUSE_KEY(volumeName);
PILOTHOUSE_KEY(volumes);

}  // namespace fields

/// k8s.io/component-helpers/storage/volume and k8s.io/api/storage/v1.
namespace annotations {

inline const Key bindCompleted = Key::intern("pv.kubernetes.io/bind-completed");
inline const Key boundByController = Key::intern("pv.kubernetes.io/bound-by-controller");
inline const Key provisionedBy = Key::intern("pv.kubernetes.io/provisioned-by");
inline const Key selectedNode = Key::intern("volume.kubernetes.io/selected-node");
inline const Key storageProvisioner = Key::intern("volume.kubernetes.io/storage-provisioner");
inline const Key betaStorageProvisioner = Key::intern("volume.beta.kubernetes.io/storage-provisioner");
inline const Key storageClass = Key::intern("volume.beta.kubernetes.io/storage-class");
inline const Key defaultClass = Key::intern("storageclass.kubernetes.io/is-default-class");

}  // namespace annotations

/// The resources of storage; each is served.
struct StorageResources {
  const api::Resource& volumes = *api::findResource("", "persistentvolumes");
  const api::Resource& claims = *api::findResource("", "persistentvolumeclaims");
  const api::Resource& classes = *api::findResource("storage.k8s.io", "storageclasses");
  const api::Resource& attachments = *api::findResource("storage.k8s.io", "volumeattachments");
  const api::Resource& csiNodes = *api::findResource("storage.k8s.io", "csinodes");
  const api::Resource& csiDrivers = *api::findResource("storage.k8s.io", "csidrivers");
};
inline const StorageResources& storageResources() {
  static const StorageResources resources;
  return resources;
}

}  // namespace pilothouse::storage
