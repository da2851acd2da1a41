#include "core/kube_proxy/rules.hpp"

#include <algorithm>
#include <string>

#include "core/api/object.hpp"

namespace pilothouse::kube_proxy {
namespace {

const Key kClientIp = Key::intern("clientIP");
const Key kExternalIps = Key::intern("externalIPs");
const Key kExternalTrafficPolicy = Key::intern("externalTrafficPolicy");
const Key kIngress = Key::intern("ingress");
const Key kInternalTrafficPolicy = Key::intern("internalTrafficPolicy");
const Key kIp = Key::intern("ip");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kNodePort = Key::intern("nodePort");
const Key kReady = Key::intern("ready");
const Key kServiceName = Key::intern("kubernetes.io/service-name");
const Key kServing = Key::intern("serving");
const Key kSessionAffinity = Key::intern("sessionAffinity");
const Key kSessionAffinityConfig = Key::intern("sessionAffinityConfig");
const Key kTerminating = Key::intern("terminating");
const Key kTimeoutSeconds = Key::intern("timeoutSeconds");

constexpr std::int64_t kDefaultAffinitySeconds = 10800;

struct Candidate {
  Endpoint endpoint;
  bool ready = false;
  bool servingTerminating = false;
};

std::string protocolOf(const Value& port) {
  const std::string_view protocol = port[keys::protocol].asString();
  return protocol.empty() ? "TCP" : std::string(protocol);
}

// The endpoints of one port of the Service: slices name it as the Service does.
std::vector<Candidate> candidates(const Value& servicePort, const std::vector<Value>& slices) {
  std::vector<Candidate> found;
  const std::string protocol = protocolOf(servicePort);
  for (const Value& slice : slices) {
    for (const Value& port : slice[keys::ports].items()) {
      if (port[keys::name].asString() != servicePort[keys::name].asString()) continue;
      if (protocolOf(port) != protocol || !port[keys::port].isInt()) continue;
      for (const Value& endpoint : slice[keys::endpoints].items()) {
        const Value& conditions = endpoint[keys::conditions];
        const bool ready = conditions[kReady].asBool(true);
        const bool terminating = conditions[kTerminating].asBool(false);
        Candidate candidate;
        candidate.endpoint.address = endpoint[keys::addresses].item(0).toString();
        candidate.endpoint.port = port[keys::port].asInt();
        candidate.endpoint.node = endpoint[keys::nodeName].toString();
        candidate.ready = ready && !terminating;
        candidate.servingTerminating = terminating && conditions[kServing].asBool(ready);
        const bool known = std::any_of(found.begin(), found.end(), [&](const Candidate& c) {
          return c.endpoint.address == candidate.endpoint.address &&
                 c.endpoint.port == candidate.endpoint.port;
        });
        if (!known) found.push_back(std::move(candidate));
      }
    }
  }
  return found;
}

// Ready ones; without any, those that end but still serve.
std::vector<Endpoint> usable(const std::vector<Candidate>& all, std::string_view onlyNode) {
  std::vector<Endpoint> ready;
  std::vector<Endpoint> terminating;
  for (const Candidate& c : all) {
    if (!onlyNode.empty() && c.endpoint.node != onlyNode) continue;
    if (c.ready) ready.push_back(c.endpoint);
    if (c.servingTerminating) terminating.push_back(c.endpoint);
  }
  return ready.empty() ? terminating : ready;
}

struct Reach {
  std::vector<Endpoint> cluster;
  std::vector<Endpoint> local;
};

void applyPolicy(Rule& rule, bool local, const Reach& reach) {
  rule.local = local;
  rule.endpoints = local ? reach.local : reach.cluster;
  rule.elsewhere = local && reach.local.empty() && !reach.cluster.empty();
}

}  // namespace

bool hasRules(const Value& service) {
  const Value& spec = service[keys::spec];
  const std::string_view ip = spec[keys::clusterIP].asString();
  return !ip.empty() && ip != "None" && spec[keys::type].asString() != "ExternalName";
}

std::string_view serviceOf(const Value& slice) { return api::labels(slice)[kServiceName].asString(); }

std::vector<Rule> rulesOf(const Value& service, const std::vector<Value>& slices, std::string_view nodeName) {
  std::vector<Rule> rules;
  if (!hasRules(service)) return rules;
  const Value& spec = service[keys::spec];
  const bool internalLocal = spec[kInternalTrafficPolicy].asString() == "Local";
  const bool externalLocal = spec[kExternalTrafficPolicy].asString() == "Local";
  for (const Value& port : spec[keys::ports].items()) {
    const std::vector<Candidate> all = candidates(port, slices);
    const Reach reach{usable(all, {}), usable(all, nodeName)};
    Rule rule;
    rule.service = api::namespacedName(service);
    rule.portName = port[keys::name].toString();
    rule.port = port[keys::port].asInt();
    rule.protocol = protocolOf(port);
    if (spec[kSessionAffinity].asString() == "ClientIP") {
      rule.affinitySeconds =
          spec[kSessionAffinityConfig][kClientIp][kTimeoutSeconds].asInt(kDefaultAffinitySeconds);
    }
    Rule internal = rule;
    internal.address = spec[keys::clusterIP].toString();
    applyPolicy(internal, internalLocal, reach);
    rules.push_back(std::move(internal));
    applyPolicy(rule, externalLocal, reach);
    const auto external = [&](const Value& address) {
      if (address.asString().empty()) return;
      rules.push_back(rule);
      rules.back().address = address.toString();
    };
    for (const Value& address : spec[kExternalIps].items()) external(address);
    for (const Value& ingress : service[keys::status][kLoadBalancer][kIngress].items())
      external(ingress[kIp]);
    if (port[kNodePort].asInt() == 0) continue;
    rule.port = port[kNodePort].asInt();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace pilothouse::kube_proxy
