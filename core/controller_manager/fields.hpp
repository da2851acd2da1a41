#pragma once

#include "core/api/keys.hpp"

/// Field names, labels and annotations that more than one controller reads or writes.
namespace pilothouse::controller_manager::fields {

PILOTHOUSE_KEY(appProtocol);
PILOTHOUSE_KEY(blockOwnerDeletion);
PILOTHOUSE_KEY(effect);
PILOTHOUSE_KEY(fullyLabeledReplicas);
PILOTHOUSE_KEY(gracePeriodSeconds);
PILOTHOUSE_KEY(hostname);
PILOTHOUSE_KEY(ip);
PILOTHOUSE_KEY(key);
PILOTHOUSE_KEY(lastUpdateTime);
PILOTHOUSE_KEY(minReadySeconds);
PILOTHOUSE_KEY(notReadyAddresses);
PILOTHOUSE_KEY(preconditions);
PILOTHOUSE_KEY(propagationPolicy);
PILOTHOUSE_KEY(publishNotReadyAddresses);
PILOTHOUSE_KEY(subdomain);
PILOTHOUSE_KEY(targetPort);
PILOTHOUSE_KEY(targetRef);
PILOTHOUSE_KEY(timeAdded);
PILOTHOUSE_KEY(tolerationSeconds);
PILOTHOUSE_KEY(unschedulable);

inline const Key podTemplateHash = Key::intern("pod-template-hash");
inline const Key headlessService = Key::intern("service.kubernetes.io/headless");
inline const Key lastChangeTriggerTime = Key::intern("endpoints.kubernetes.io/last-change-trigger-time");

}  // namespace pilothouse::controller_manager::fields
