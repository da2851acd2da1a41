#include "core/metrics_server/metrics_server.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/client/client.hpp"
#include "core/client/informer.hpp"
#include "core/metrics_server/metrics_storage.hpp"
#include "core/value/duration.hpp"
#include "core/value/quantity.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::metrics_server {
namespace {

namespace r = api::resources;
using apiserver::Request;
using apiserver::Responder;
using apiserver::Response;
using apiserver::Verb;

const Key kAddress = Key::intern("address");
const Key kCpu = Key::intern("cpu");
const Key kMemory = Key::intern("memory");
const Key kTimestamp = Key::intern("timestamp");
const Key kUsage = Key::intern("usage");
const Key kWindow = Key::intern("window");

constexpr SimDuration kRefusedAfter = std::chrono::milliseconds(1);
constexpr std::string_view kGroup = "metrics.k8s.io";

Value usageOf(const MetricsStorage::Rate& rate) {
  const auto memory = static_cast<std::int64_t>(rate.memoryBytes);
  return Value::object({{kCpu, std::to_string(rate.nanocores) + "n"},
                        {kMemory, Quantity::fromValue(memory, Quantity::Format::BinarySI).toString()}});
}

// Rounded as metav1.Duration prints what a scrape takes: "15.02s".
Value windowOf(SimDuration window) {
  constexpr SimDuration kStep = std::chrono::milliseconds(1);
  return durationText((window + kStep / 2) / kStep * kStep);
}

Value metadataOf(const Value& object, SimTime now) {
  ObjectBuilder metadata;
  metadata.set(keys::creationTimestamp, timestamp(now))
      .setIfAny(keys::labels, api::labels(object))
      .set(keys::name, api::meta(object)[keys::name])
      .setIfAny(keys::namespace_, api::meta(object)[keys::namespace_]);
  return metadata.build();
}

std::string internalAddress(const Value& node) {
  for (const Value& address : node.get(keys::status, keys::addresses).items()) {
    if (address[keys::type].asString() == "InternalIP") return address[kAddress].toString();
  }
  return "";
}

// The aggregator's answer while the extension server cannot be reached.
Response unavailable() {
  const api::Status status{
      503, "ServiceUnavailable", "the server is currently unable to handle the request", {}};
  return {status.code, status.toValue(), {}};
}

bool byName(const Value& a, const Value& b) {
  const Value& left = api::meta(a);
  const Value& right = api::meta(b);
  if (!(left[keys::namespace_] == right[keys::namespace_])) {
    return left[keys::namespace_].asString() < right[keys::namespace_].asString();
  }
  return left[keys::name].asString() < right[keys::name].asString();
}

/// Which objects a request asks for.
struct Wanted {
  explicit Wanted(const Request& request) : request_(request) {
    if (request.options == nullptr) return;
    labels_ = parseLabelSelector(request.options->labelSelector).selector;
    fields_ = parseFieldSelector(request.options->fieldSelector).requirements;
  }
  [[nodiscard]] bool has(const Value& object) const {
    const Value& metadata = api::meta(object);
    if (!request_.name.isNull() && !(metadata[keys::name] == request_.name)) return false;
    const std::string_view ns = request_.namespace_.asString();
    if (!ns.empty() && metadata[keys::namespace_].asString() != ns) return false;
    for (const FieldRequirement& field : fields_) {
      const Key key = field.field == "metadata.namespace" ? keys::namespace_ : keys::name;
      if ((metadata[key].asString() == field.value) != field.equal) return false;
    }
    return labels_.matches(metadata[keys::labels]);
  }

 private:
  const Request& request_;
  LabelSelector labels_ = LabelSelector::everything();
  std::vector<FieldRequirement> fields_;
};

}  // namespace

struct MetricsServer::State : std::enable_shared_from_this<State> {
  State(Network& n, ComponentId s, apiserver::ApiServer& a, apiserver::KubeletConnector& k)
      : network(n),
        self(s),
        server(a),
        kubelets(k),
        client(n, s, a, "metrics-server"),
        nodes(client, r::nodes),
        pods(client, r::pods) {}

  void serve(const api::Resource& resource);
  void handle(const api::Resource& resource, Request request, Responder respond);
  [[nodiscard]] Response answer(const api::Resource& resource, const Request& request) const;
  [[nodiscard]] Value nodeMetrics(const Value& node) const;
  [[nodiscard]] Value podMetrics(const Value& pod) const;
  void scrapeAll();
  void scrape(const Value& node);

  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  apiserver::KubeletConnector& kubelets;
  client::Client client;
  client::Informer nodes;
  client::Informer pods;
  MetricsStorage storage;
  std::set<std::string> asked;  ///< nodes that have not answered yet
  TimerId timer{};
  std::uint32_t life = 0;
  bool running = false;
};

void MetricsServer::State::serve(const api::Resource& resource) {
  server.serve(resource, Key(), [this, &resource](Request request, Responder respond) {
    handle(resource, std::move(request), std::move(respond));
  });
}

// kube-apiserver's aggregator passes the request on.
void MetricsServer::State::handle(const api::Resource& resource, Request request, Responder respond) {
  if (!network.isUp(self) || !running) {
    network.simulator().after(kRefusedAfter,
                              [respond = std::move(respond)]() mutable { respond(unavailable()); });
    return;
  }
  const Key verb = apiserver::verbKey(request.verb);
  network.send(server.component(), self, {MessageKind::Request, 0, verb, resource.plural, Value()},
               [weak = weak_from_this(), &resource, verb, request = std::move(request),
                respond = std::move(respond)]() mutable {
                 const auto state = weak.lock();
                 if (state == nullptr) return;
                 Response response = state->answer(resource, request);
                 const auto code = static_cast<std::uint16_t>(response.code);
                 state->network.send(
                     state->self, state->server.component(),
                     {MessageKind::Response, code, verb, resource.plural, response.body},
                     [response = std::move(response), respond = std::move(respond)]() mutable {
                       respond(std::move(response));
                     });
               });
}

Response MetricsServer::State::answer(const api::Resource& resource, const Request& request) const {
  const bool ofPods = resource.kind == "PodMetrics";
  const Wanted wanted(request);
  std::vector<Value> found;
  (ofPods ? pods : nodes).store().forEach([&](const Value& object) {
    if (!wanted.has(object)) return;
    Value metrics = ofPods ? podMetrics(object) : nodeMetrics(object);
    if (!metrics.isNull()) found.push_back(std::move(metrics));
  });
  if (request.verb == Verb::Get) {
    if (!found.empty()) return {200, found.front(), {}};
    // Its groupResource is named after the kind, and a pod by its whole name.
    api::Resource named = resource;
    named.plural = Key::intern(ofPods ? "podmetrics" : "nodemetrics");
    const std::string name =
        ofPods ? request.namespace_.toString() + "/" + request.name.toString() : request.name.toString();
    const api::Status status = api::Status::notFound(named, name);
    return {status.code, status.toValue(), {}};
  }
  std::sort(found.begin(), found.end(), byName);
  return {200,
          Value::object({{keys::apiVersion, resource.apiVersion()},
                         {keys::items, Value::array(found)},
                         {keys::kind, std::string(resource.kind) + "List"},
                         {keys::metadata, Value::emptyObject()}}),
          {}};
}

Value MetricsServer::State::nodeMetrics(const Value& node) const {
  const auto rate = storage.node(api::name(node));
  if (!rate) return {};
  return Value::object({{keys::apiVersion, "metrics.k8s.io/v1beta1"},
                        {keys::kind, "NodeMetrics"},
                        {keys::metadata, metadataOf(node, network.simulator().now())},
                        {kTimestamp, timestamp(rate->when)},
                        {kUsage, usageOf(*rate)},
                        {kWindow, windowOf(rate->window)}});
}

// A pod has metrics when all that runs in it has.
Value MetricsServer::State::podMetrics(const Value& pod) const {
  const std::string_view node = pod.get(keys::spec, keys::nodeName).asString();
  if (pod.get(keys::status, keys::phase).asString() != "Running") return {};
  std::vector<Value> containers;
  SimTime when{};
  SimDuration window{};
  for (const Value& container : pod.get(keys::spec, keys::containers).items()) {
    const auto rate =
        storage.container(node, api::namespaceOf(pod), api::name(pod), container[keys::name].asString());
    if (!rate) return {};
    when = std::max(when, rate->when);
    window = rate->window;
    containers.push_back(Value::object({{keys::name, container[keys::name]}, {kUsage, usageOf(*rate)}}));
  }
  return Value::object({{keys::apiVersion, "metrics.k8s.io/v1beta1"},
                        {keys::containers, Value::array(containers)},
                        {keys::kind, "PodMetrics"},
                        {keys::metadata, metadataOf(pod, network.simulator().now())},
                        {kTimestamp, timestamp(when)},
                        {kWindow, windowOf(window)}});
}

void MetricsServer::State::scrapeAll() {
  const CauseScope own(network.simulator(), CauseId::None);
  for (const std::string& silent : asked) storage.forget(silent);
  asked.clear();
  std::map<std::string, Value> known;
  nodes.store().forEach([&known](const Value& node) { known.emplace(api::name(node), node); });
  for (const auto& [name, node] : known) scrape(node);
  timer = network.simulator().after(kResolution, [this] { scrapeAll(); });
}

void MetricsServer::State::scrape(const Value& node) {
  std::string name(api::name(node));
  asked.insert(name);
  apiserver::KubeletApi* kubelet = kubelets.kubeletAt(internalAddress(node));
  if (kubelet == nullptr) return;
  network.sendUntraced(self, kubelet->component(),
                       [weak = weak_from_this(), kubelet, name = std::move(name), now = life] {
                         const auto state = weak.lock();
                         if (state == nullptr) return;
                         state->network.sendUntraced(kubelet->component(), state->self,
                                                     [weak, name, now, metrics = kubelet->resourceMetrics()] {
                                                       const auto back = weak.lock();
                                                       if (back == nullptr || back->life != now) return;
                                                       back->asked.erase(name);
                                                       back->storage.store(name, metrics);
                                                     });
                       });
}

MetricsServer::MetricsServer(Network& network, ComponentId self, apiserver::ApiServer& server,
                             apiserver::KubeletConnector& kubelets)
    : state_(std::make_shared<State>(network, self, server, kubelets)) {
  for (const std::string_view plural : {"nodes", "pods"}) {
    if (const api::Resource* resource = api::findResource(kGroup, plural)) state_->serve(*resource);
  }
}

MetricsServer::~MetricsServer() { state_->network.simulator().cancel(state_->timer); }

void MetricsServer::start() {
  State& s = *state_;
  if (std::exchange(s.running, true)) return;
  ++s.life;
  s.nodes.start();
  s.pods.start();
  const CauseScope own(s.network.simulator(), CauseId::None);
  s.timer = s.network.simulator().after(kResolution, [&s] { s.scrapeAll(); });
}

void MetricsServer::stop() {
  State& s = *state_;
  if (!std::exchange(s.running, false)) return;
  s.network.simulator().cancel(std::exchange(s.timer, TimerId::None));
  s.nodes.stop();
  s.pods.stop();
  s.storage.clear();
  s.asked.clear();
}

}  // namespace pilothouse::metrics_server
