#include "core/api/kind.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>
#include <vector>

namespace pilothouse::api {

/// Made by the build: what core/api/kinds holds.
std::span<const Kind* const> listedKinds();

namespace {

// As /apis lists the groups (the group priorities of kube-apiserver's API services).
constexpr std::string_view kGroups[] = {"",
                                        "apps",
                                        "events.k8s.io",
                                        "authentication.k8s.io",
                                        "authorization.k8s.io",
                                        "autoscaling",
                                        "batch",
                                        "networking.k8s.io",
                                        "policy",
                                        "rbac.authorization.k8s.io",
                                        "storage.k8s.io",
                                        "scheduling.k8s.io",
                                        "coordination.k8s.io",
                                        "node.k8s.io",
                                        "discovery.k8s.io"};

std::size_t priorityOf(std::string_view group) {
  return static_cast<std::size_t>(std::find(std::begin(kGroups), std::end(kGroups), group) -
                                  std::begin(kGroups));
}

bool before(const Kind* a, const Kind* b) {
  const Resource& one = *a->resource;
  const Resource& other = *b->resource;
  if (one.group != other.group) {
    const std::size_t first = priorityOf(one.group);
    const std::size_t second = priorityOf(other.group);
    return first != second ? first < second : one.group < other.group;
  }
  // Served versions are v1, v2 and v1beta1 so far: the stable and newer one comes first.
  if (one.version != other.version) {
    const bool stable = one.version.find("beta") == std::string_view::npos;
    const bool otherStable = other.version.find("beta") == std::string_view::npos;
    return stable != otherStable ? stable : one.version > other.version;
  }
  return one.plural.text() < other.plural.text();
}

}  // namespace

std::span<const Kind* const> allKinds() {
  static const std::vector<const Kind*> all = [] {
    const auto listed = listedKinds();
    std::vector<const Kind*> sorted(listed.begin(), listed.end());
    std::sort(sorted.begin(), sorted.end(), before);
    return sorted;
  }();
  return all;
}

std::span<const Resource* const> storedResources() {
  static const std::vector<const Resource*> stored = [] {
    std::vector<const Resource*> made;
    for (const Kind* kind : allKinds()) {
      if (kind->stored && kind->storedAs == nullptr) made.push_back(kind->resource);
    }
    return made;
  }();
  return stored;
}

const Kind& kindOf(const Resource& resource) {
  static const std::unordered_map<const Resource*, const Kind*> byResource = [] {
    std::unordered_map<const Resource*, const Kind*> made;
    for (const Kind* kind : listedKinds()) made.emplace(kind->resource, kind);
    return made;
  }();
  const auto at = byResource.find(&resource);
  assert(at != byResource.end());
  return *at->second;
}

}  // namespace pilothouse::api
