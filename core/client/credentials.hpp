#pragma once

#include <memory>
#include <string_view>

#include "core/apiserver/request.hpp"

namespace pilothouse::client {

using apiserver::Credentials;

/// Who a component of the cluster is to the API server, as kubeadm sets it up: its client certificate's
/// subject, or, of what runs in a pod, the ServiceAccount whose token it holds (which the simulation spares
/// it: the subject names the account). `host` is the node of a kubelet. Any other user agent is that of
/// kubernetes-admin, who is bound to cluster-admin.
std::shared_ptr<const Credentials> credentialsOf(std::string_view userAgent, std::string_view host);

/// A ServiceAccount's: system:serviceaccount:<ns>:<name> and its groups.
std::shared_ptr<const Credentials> serviceAccountCredentials(std::string_view ns, std::string_view name);

}  // namespace pilothouse::client
