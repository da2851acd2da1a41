#include "core/http/discovery.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::http {
namespace {

const Key kCategories = Key::intern("categories");
const Key kClientCidr = Key::intern("clientCIDR");
const Key kFreshness = Key::intern("freshness");
const Key kGroup = Key::intern("group");
const Key kGroups = Key::intern("groups");
const Key kGroupVersion = Key::intern("groupVersion");
const Key kNamespaced = Key::intern("namespaced");
const Key kPreferredVersion = Key::intern("preferredVersion");
const Key kResource = Key::intern("resource");
const Key kResponseKind = Key::intern("responseKind");
const Key kScope = Key::intern("scope");
const Key kServerAddress = Key::intern("serverAddress");
const Key kServerAddressByClientCidrs = Key::intern("serverAddressByClientCIDRs");
const Key kShortNames = Key::intern("shortNames");
const Key kSingularName = Key::intern("singularName");
const Key kSingularResource = Key::intern("singularResource");
const Key kSubresource = Key::intern("subresource");
const Key kSubresources = Key::intern("subresources");
const Key kVerbs = Key::intern("verbs");
const Key kVersion = Key::intern("version");
const Key kVersions = Key::intern("versions");

constexpr std::string_view kUsualVerbs[] = {"create", "delete", "deletecollection", "get",
                                            "list",   "patch",  "update",           "watch"};

struct KnownSubresource {
  std::string_view plural;  ///< "" for any
  std::string_view name;
  Subresource what;
};
constexpr KnownSubresource kKnown[] = {
    {"pods", "attach", {"", "v1", "PodAttachOptions", "create get"}},
    {"pods", "binding", {"", "v1", "Binding", "create"}},
    {"pods", "eviction", {"policy", "v1", "Eviction", "create"}},
    {"pods", "exec", {"", "v1", "PodExecOptions", "create get"}},
    {"pods", "log", {"", "v1", "Pod", "get"}},
    {"pods", "portforward", {"", "v1", "PodPortForwardOptions", "create get"}},
    {"pods", "proxy", {"", "v1", "PodProxyOptions", "create delete get patch update"}},
    {"namespaces", "finalize", {"", "v1", "Namespace", "update"}},
    {"serviceaccounts", "token", {"authentication.k8s.io", "v1", "TokenRequest", "create"}},
    {"", "scale", {"autoscaling", "v1", "Scale", "get patch update"}},
};

std::span<const std::string_view> verbsOf(const api::Kind& kind) {
  return kind.verbs.empty() ? std::span<const std::string_view>(kUsualVerbs) : kind.verbs;
}

Value textList(std::span<const std::string_view> texts) {
  std::vector<Value> items(texts.begin(), texts.end());
  return Value::array(items);
}

Value wordList(std::string_view words) {
  std::vector<Value> items;
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    items.emplace_back(words.substr(0, space));
    words = space == std::string_view::npos ? std::string_view() : words.substr(space + 1);
  }
  return Value::array(items);
}

std::string groupVersion(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group).append("/").append(version);
}

struct Group {
  std::string_view name;
  std::vector<std::string_view> versions;  ///< the preferred one first
};

// In the order of allKinds(), which is that of /apis.
std::vector<Group> groups() {
  std::vector<Group> found;
  for (const api::Kind* kind : api::allKinds()) {
    const api::Resource& resource = *kind->resource;
    if (found.empty() || found.back().name != resource.group) found.push_back({resource.group, {}});
    std::vector<std::string_view>& versions = found.back().versions;
    if (std::find(versions.begin(), versions.end(), resource.version) == versions.end()) {
      versions.push_back(resource.version);
    }
  }
  return found;
}

std::vector<const api::Kind*> kindsOf(std::string_view group, std::string_view version) {
  std::vector<const api::Kind*> found;
  for (const api::Kind* kind : api::allKinds()) {
    if (kind->resource->group == group && kind->resource->version == version) found.push_back(kind);
  }
  return found;
}

Value versionEntry(std::string_view group, std::string_view version) {
  return Value::object({{kGroupVersion, groupVersion(group, version)}, {kVersion, version}});
}

Value groupEntry(const Group& group) {
  std::vector<Value> versions;
  for (const std::string_view version : group.versions) versions.push_back(versionEntry(group.name, version));
  return Value::object(
      {{keys::name, group.name}, {kPreferredVersion, versions.front()}, {kVersions, Value::array(versions)}});
}

void addLegacy(std::vector<Value>& list, const api::Kind& kind) {
  const api::Resource& resource = *kind.resource;
  ObjectBuilder own;
  own.set(keys::name, resource.plural.text());
  own.set(kSingularName, resource.singular);
  own.set(kNamespaced, resource.namespaced);
  own.set(keys::kind, resource.kind);
  own.set(kVerbs, textList(verbsOf(kind)));
  own.setIfAny(kShortNames, textList(resource.shortNames));
  own.setIfAny(kCategories, textList(resource.categories));
  list.push_back(own.build());
  for (const std::string_view name : resource.subresources) {
    const Subresource what = subresourceOf(resource, name);
    ObjectBuilder entry;
    entry.set(keys::name, std::string(resource.plural.text()).append("/").append(name));
    entry.set(kSingularName, "");
    entry.set(kNamespaced, resource.namespaced);
    entry.set(keys::kind, what.kind);
    entry.set(kVerbs, wordList(what.verbs));
    if (what.group != resource.group || what.version != resource.version) {
      entry.setIfAny(kGroup, what.group);
      entry.set(kVersion, what.version);
    }
    list.push_back(entry.build());
  }
}

Value responseKind(std::string_view group, std::string_view version, std::string_view kind) {
  return Value::object({{kGroup, group}, {keys::kind, kind}, {kVersion, version}});
}

Value aggregatedResource(const api::Kind& kind) {
  const api::Resource& resource = *kind.resource;
  std::vector<Value> subresources;
  for (const std::string_view name : resource.subresources) {
    const Subresource what = subresourceOf(resource, name);
    subresources.push_back(Value::object({{kSubresource, name},
                                          {kResponseKind, responseKind(what.group, what.version, what.kind)},
                                          {kVerbs, wordList(what.verbs)}}));
  }
  ObjectBuilder entry;
  entry.set(kResource, resource.plural.text());
  entry.set(kResponseKind, responseKind(resource.group, resource.version, resource.kind));
  entry.set(kScope, resource.namespaced ? "Namespaced" : "Cluster");
  entry.set(kSingularResource, resource.singular);
  entry.set(kVerbs, textList(verbsOf(kind)));
  entry.setIfAny(kShortNames, textList(resource.shortNames));
  entry.setIfAny(kCategories, textList(resource.categories));
  entry.setIfAny(kSubresources, Value::array(subresources));
  return entry.build();
}

Value aggregatedVersion(std::string_view group, std::string_view version) {
  std::vector<Value> resources;
  for (const api::Kind* kind : kindsOf(group, version)) resources.push_back(aggregatedResource(*kind));
  return Value::object(
      {{kFreshness, "Current"}, {keys::resources, Value::array(resources)}, {kVersion, version}});
}

}  // namespace

Subresource subresourceOf(const api::Resource& resource, std::string_view name) {
  for (const KnownSubresource& known : kKnown) {
    const bool applies =
        known.plural.empty() || (known.plural == resource.plural.text() && resource.group.empty());
    if (applies && known.name == name) return known.what;
  }
  // status, approval, resize and their kin: another way to the object itself.
  return {resource.group, resource.version, resource.kind, "get patch update"};
}

bool hasVerb(const api::Resource& resource, std::string_view verb) {
  const auto verbs = verbsOf(api::kindOf(resource));
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

Value apiVersions(std::string_view address) {
  const Value reached = Value::object({{kClientCidr, "0.0.0.0/0"}, {kServerAddress, address}});
  return Value::object({{keys::kind, "APIVersions"},
                        {kServerAddressByClientCidrs, Value::array({reached})},
                        {kVersions, Value::array({"v1"})}});
}

Value apiGroupList() {
  std::vector<Value> list;
  for (const Group& group : groups()) {
    if (!group.name.empty()) list.push_back(groupEntry(group));
  }
  return Value::object(
      {{keys::apiVersion, "v1"}, {kGroups, Value::array(list)}, {keys::kind, "APIGroupList"}});
}

Value apiGroup(std::string_view name) {
  for (const Group& group : groups()) {
    if (name.empty() || group.name != name) continue;
    return groupEntry(group).with(keys::apiVersion, "v1").with(keys::kind, "APIGroup");
  }
  return {};
}

Value apiResourceList(std::string_view group, std::string_view version) {
  std::vector<Value> list;
  for (const api::Kind* kind : kindsOf(group, version)) addLegacy(list, *kind);
  if (list.empty()) return {};
  ObjectBuilder made;
  made.set(keys::kind, "APIResourceList");
  if (!group.empty()) made.set(keys::apiVersion, "v1");
  made.set(kGroupVersion, groupVersion(group, version));
  made.set(keys::resources, Value::array(list));
  return made.build();
}

Value aggregatedDiscovery(bool core, std::string_view version) {
  std::vector<Value> items;
  for (const Group& group : groups()) {
    if (group.name.empty() != core) continue;
    std::vector<Value> versions;
    for (const std::string_view served : group.versions) {
      versions.push_back(aggregatedVersion(group.name, served));
    }
    ObjectBuilder metadata;
    metadata.setIfAny(keys::name, group.name);
    items.push_back(Value::object({{keys::metadata, metadata.build()}, {kVersions, Value::array(versions)}}));
  }
  return Value::object({{keys::apiVersion, "apidiscovery.k8s.io/" + std::string(version)},
                        {keys::items, Value::array(items)},
                        {keys::kind, "APIGroupDiscoveryList"},
                        {keys::metadata, Value::emptyObject()}});
}

}  // namespace pilothouse::http
