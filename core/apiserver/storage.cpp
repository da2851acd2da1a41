#include "core/apiserver/storage.hpp"

#include "core/api/kind.hpp"

namespace pilothouse::apiserver {
namespace {

std::string_view folderOf(const api::Resource& resource) {
  const std::string_view folder = api::kindOf(resource).storageFolder;
  return folder.empty() ? resource.plural.text() : folder;
}

}  // namespace

std::string storageKey(const api::Resource& resource, std::string_view ns, std::string_view name) {
  const std::string_view folder = folderOf(resource);
  std::string key;
  key.reserve(sizeof("/registry///") + folder.size() + ns.size() + name.size());
  key.append("/registry/").append(folder).append("/");
  if (!ns.empty()) key.append(ns).append("/");
  key.append(name);
  return key;
}

}  // namespace pilothouse::apiserver
