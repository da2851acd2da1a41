#include "core/client/credentials.hpp"

#include "core/apiserver/auth/user_info.hpp"

namespace pilothouse::client {

std::shared_ptr<const Credentials> credentialsOf(std::string_view userAgent, std::string_view host) {
  auto made = std::make_shared<Credentials>();
  if (userAgent == "kubelet") {
    made->commonName = std::string(apiserver::users::kNodePrefix).append(host);
    made->organizations = {std::string(apiserver::users::kNodes)};
  } else if (userAgent == "kube-scheduler" || userAgent == "kube-controller-manager") {
    made->commonName = "system:" + std::string(userAgent);
  } else if (userAgent == "kube-proxy" || userAgent == "coredns" || userAgent == "metrics-server") {
    return serviceAccountCredentials("kube-system", userAgent);
  } else {
    made->commonName = "kubernetes-admin";
    made->organizations = {"kubeadm:cluster-admins"};
  }
  return made;
}

std::shared_ptr<const Credentials> serviceAccountCredentials(std::string_view ns, std::string_view name) {
  auto made = std::make_shared<Credentials>();
  made->commonName = apiserver::serviceAccountUser(ns, name);
  made->organizations = apiserver::serviceAccountGroups(ns);
  return made;
}

}  // namespace pilothouse::client
