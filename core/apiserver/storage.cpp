#include "core/apiserver/storage.hpp"

namespace pilothouse::apiserver {
namespace {

std::string_view storedAs(const api::Resource& resource) {
  if (&resource == &api::resources::nodes) return "minions";
  if (&resource == &api::resources::services) return "services/specs";
  if (&resource == &api::resources::endpoints) return "services/endpoints";
  return resource.plural.text();
}

}  // namespace

std::string storageKey(const api::Resource& resource, std::string_view ns, std::string_view name) {
  const std::string_view folder = storedAs(resource);
  std::string key;
  key.reserve(sizeof("/registry///") + folder.size() + ns.size() + name.size());
  key.append("/registry/").append(folder).append("/");
  if (!ns.empty()) key.append(ns).append("/");
  key.append(name);
  return key;
}

}  // namespace pilothouse::apiserver
