#include "core/http/request_info.hpp"

#include <span>

namespace pilothouse::http {

std::vector<std::string> splitPath(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return parts;
}

RequestInfo requestInfo(std::string_view path) {
  RequestInfo info;
  const std::vector<std::string> all = splitPath(path);
  std::span<const std::string> parts(all);
  if (parts.size() < 3) return info;
  if (parts[0] == "apis") {
    if (parts.size() < 4) return info;
    info.group = parts[1];
    info.version = parts[2];
    parts = parts.subspan(3);
  } else if (parts[0] == "api") {
    info.version = parts[1];
    parts = parts.subspan(2);
  } else {
    return info;
  }
  if (parts[0] == "watch") {
    if (parts.size() < 2) return info;
    info.watchPath = true;
    parts = parts.subspan(1);
  }
  if (parts[0] == "namespaces" && parts.size() > 1) {
    info.ns = parts[1];
    const bool ownSubresource = parts.size() > 2 && (parts[2] == "status" || parts[2] == "finalize");
    if (parts.size() > 2 && !ownSubresource) parts = parts.subspan(2);
  }
  info.isResource = true;
  info.resource = parts[0];
  if (parts.size() > 1) info.name = parts[1];
  if (parts.size() > 2) info.subresource = parts[2];
  for (std::size_t i = 3; i < parts.size(); ++i) info.rest.append("/").append(parts[i]);
  return info;
}

}  // namespace pilothouse::http
