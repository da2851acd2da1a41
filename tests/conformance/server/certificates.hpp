#pragma once

#include <string>

namespace pilothouse::server {

/// The cluster's certificate authority and what it has signed, as kubeadm lays them out; PEM texts, made anew
/// for each run.
struct Certificates {
  struct Pair {
    std::string certificate;
    std::string key;
  };
  Pair authority;      ///< CN=kubernetes
  Pair server;         ///< CN=kube-apiserver, for 127.0.0.1, localhost and the cluster's own names
  Pair administrator;  ///< O=kubeadm:cluster-admins, CN=kubernetes-admin
};

/// Throws std::runtime_error when OpenSSL cannot.
Certificates makeCertificates();

}  // namespace pilothouse::server
