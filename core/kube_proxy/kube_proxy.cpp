#include "core/kube_proxy/kube_proxy.hpp"

#include <algorithm>
#include <map>

#include "core/api/object.hpp"
#include "core/client/client.hpp"
#include "core/client/informer.hpp"
#include "core/kube_proxy/rules.hpp"

namespace pilothouse::kube_proxy {
namespace {

constexpr std::string_view kSelector =
    "!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name";
/// What the kernel's "recent" module remembers of a Service's clients (ip_list_tot).
constexpr std::size_t kClientsMax = 100;

/// One life of the process.
struct Process {
  client::Client client;
  client::Informer services;
  client::Informer slices;

  Process(Network& network, ComponentId self, apiserver::ApiServer& server)
      : client(network, self, server, "kube-proxy"),
        services(client, api::resources::services, {{}, std::string(kSelector), {}}),
        slices(client, api::resources::endpointSlices, {{}, std::string(kSelector), {}}) {}
};

struct Remembered {
  std::string client;
  Endpoint endpoint;
  SimTime last;
};

/// What was written out for packets that came by. Only nodes with traffic have one.
struct Written {
  bool indexed = false;
  std::map<std::string, Value> byAddress;          ///< "10.96.0.1:443/TCP", ":30080/TCP" to the Service
  std::map<std::string, std::vector<Rule>> rules;  ///< by Service
  std::map<std::string, std::vector<Remembered>> clients;  ///< by Service and port
};

std::string addressKey(std::string_view address, std::int64_t port, std::string_view protocol) {
  std::string key(address);
  return key.append(":").append(std::to_string(port)).append("/").append(protocol);
}

}  // namespace

struct KubeProxy::State {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  std::string nodeName;
  std::unique_ptr<Process> process;
  /// The kernel's state while no process keeps it: what was known when the last one ended.
  std::vector<Value> keptServices;
  std::vector<Value> keptSlices;
  std::unique_ptr<Written> written;

  [[nodiscard]] bool running() const {
    return process && process->services.hasSynced() && process->slices.hasSynced();
  }

  void forEachService(const std::function<void(const Value&)>& visit) const {
    if (running()) {
      process->services.store().forEach(visit);
    } else {
      std::for_each(keptServices.begin(), keptServices.end(), visit);
    }
  }
  [[nodiscard]] std::vector<Value> slicesOf(const Value& service) const {
    std::vector<Value> found;
    const std::string_view ns = api::namespaceOf(service);
    const std::string_view name = api::name(service);
    const auto take = [&](const Value& slice) {
      if (serviceOf(slice) == name && api::namespaceOf(slice) == ns) found.push_back(slice);
    };
    if (running()) {
      process->slices.store().forEach(take);
    } else {
      std::for_each(keptSlices.begin(), keptSlices.end(), take);
    }
    std::sort(found.begin(), found.end(),
              [](const Value& a, const Value& b) { return api::name(a) < api::name(b); });
    return found;
  }

  void onService(const client::Change& change) {
    if (!written) return;
    const Value& object = change.after.isNull() ? change.before : change.after;
    written->indexed = false;
    written->rules.erase(api::namespacedName(object));
  }
  void onSlice(const client::Change& change) {
    if (!written) return;
    for (const Value* slice : {&change.before, &change.after}) {
      if (slice->isNull()) continue;
      written->rules.erase(std::string(api::namespaceOf(*slice)).append("/").append(serviceOf(*slice)));
    }
  }

  void start() {
    process = std::make_unique<Process>(network, self, server);
    process->services.onChange([this](const client::Change& change) { onService(change); });
    process->slices.onChange([this](const client::Change& change) { onSlice(change); });
    process->services.start();
    process->slices.start();
  }
  void stop() {
    if (running()) {
      keptServices.clear();
      keptSlices.clear();
      process->services.store().forEach([this](const Value& service) { keptServices.push_back(service); });
      process->slices.store().forEach([this](const Value& slice) { keptSlices.push_back(slice); });
    }
    process.reset();
  }
  // With the first lists of a new process the kernel's rules are all written anew.
  void takeOver() {
    if (!running() || (keptServices.empty() && keptSlices.empty())) return;
    keptServices.clear();
    keptSlices.clear();
    if (!written) return;
    written->indexed = false;
    written->rules.clear();
  }

  void index() {
    written->indexed = true;
    written->byAddress.clear();
    forEachService([this](const Value& service) {
      for (const Rule& rule : rulesOf(service, {}, nodeName)) {
        written->byAddress.emplace(addressKey(rule.address, rule.port, rule.protocol), service);
      }
    });
  }
  const Rule* find(std::string_view address, std::int64_t port, std::string_view protocol) {
    if (!written) written = std::make_unique<Written>();
    if (!written->indexed) index();
    const auto at = written->byAddress.find(addressKey(address, port, protocol));
    if (at == written->byAddress.end()) return nullptr;
    const Value& service = at->second;
    const std::string name = api::namespacedName(service);
    auto rules = written->rules.find(name);
    if (rules == written->rules.end()) {
      rules = written->rules.emplace(name, rulesOf(service, slicesOf(service), nodeName)).first;
    }
    for (const Rule& rule : rules->second) {
      if (rule.port == port && rule.protocol == protocol && rule.address == address) return &rule;
    }
    return nullptr;
  }

  Endpoint choose(const Rule& rule, std::string_view client) {
    Simulator& simulator = network.simulator();
    const auto any = [&] {
      return rule.endpoints[static_cast<std::size_t>(simulator.random().below(rule.endpoints.size()))];
    };
    if (rule.affinitySeconds == 0 || client.empty()) return any();
    auto& clients = written->clients[rule.service + ":" + rule.portName];
    const SimTime now = simulator.now();
    std::erase_if(clients, [&](const Remembered& r) {
      return now - r.last >= std::chrono::seconds(rule.affinitySeconds);
    });
    auto at = std::find_if(clients.begin(), clients.end(),
                           [client](const Remembered& r) { return r.client == client; });
    const auto serves = [&rule](const Endpoint& e) {
      return std::any_of(rule.endpoints.begin(), rule.endpoints.end(), [&e](const Endpoint& candidate) {
        return candidate.address == e.address && candidate.port == e.port;
      });
    };
    if (at == clients.end()) {
      if (clients.size() >= kClientsMax) clients.erase(clients.begin());
      at = clients.insert(clients.end(), {std::string(client), any(), now});
    } else if (!serves(at->endpoint)) {
      at->endpoint = any();
    }
    at->last = now;
    return at->endpoint;
  }
};

KubeProxy::KubeProxy(Network& network, ComponentId self, apiserver::ApiServer& server, std::string nodeName)
    : state_(std::make_shared<State>(
          State{network, self, server, std::move(nodeName), nullptr, {}, {}, nullptr})) {}
KubeProxy::~KubeProxy() = default;

void KubeProxy::start() {
  if (!state_->process) state_->start();
}
void KubeProxy::stop() { state_->stop(); }

KubeProxy::Verdict KubeProxy::route(std::string_view address, std::int64_t port, std::string_view protocol,
                                    bool nodeAddress, std::string_view client) {
  state_->takeOver();
  Verdict verdict;
  verdict.rule = state_->find(address, port, protocol);
  if (verdict.rule == nullptr && nodeAddress) verdict.rule = state_->find({}, port, protocol);
  if (verdict.rule == nullptr) return verdict;
  if (!verdict.rule->endpoints.empty()) {
    verdict.kind = Verdict::Kind::Forward;
    verdict.to = state_->choose(*verdict.rule, client);
  } else {
    verdict.kind = verdict.rule->elsewhere ? Verdict::Kind::Dropped : Verdict::Kind::Rejected;
  }
  return verdict;
}

std::vector<Rule> KubeProxy::rules() const {
  std::vector<Rule> all;
  state_->forEachService([&](const Value& service) {
    for (Rule& rule : rulesOf(service, state_->slicesOf(service), state_->nodeName))
      all.push_back(std::move(rule));
  });
  std::stable_sort(all.begin(), all.end(),
                   [](const Rule& a, const Rule& b) { return a.service < b.service; });
  return all;
}

}  // namespace pilothouse::kube_proxy
