#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/conformance/server/certificates.hpp"

namespace pilothouse::server {

/// A kubeconfig for kubernetes-admin, as kubeadm writes /etc/kubernetes/admin.conf.
std::string kubeconfigFor(const Certificates& certificates, std::uint16_t port);

/// Writes a file that only its owner can read; throws std::runtime_error.
void writePrivateFile(const std::string& path, std::string_view content);

/// Creates the folder (and those above it) for the state of a run, or one of its own under TMPDIR when `path`
/// is empty; returns its path.
std::string prepareFolder(const std::string& path);

}  // namespace pilothouse::server
