#include "core/apiserver/bootstrap.hpp"

#include "core/api/keys.hpp"
#include "core/api/scheduling_v1/validation.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::int64_t kServicePort = 443;
constexpr std::int64_t kSecurePort = 6443;

Key key(std::string_view text) { return Key::intern(text); }

Value textMap(std::string_view name, std::string_view text) {
  return Value::object({{key(name), Value(text)}});
}

Value object(const api::Resource& resource, Value metadata, std::vector<Value::Member> members) {
  members.push_back({keys::apiVersion, Value(resource.apiVersion())});
  members.push_back({keys::kind, Value(resource.kind)});
  members.push_back({keys::metadata, std::move(metadata)});
  return Value::object(std::span<const Value::Member>(members));
}

Value namedKubernetes(Value labels) {
  return Value::object(
      {{keys::labels, std::move(labels)}, {keys::name, "kubernetes"}, {keys::namespace_, "default"}});
}

Value httpsPort(std::int64_t port) {
  return Value::object({{keys::name, "https"}, {keys::port, port}, {keys::protocol, "TCP"}});
}

}  // namespace

std::vector<BootstrapObject> bootstrapObjects(const std::string& serviceAddress,
                                              const std::string& advertiseAddress) {
  namespace r = api::resources;
  std::vector<BootstrapObject> objects;
  for (const std::string_view name : {"kube-system", "kube-public", "kube-node-lease", "default"}) {
    objects.push_back(
        {&r::namespaces, object(r::namespaces, Value::object({{keys::name, Value(name)}}), {})});
  }
  const Value service = Value::object(
      {{keys::clusterIP, Value(serviceAddress)},
       {keys::clusterIPs, Value::array({Value(serviceAddress)})},
       {keys::ports, Value::array({httpsPort(kServicePort).with(key("targetPort"), kSecurePort)})},
       {key("sessionAffinity"), "None"},
       {keys::type, "ClusterIP"}});
  objects.push_back({&r::services, object(r::services,
                                          namedKubernetes(Value::object({{key("component"), "apiserver"},
                                                                         {key("provider"), "kubernetes"}})),
                                          {{keys::spec, service}})});
  const Value subset =
      Value::object({{keys::addresses, Value::array({Value::object({{key("ip"), Value(advertiseAddress)}})})},
                     {keys::ports, Value::array({httpsPort(kSecurePort)})}});
  objects.push_back(
      {&r::endpoints,
       object(r::endpoints, namedKubernetes(textMap("endpointslice.kubernetes.io/skip-mirror", "true")),
              {{keys::subsets, Value::array({subset})}})});
  const Value endpoint = Value::object({{keys::addresses, Value::array({Value(advertiseAddress)})},
                                        {keys::conditions, Value::object({{key("ready"), true}})}});
  objects.push_back(
      {&r::endpointSlices,
       object(r::endpointSlices, namedKubernetes(textMap("kubernetes.io/service-name", "kubernetes")),
              {{key("addressType"), "IPv4"},
               {keys::endpoints, Value::array({endpoint})},
               {keys::ports, Value::array({httpsPort(kSecurePort)})}})});
  const api::Resource& priorityClasses = *api::findResource("scheduling.k8s.io", "priorityclasses");
  for (const api::SystemPriorityClass& known : api::systemPriorityClasses()) {
    objects.push_back(
        {&priorityClasses, object(priorityClasses, Value::object({{keys::name, Value(known.name)}}),
                                  {{key("description"), known.description}, {keys::value, known.value}})});
  }
  return objects;
}

}  // namespace pilothouse::apiserver
