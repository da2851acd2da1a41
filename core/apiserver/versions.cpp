#include "core/apiserver/versions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {

const api::Resource& storedResource(const api::Resource& resource) {
  const api::Kind& kind = api::kindOf(resource);
  return kind.storedAs == nullptr ? resource : *kind.storedAs;
}

Value toStored(const api::Resource& resource, const Value& object) {
  const api::Kind& kind = api::kindOf(resource);
  return kind.toStored == nullptr ? object : kind.toStored(object);
}

Value fromStored(const api::Resource& resource, const Value& stored) {
  const api::Kind& kind = api::kindOf(resource);
  return kind.fromStored == nullptr || stored.isNull() ? stored : kind.fromStored(stored);
}

Value inVersionOf(const api::Resource& resource, const Value& body) {
  const api::Kind& kind = api::kindOf(resource);
  if (kind.fromStored == nullptr) return body;
  if (body[keys::kind].asString() == kind.storedAs->kind) return kind.fromStored(body);
  if (!body[keys::items].isArray()) return body;
  std::vector<Value> items;
  items.reserve(body[keys::items].size());
  for (const Value& item : body[keys::items].items()) items.push_back(kind.fromStored(item));
  return body.with(keys::items, Value::array(items));
}

Function<void(WatchEvent)> inVersionOf(const api::Resource& resource, Function<void(WatchEvent)> send) {
  if (api::kindOf(resource).fromStored == nullptr) return send;
  return [&resource, send = std::move(send)](WatchEvent event) mutable {
    if (event.type != WatchEvent::Type::Error) event.object = inVersionOf(resource, event.object);
    send(std::move(event));
  };
}

std::string_view deprecationOf(const api::Resource& resource) {
  if (!resource.group.empty()) return {};
  if (resource.kind == "ComponentStatus") return "v1 ComponentStatus is deprecated in v1.19+";
  if (resource.kind != "Endpoints") return {};
  return "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";
}

bool hasVerb(const api::Resource& resource, Verb verb) {
  const auto verbs = api::kindOf(resource).verbs;
  return verbs.empty() || std::find(verbs.begin(), verbs.end(), verbName(verb)) != verbs.end();
}

void addWarnings(std::vector<std::string>& warnings, const api::Resource& resource, const Value& object,
                 const Value& before) {
  const api::Kind& kind = api::kindOf(storedResource(resource));
  if (kind.warnings != nullptr) kind.warnings(warnings, object, before);
}

}  // namespace pilothouse::apiserver
