#include "core/cluster/component_status.hpp"

#include <string_view>

#include "core/api/keys.hpp"

namespace pilothouse::cluster {
namespace {

Value healthyCondition() {
  return Value::object({{keys::message, "ok"}, {keys::status, "True"}, {keys::type, "Healthy"}});
}

// What the probe has met: etcd's client waits, the others' port is closed.
Value unhealthyCondition(std::string_view name) {
  ObjectBuilder condition;
  condition.set(keys::status, "False").set(keys::type, "Healthy");
  if (name.substr(0, 5) == "etcd-") {
    condition.set(Key::intern("error"), "context deadline exceeded");
    return condition.build();
  }
  const std::string address = name == "scheduler" ? "127.0.0.1:10259" : "127.0.0.1:10257";
  condition.set(keys::message, "Get \"https://" + address + "/healthz\": dial tcp " + address +
                                   ": connect: connection refused");
  return condition.build();
}

Value componentStatus(const std::string& name, bool up) {
  return Value::object(
      {{keys::apiVersion, "v1"},
       {keys::conditions, Value::array({up ? healthyCondition() : unhealthyCondition(name)})},
       {keys::kind, "ComponentStatus"},
       {keys::metadata, Value::object({{keys::name, name}})}});
}

}  // namespace

void serveComponentStatuses(apiserver::ApiServer& server, const Network& network,
                            ComponentsByName components) {
  const api::Resource* resource = api::findResource("", "componentstatuses");
  if (resource == nullptr) return;
  server.serve(*resource, Key(),
               [&network, components = std::move(components)](apiserver::Request request,
                                                              apiserver::Responder respond) {
                 const std::vector<std::string> warnings = {"v1 ComponentStatus is deprecated in v1.19+"};
                 std::vector<Value> items;
                 for (const auto& [name, component] : components) {
                   if (request.verb == apiserver::Verb::Get && request.name.asString() != name) continue;
                   items.push_back(componentStatus(name, network.isUp(component)));
                 }
                 if (request.verb == apiserver::Verb::Get) {
                   if (!items.empty()) return respond({200, items.front(), warnings});
                   const api::Status unknown{500, "", "Component not found: " + request.name.toString(), {}};
                   return respond({unknown.code, unknown.toValue(), warnings});
                 }
                 respond({200,
                          Value::object({{keys::apiVersion, "v1"},
                                         {keys::items, Value::array(items)},
                                         {keys::kind, "ComponentStatusList"},
                                         {keys::metadata, Value::emptyObject()}}),
                          warnings});
               });
}

}  // namespace pilothouse::cluster
