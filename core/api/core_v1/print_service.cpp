#include "core/api/core_v1/print_service.hpp"

#include <set>
#include <string>

#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kExternalIPs = Key::intern("externalIPs");
const Key kExternalName = Key::intern("externalName");
const Key kHostname = Key::intern("hostname");
const Key kIngress = Key::intern("ingress");
const Key kIp = Key::intern("ip");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kNodePort = Key::intern("nodePort");

void add(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

// Addresses that a load balancer has given, in order and once each.
std::string balancerAddresses(const Value& service) {
  std::set<std::string> addresses;
  for (const Value& ingress : service[keys::status][kLoadBalancer][kIngress].items()) {
    const Value& address = ingress[kIp].asString().empty() ? ingress[kHostname] : ingress[kIp];
    if (!address.asString().empty()) addresses.insert(address.toString());
  }
  std::string list;
  for (const std::string& address : addresses) add(list, address);
  return list;
}

Value externalIp(const Value& service) {
  const Value& spec = service[keys::spec];
  const std::string_view type = spec[keys::type].asString();
  const Value declared = printing::joined(spec[kExternalIPs]);
  if (type == "ClusterIP" || type == "NodePort") return printing::orElse(declared);
  if (type == "ExternalName") return spec[kExternalName].toString();
  if (type != "LoadBalancer") return printing::kUnknown;
  std::string all = balancerAddresses(service);
  if (!declared.asString().empty()) add(all, declared.asString());
  return printing::orElse(all, "<pending>");
}

Value ports(const Value& service) {
  std::string list;
  for (const Value& port : service[keys::spec][keys::ports].items()) {
    std::string text = std::to_string(port[keys::port].asInt());
    if (const std::int64_t nodePort = port[kNodePort].asInt(); nodePort > 0) {
      text.append(":").append(std::to_string(nodePort));
    }
    add(list, text.append("/").append(port[keys::protocol].asString()));
  }
  return printing::orElse(list);
}

}  // namespace

void serviceCells(std::vector<Value>& cells, const Value& service, SimTime now) {
  const Value& spec = service[keys::spec];
  cells.insert(cells.end(),
               {meta(service)[keys::name], spec[keys::type], printing::orElse(spec[keys::clusterIPs].item(0)),
                externalIp(service), ports(service), printing::age(service, now),
                printing::labels(spec[keys::selector])});
}

}  // namespace pilothouse::api
