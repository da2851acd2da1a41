#include "core/apiserver/auth/node_authorizer.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::apiserver {
namespace {

using Decision = NodeAuthorizer::Decision;

const Key kClaimName = Key::intern("claimName");
const Key kConfigMap = Key::intern("configMap");
const Key kConfigMapKeyRef = Key::intern("configMapKeyRef");
const Key kConfigMapRef = Key::intern("configMapRef");
const Key kEnv = Key::intern("env");
const Key kEnvFrom = Key::intern("envFrom");
const Key kEphemeralContainers = Key::intern("ephemeralContainers");
const Key kImagePullSecrets = Key::intern("imagePullSecrets");
const Key kInitContainers = Key::intern("initContainers");
const Key kPersistentVolumeClaim = Key::intern("persistentVolumeClaim");
const Key kProjected = Key::intern("projected");
const Key kSecret = Key::intern("secret");
const Key kSecretKeyRef = Key::intern("secretKeyRef");
const Key kSecretName = Key::intern("secretName");
const Key kSecretRef = Key::intern("secretRef");
const Key kServiceAccountName = Key::intern("serviceAccountName");
const Key kSources = Key::intern("sources");
const Key kValueFrom = Key::intern("valueFrom");
const Key kVolumeName = Key::intern("volumeName");
const Key kVolumes = Key::intern("volumes");

constexpr std::string_view kLeaseNamespace = "kube-node-lease";

bool reads(std::string_view verb) { return verb == "get" || verb == "list" || verb == "watch"; }

Decision allow() { return {true, {}}; }
Decision refuse(std::string reason = {}) { return {false, std::move(reason)}; }

Decision noRelationship(std::string_view node) {
  return refuse("no relationship found between node '" + std::string(node) + "' and this object");
}

bool containersUse(const Value& containers, Key from, Key fromKey, std::string_view name) {
  for (const Value& container : containers.items()) {
    for (const Value& source : container[kEnvFrom].items()) {
      if (source.get(from, keys::name).asString() == name) return true;
    }
    for (const Value& variable : container[kEnv].items()) {
      if (variable.get(kValueFrom, fromKey, keys::name).asString() == name) return true;
    }
  }
  return false;
}

bool isNamed(const Value& list, std::string_view name) {
  const auto items = list.items();
  return std::any_of(items.begin(), items.end(),
                     [name](const Value& item) { return item[keys::name].asString() == name; });
}

bool usesVolume(const Value& spec, std::string_view resource, std::string_view name) {
  for (const Value& volume : spec[kVolumes].items()) {
    if (resource == "secrets") {
      if (volume.get(kSecret, kSecretName).asString() == name) return true;
    } else if (resource == "configmaps") {
      if (volume.get(kConfigMap, keys::name).asString() == name) return true;
    } else if (volume.get(kPersistentVolumeClaim, kClaimName).asString() == name) {
      return true;
    }
    for (const Value& source : volume.get(kProjected, kSources).items()) {
      const Value& projected = source[resource == "secrets" ? kSecret : kConfigMap];
      if (resource != "persistentvolumeclaims" && projected[keys::name].asString() == name) return true;
    }
  }
  return false;
}

bool usesIn(const Value& pod, std::string_view resource, std::string_view name) {
  const Value& spec = pod[keys::spec];
  if (resource == "serviceaccounts") return spec[kServiceAccountName].asString() == name;
  if (usesVolume(spec, resource, name)) return true;
  if (resource == "persistentvolumeclaims") return false;
  if (resource == "secrets" && isNamed(spec[kImagePullSecrets], name)) return true;
  const bool secret = resource == "secrets";
  const Key from = secret ? kSecretRef : kConfigMapRef;
  const Key fromKey = secret ? kSecretKeyRef : kConfigMapKeyRef;
  return containersUse(spec[keys::containers], from, fromKey, name) ||
         containersUse(spec[kInitContainers], from, fromKey, name) ||
         containersUse(spec[kEphemeralContainers], from, fromKey, name);
}

// What any node may do with objects that are not its own: the rest of the role system:node.
bool allNodesMay(const Attributes& a) {
  if (a.group.empty()) {
    if (a.resource == "services" && a.subresource.empty()) return reads(a.verb);
    if (a.resource == "endpoints" && a.subresource.empty()) return a.verb == "get";
    if (a.resource == "events" && a.subresource.empty()) {
      return a.verb == "create" || a.verb == "patch" || a.verb == "update";
    }
    return false;
  }
  if (a.group == "events.k8s.io") return a.verb == "create" || a.verb == "patch" || a.verb == "update";
  if (a.group == "authentication.k8s.io") return a.resource == "tokenreviews" && a.verb == "create";
  if (a.group == "authorization.k8s.io") {
    return a.verb == "create" &&
           (a.resource == "subjectaccessreviews" || a.resource == "localsubjectaccessreviews");
  }
  if (a.group == "storage.k8s.io") {
    return (a.resource == "csidrivers" && reads(a.verb)) ||
           (a.resource == "volumeattachments" && a.verb == "get");
  }
  if (a.group == "node.k8s.io") return a.resource == "runtimeclasses" && reads(a.verb);
  return a.group == "certificates.k8s.io" && a.resource == "certificatesigningrequests" &&
         (reads(a.verb) || a.verb == "create");
}

}  // namespace

Decision NodeAuthorizer::authorizePod(const Attributes& a) const {
  const std::string& node = a.user->node;
  if (a.subresource == "status") return a.verb == "update" || a.verb == "patch" ? allow() : refuse();
  if (a.subresource == "eviction") return a.verb == "create" ? allow() : refuse();
  if (!a.subresource.empty()) return refuse();
  if (a.verb == "create" || a.verb == "delete") return allow();  // NodeRestriction decides about which
  if (a.verb == "list" || a.verb == "watch") {
    if (requiredField(a.fieldSelector, "spec.nodeName") == node) return allow();
    return refuse("can only list/watch pods with spec.nodeName field selector");
  }
  if (a.verb != "get") return refuse();
  const Value& pod = objects_.find(&api::resources::pods, a.ns, a.name);
  // One that is gone is answered as such: a kubelet asks to learn just that.
  if (pod.isNull() || pod.get(keys::spec, keys::nodeName).asString() == node) return allow();
  return noRelationship(node);
}

Decision NodeAuthorizer::authorizeNode(const Attributes& a) const {
  const bool writes = a.verb == "update" || a.verb == "patch";
  if (a.subresource == "status" && !writes) return refuse();
  if (!a.subresource.empty() && a.subresource != "status") return refuse();
  if (a.verb == "create" || writes) return allow();  // of which node, NodeRestriction decides
  if (!reads(a.verb)) return refuse();
  if (a.name == a.user->node) return allow();
  return refuse("node '" + a.user->node + "' cannot read '" + std::string(a.name) +
                "', only its own Node object");
}

Decision NodeAuthorizer::authorizeReferenced(const Attributes& a) const {
  const std::string& node = a.user->node;
  if (a.resource == "serviceaccounts") {
    if (a.subresource != "token" || a.verb != "create") {
      return refuse("can only create tokens for individual service accounts");
    }
  } else {
    if (!a.subresource.empty()) return refuse();
    const bool watched = a.resource == "secrets" || a.resource == "configmaps";
    if (watched ? !reads(a.verb) : a.verb != "get") return refuse("can only read resources of this type");
    if (a.name.empty()) return refuse("No Object name found");
  }
  for (const Value& pod : objects_.podsOn(node)) {
    if (a.resource == "persistentvolumes") {
      for (const Value& volume : pod.get(keys::spec, kVolumes).items()) {
        const Value& claim = volume.get(kPersistentVolumeClaim, kClaimName);
        const Value& found = claim.isNull() ? claim
                                            : objects_.find(api::findResource("", "persistentvolumeclaims"),
                                                            api::namespaceOf(pod), claim.asString());
        if (found.get(keys::spec, kVolumeName).asString() == a.name) return allow();
      }
      continue;
    }
    if (api::namespaceOf(pod) == a.ns && usesIn(pod, a.resource, a.name)) return allow();
  }
  return noRelationship(node);
}

Decision NodeAuthorizer::authorize(const Attributes& a) const {
  if (a.isPath()) return refuse();
  if (a.group.empty()) {
    if (a.resource == "pods") return authorizePod(a);
    if (a.resource == "nodes") return authorizeNode(a);
    const bool referenced = a.resource == "secrets" || a.resource == "configmaps" ||
                            a.resource == "persistentvolumeclaims" || a.resource == "persistentvolumes" ||
                            a.resource == "serviceaccounts";
    if (referenced) return authorizeReferenced(a);
  }
  if (a.group == "coordination.k8s.io" && a.resource == "leases") {
    if (a.ns != kLeaseNamespace) {
      return refuse("can only access leases in the \"" + std::string(kLeaseNamespace) +
                    "\" system namespace");
    }
    if (a.verb == "create") return allow();
    const bool verb = a.verb == "get" || a.verb == "update" || a.verb == "patch" || a.verb == "delete";
    if (!verb) return refuse("can only get, create, update, patch, or delete a node lease");
    return a.name == a.user->node
               ? allow()
               : refuse("can only access node lease with the same name as the requesting node");
  }
  if (a.group == "storage.k8s.io" && a.resource == "csinodes") {
    return a.verb == "create" || a.name == a.user->node
               ? allow()
               : refuse("can only access CSINode with the same name as the requesting node");
  }
  return allNodesMay(a) ? allow() : refuse();
}

}  // namespace pilothouse::apiserver
