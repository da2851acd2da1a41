#pragma once

#include "core/value/key.hpp"

/// Interned field names that the engine reads in code. Add what you need, in alphabetical order.
#define PILOTHOUSE_KEY(name) inline const Key name = Key::intern(#name)

namespace pilothouse::keys {

PILOTHOUSE_KEY(addresses);
PILOTHOUSE_KEY(allocatable);
PILOTHOUSE_KEY(annotations);
PILOTHOUSE_KEY(apiVersion);
PILOTHOUSE_KEY(availableReplicas);
PILOTHOUSE_KEY(capacity);
PILOTHOUSE_KEY(clusterIP);
PILOTHOUSE_KEY(clusterIPs);
PILOTHOUSE_KEY(code);
PILOTHOUSE_KEY(conditions);
PILOTHOUSE_KEY(containerStatuses);
PILOTHOUSE_KEY(containers);
PILOTHOUSE_KEY(controller);
PILOTHOUSE_KEY(creationTimestamp);
PILOTHOUSE_KEY(data);
PILOTHOUSE_KEY(deletionGracePeriodSeconds);
PILOTHOUSE_KEY(deletionTimestamp);
PILOTHOUSE_KEY(endpoints);
PILOTHOUSE_KEY(finalizers);
PILOTHOUSE_KEY(generateName);
PILOTHOUSE_KEY(generation);
PILOTHOUSE_KEY(hostIP);
PILOTHOUSE_KEY(image);
PILOTHOUSE_KEY(items);
PILOTHOUSE_KEY(kind);
PILOTHOUSE_KEY(labels);
PILOTHOUSE_KEY(lastTransitionTime);
PILOTHOUSE_KEY(matchExpressions);
PILOTHOUSE_KEY(matchLabels);
PILOTHOUSE_KEY(message);
PILOTHOUSE_KEY(metadata);
PILOTHOUSE_KEY(name);
inline const Key namespace_ = Key::intern("namespace");
PILOTHOUSE_KEY(nodeName);
PILOTHOUSE_KEY(observedGeneration);
PILOTHOUSE_KEY(ownerReferences);
PILOTHOUSE_KEY(phase);
PILOTHOUSE_KEY(podIP);
PILOTHOUSE_KEY(podIPs);
PILOTHOUSE_KEY(port);
PILOTHOUSE_KEY(ports);
PILOTHOUSE_KEY(protocol);
PILOTHOUSE_KEY(readyReplicas);
PILOTHOUSE_KEY(reason);
PILOTHOUSE_KEY(replicas);
PILOTHOUSE_KEY(requests);
PILOTHOUSE_KEY(resourceVersion);
PILOTHOUSE_KEY(resources);
PILOTHOUSE_KEY(revision);
PILOTHOUSE_KEY(selector);
PILOTHOUSE_KEY(spec);
PILOTHOUSE_KEY(startTime);
PILOTHOUSE_KEY(status);
PILOTHOUSE_KEY(strategy);
PILOTHOUSE_KEY(subsets);
PILOTHOUSE_KEY(taints);
inline const Key template_ = Key::intern("template");
PILOTHOUSE_KEY(tolerations);
PILOTHOUSE_KEY(type);
PILOTHOUSE_KEY(uid);
PILOTHOUSE_KEY(updatedReplicas);
PILOTHOUSE_KEY(value);

}  // namespace pilothouse::keys
