#pragma once

#include <string>
#include <string_view>

namespace pilothouse::kubelet {

/// An image's name as the container runtime reads it (github.com/distribution/reference): "nginx" is
/// docker.io/library/nginx:latest.
struct ImageReference {
  std::string domain;  ///< "docker.io"
  std::string path;    ///< "library/nginx"
  std::string tag;     ///< "latest" where neither tag nor digest is given
  std::string digest;  ///< "sha256:…" or ""
  std::string error;   ///< "invalid reference format…"; empty when it is well-formed

  [[nodiscard]] bool valid() const { return error.empty(); }
  /// "docker.io/library/nginx".
  [[nodiscard]] std::string repository() const { return domain + "/" + path; }
  /// "docker.io/library/nginx:1.27" or "docker.io/library/nginx@sha256:…".
  [[nodiscard]] std::string name() const;
};

ImageReference parseImageReference(std::string_view text);

}  // namespace pilothouse::kubelet
