#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::http {

/// What a path and a method mean (k8s.io/apiserver/pkg/endpoints/request.RequestInfo).
struct RequestInfo {
  bool isResource = false;  ///< else a path as /healthz, /version, /apis
  std::string group;
  std::string version;
  std::string ns;
  std::string resource;
  std::string name;
  std::string subresource;
  std::string rest;        ///< what follows the subresource: a proxied path
  bool watchPath = false;  ///< the deprecated /api/v1/watch/…
};

RequestInfo requestInfo(std::string_view path);

/// The path's parts between slashes; slashes at both ends do not count.
std::vector<std::string> splitPath(std::string_view path);

}  // namespace pilothouse::http
