#include "web/selection.hpp"

#include "core/api/object.hpp"

namespace pilothouse::web {

Selection Selection::object(const api::Resource& resource, std::string_view ns, std::string_view name) {
  Selection s;
  s.kind = Kind::Object;
  s.resource = &resource;
  s.ns = ns;
  s.name = name;
  return s;
}

Selection Selection::component(std::string_view name) {
  Selection s;
  s.kind = Kind::Component;
  s.name = name;
  return s;
}

Selection Selection::of(const Value& object) {
  std::string version = object[keys::apiVersion].toString();
  if (version.empty()) version = "v1";
  const api::Resource* resource = api::findKind(version, object[keys::kind].asString());
  if (resource == nullptr) return {};
  const Value& meta = object.has(keys::metadata) ? object[keys::metadata] : object;
  return Selection::object(*resource, meta[keys::namespace_].asString(), meta[keys::name].asString());
}

std::string Selection::target() const {
  if (kind == Kind::Component) return "component:" + name;
  if (kind != Kind::Object || resource == nullptr) return {};
  std::string out(resource->singular);
  out += ':';
  if (!ns.empty()) out += ns + '/';
  return out + name;
}

Selection Selection::fromTarget(std::string_view target) {
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view word = target.substr(0, colon);
  const std::string_view rest = target.substr(colon + 1);
  if (word == "component") return component(rest);
  for (const api::Resource* resource : api::allResources()) {
    if (resource->singular != word) continue;
    const std::size_t slash = rest.find('/');
    if (!resource->namespaced) return object(*resource, "", rest);
    if (slash == std::string_view::npos) return object(*resource, "default", rest);
    return object(*resource, rest.substr(0, slash), rest.substr(slash + 1));
  }
  return {};
}

}  // namespace pilothouse::web
