#include "core/dns/dns.hpp"

#include <algorithm>
#include <optional>

#include "core/api/object.hpp"
#include "core/client/client.hpp"
#include "core/client/informer.hpp"

namespace pilothouse::dns {
namespace {

using Code = DnsAnswer::Code;

const Key kClusterIps = Key::intern("clusterIPs");
const Key kExternalName = Key::intern("externalName");
const Key kHostname = Key::intern("hostname");
const Key kReady = Key::intern("ready");
const Key kServiceName = Key::intern("kubernetes.io/service-name");

constexpr std::string_view kDomain = "cluster.local";
constexpr std::size_t kNdots = 5;
constexpr int kCanonicalNamesMax = 8;  ///< CNAMEs followed, as CoreDNS limits them

DnsAnswer nxDomain() { return {Code::NxDomain, {}, {}}; }

std::vector<std::string_view> labelsOf(std::string_view name) {
  std::vector<std::string_view> labels;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t dot = std::min(name.find('.', from), name.size());
    labels.push_back(name.substr(from, dot - from));
    from = dot + 1;
  }
  return labels;
}

// "10-244-1-5" is 10.244.1.5.
std::optional<std::string> dashedIpv4(std::string_view label) {
  std::string address(label);
  std::replace(address.begin(), address.end(), '-', '.');
  int parts = 1;
  int value = -1;
  for (const char c : address) {
    if (c == '.') {
      if (value < 0) return std::nullopt;
      ++parts;
      value = -1;
    } else if (c >= '0' && c <= '9') {
      value = (value < 0 ? 0 : value) * 10 + (c - '0');
      if (value > 255) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (parts != 4 || value < 0) return std::nullopt;
  return address;
}

std::string dashed(std::string_view address) {
  std::string text(address);
  std::replace(text.begin(), text.end(), '.', '-');
  return text;
}

bool isHeadless(const Value& service) { return service[keys::spec][keys::clusterIP].asString() == "None"; }

/// A question for a Service: the part before "svc".
struct ServiceQuestion {
  std::string_view ns;
  std::string_view service;
  std::string_view endpoint;  ///< "" for all
  std::string_view port;      ///< "_http", or ""
  std::string_view protocol;  ///< "_tcp", or ""
};

bool asksPort(const Value& port, const ServiceQuestion& question) {
  if (question.port.empty()) return true;
  const std::string_view protocol = port[keys::protocol].asString();
  return port[keys::name].asString() == question.port.substr(1) &&
         std::equal(protocol.begin(), protocol.end(), question.protocol.begin() + 1, question.protocol.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

struct Dns::State {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;

  /// One life of the process.
  struct Process {
    client::Client client;
    client::Informer services;
    client::Informer slices;
    client::Informer namespaces;
    int slicesOfService = 0;

    Process(Network& network, ComponentId self, apiserver::ApiServer& server)
        : client(network, self, server, "coredns"),
          services(client, api::resources::services),
          slices(client, api::resources::endpointSlices),
          namespaces(client, api::resources::namespaces) {
      slicesOfService = slices.store().addIndex([](const Value& slice, std::vector<Value>& out) {
        out.push_back(std::string(api::namespaceOf(slice))
                          .append("/")
                          .append(api::labels(slice)[kServiceName].asString()));
      });
      for (client::Informer* informer : {&services, &slices, &namespaces}) informer->start();
    }
    [[nodiscard]] bool ready() const {
      return services.hasSynced() && slices.hasSynced() && namespaces.hasSynced();
    }
  };
  std::unique_ptr<Process> process;

  [[nodiscard]] DnsAnswer answer(std::string_view name, int depth) const;
  [[nodiscard]] DnsAnswer service(const ServiceQuestion& question, int depth) const;
  [[nodiscard]] DnsAnswer endpoints(const ServiceQuestion& question) const;
  [[nodiscard]] DnsAnswer pod(std::string_view ns, std::string_view label) const;
  [[nodiscard]] bool hasNamespace(std::string_view ns) const {
    return !process->namespaces.store().find({}, ns).isNull();
  }
};

DnsAnswer Dns::State::pod(std::string_view ns, std::string_view label) const {
  // "pods insecure": the address is in the name; whether there is such a pod is not looked up.
  const auto address = dashedIpv4(label);
  if (!address || !hasNamespace(ns)) return nxDomain();
  return {Code::NoError, {*address}, {}};
}

DnsAnswer Dns::State::endpoints(const ServiceQuestion& question) const {
  DnsAnswer found = nxDomain();
  const std::string service = std::string(question.ns).append("/").append(question.service);
  for (const Value& slice : process->slices.store().byIndex(process->slicesOfService, service)) {
    const auto ports = slice[keys::ports].items();
    const bool asked =
        question.port.empty() ||
        std::any_of(ports.begin(), ports.end(), [&](const Value& port) { return asksPort(port, question); });
    if (!asked) continue;
    for (const Value& endpoint : slice[keys::endpoints].items()) {
      if (!endpoint[keys::conditions][kReady].asBool(true)) continue;
      for (const Value& address : endpoint[keys::addresses].items()) {
        const std::string_view hostname = endpoint[kHostname].asString();
        const std::string own = hostname.empty() ? dashed(address.asString()) : std::string(hostname);
        if (!question.endpoint.empty() && question.endpoint != own) continue;
        found.code = Code::NoError;
        const std::string text = address.toString();
        const bool known =
            std::find(found.addresses.begin(), found.addresses.end(), text) != found.addresses.end();
        if (!known) found.addresses.push_back(text);
      }
    }
  }
  return found;
}

DnsAnswer Dns::State::service(const ServiceQuestion& question, int depth) const {
  if (!hasNamespace(question.ns)) return nxDomain();
  const Value& service = process->services.store().find(question.ns, question.service);
  if (service.isNull()) return nxDomain();
  const Value& spec = service[keys::spec];
  if (spec[keys::type].asString() == "ExternalName") {
    if (!question.endpoint.empty() || !question.port.empty()) return nxDomain();
    DnsAnswer alias{Code::NoError, {}, spec[kExternalName].toString()};
    if (depth < kCanonicalNamesMax) alias.addresses = answer(alias.canonicalName, depth + 1).addresses;
    return alias;
  }
  if (!question.endpoint.empty() || isHeadless(service)) return endpoints(question);
  const auto ports = spec[keys::ports].items();
  if (std::none_of(ports.begin(), ports.end(), [&](const Value& p) { return asksPort(p, question); })) {
    return nxDomain();
  }
  DnsAnswer found{Code::NoError, {}, {}};
  for (const Value& address : spec[kClusterIps].items()) found.addresses.push_back(address.toString());
  if (found.addresses.empty()) found.addresses.push_back(spec[keys::clusterIP].toString());
  return found;
}

DnsAnswer Dns::State::answer(std::string_view name, int depth) const {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower.ends_with('.')) lower.pop_back();
  if (lower == kDomain) return {Code::NoError, {}, {}};
  // Other names would go to the resolver outside, which knows none.
  if (!lower.ends_with("." + std::string(kDomain))) return nxDomain();
  std::string_view inside = lower;
  inside.remove_suffix(kDomain.size() + 1);
  const std::vector<std::string_view> labels = labelsOf(inside);
  const std::size_t n = labels.size();
  const std::string_view kind = labels[n - 1];
  if (kind != "svc" && kind != "pod") return nxDomain();
  if (n == 1) return {Code::NoError, {}, {}};
  const std::string_view ns = labels[n - 2];
  if (n == 2) return hasNamespace(ns) ? DnsAnswer{Code::NoError, {}, {}} : nxDomain();
  if (kind == "pod") return n == 3 ? pod(ns, labels[0]) : nxDomain();
  ServiceQuestion question{ns, labels[n - 3], {}, {}, {}};
  if (n == 4) {
    question.endpoint = labels[0];
  } else if (n == 5 && labels[0].starts_with('_') && labels[1].starts_with('_')) {
    question.port = labels[0];
    question.protocol = labels[1];
  } else if (n > 3) {
    return nxDomain();
  }
  return service(question, depth);
}

Dns::Dns(Network& network, ComponentId self, apiserver::ApiServer& server)
    : state_(std::make_shared<State>(State{network, self, server, nullptr})) {}
Dns::~Dns() = default;

void Dns::start() {
  if (state_->process) return;
  state_->process = std::make_unique<State::Process>(state_->network, state_->self, state_->server);
}

void Dns::stop() { state_->process.reset(); }

DnsAnswer Dns::resolve(std::string_view name) const {
  if (!state_->process || !state_->process->ready()) return {Code::ServFail, {}, {}};
  return state_->answer(name, 0);
}

DnsAnswer Dns::resolveFrom(std::string_view ns, std::string_view name) const {
  const auto has = [](const DnsAnswer& answer) {
    return answer.code == Code::NoError && !(answer.addresses.empty() && answer.canonicalName.empty());
  };
  const bool absolute = name.ends_with('.');
  const auto dots = static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
  const bool asGivenFirst = absolute || dots >= kNdots;
  DnsAnswer asGiven;
  if (asGivenFirst) {
    asGiven = resolve(name);
    if (absolute || has(asGiven)) return asGiven;
  }
  for (const std::string& suffix : {std::string(ns) + ".svc.", std::string("svc."), std::string()}) {
    const DnsAnswer found = resolve(std::string(name) + "." + suffix + std::string(kDomain));
    if (has(found) || found.code == Code::ServFail) return found;
  }
  return asGivenFirst ? asGiven : resolve(name);
}

}  // namespace pilothouse::dns
