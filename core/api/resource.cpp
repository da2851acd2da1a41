#include "core/api/resource.hpp"

#include <vector>

#include "core/api/kind.hpp"

namespace pilothouse::api {

std::string Resource::apiVersion() const {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string Resource::groupResource() const {
  std::string text(plural.text());
  if (!group.empty()) text.append(".").append(group);
  return text;
}

std::string Resource::groupKind() const {
  std::string text(kind);
  if (!group.empty()) text.append(".").append(group);
  return text;
}

std::span<const Resource* const> allResources() {
  static const std::vector<const Resource*> all = [] {
    std::vector<const Resource*> listed;
    for (const Kind* kind : allKinds()) listed.push_back(kind->resource);
    return listed;
  }();
  return all;
}

const Resource* findResource(std::string_view group, std::string_view plural) {
  for (const Resource* r : allResources()) {
    if (r->group == group && r->plural.text() == plural) return r;
  }
  return nullptr;
}

const Resource* findResource(std::string_view group, std::string_view version, std::string_view plural) {
  for (const Resource* r : allResources()) {
    if (r->group == group && r->version == version && r->plural.text() == plural) return r;
  }
  return nullptr;
}

const Resource* findKind(std::string_view apiVersion, std::string_view kind) {
  const std::size_t slash = apiVersion.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? std::string_view() : apiVersion.substr(0, slash);
  const std::string_view version =
      slash == std::string_view::npos ? apiVersion : apiVersion.substr(slash + 1);
  for (const Resource* r : allResources()) {
    if (r->kind == kind && r->version == version && r->group == group) return r;
  }
  return nullptr;
}

}  // namespace pilothouse::api
