#include "core/cluster/data_path.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/service_allocator.hpp"

namespace pilothouse::cluster {
namespace {

using Reply = kubelet::ContainerNetwork::Reply;

constexpr std::int64_t kSecurePort = 6443;
constexpr SimDuration kRoundTrip = std::chrono::milliseconds(1);  // two links between hosts
constexpr std::string_view kTcp = "TCP";

const Key kDnsQuery = Key::intern("DNS");
const Key kDnsAnswer = Key::intern("DNS answer");
const Key kConnect = Key::intern("connect");
const Key kRefusedVerb = Key::intern("refused");
const Key kAnswer = Key::intern("answer");
const Key kHost = Key::intern("host");
const Key kAddress = Key::intern("address");
const Key kPath = Key::intern("path");
const Key kRule = Key::intern("rule");
const Key kPods = Key::intern("pods");
const Key kServices = Key::intern("services");

std::string networkOf(std::string_view address) { return std::string(address.substr(0, address.rfind('.'))); }

std::string endpointText(std::string_view address, std::int64_t port) {
  return std::string(address) + ":" + std::to_string(port);
}

// What an anonymous caller of kube-apiserver's root gets.
Reply apiServerReply() {
  Reply reply;
  reply.outcome = Reply::Outcome::Answered;
  reply.status = 403;
  reply.body = "forbidden: User \"system:anonymous\" cannot get path \"/\"";
  return reply;
}

}  // namespace

Url parseUrl(std::string_view text) {
  Url url;
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    if (text.substr(0, scheme) == "https") url.port = 443;
    text.remove_prefix(scheme + 3);
  }
  const auto slash = text.find('/');
  std::string_view authority = text.substr(0, slash);
  if (slash != std::string_view::npos) url.path = std::string(text.substr(slash));
  if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
    std::int64_t port = 0;
    for (const char c : authority.substr(colon + 1)) {
      if (c < '0' || c > '9' || port > 65535) return {};
      port = port * 10 + (c - '0');
    }
    if (port < 1 || port > 65535) return {};
    url.port = port;
    authority = authority.substr(0, colon);
  }
  url.host = std::string(authority);
  return url;
}

/// A request on its way.
struct DataPath::Request {
  Source source;
  Url url;
  kubelet::Payload payload;
  std::function<void(Result)> done;
  const PathNode* from = nullptr;  ///< null: outside
  ComponentId at{};                ///< where the caller's packets enter the network
  Target target;
  SimTime began{};
  TimerId timeout{};
};

DataPath::DataPath(Network& network, const dns::Dns& dns, ComponentId dnsComponent, ComponentId outside,
                   ComponentId apiServer, std::string apiServerAddress)
    : network_(network),
      dns_(dns),
      dnsComponent_(dnsComponent),
      outside_(outside),
      apiServer_(apiServer),
      apiServerAddress_(std::move(apiServerAddress)) {}

void DataPath::add(PathNode node) {
  nodes_.push_back(std::make_unique<PathNode>(std::move(node)));
  const PathNode* added = nodes_.back().get();
  byName_.emplace(added->name, added);
  byAddress_.emplace(added->address, added);
  byPodNet_.emplace(networkOf(added->podCidr), added);
}

const PathNode* DataPath::nodeNamed(std::string_view name) const {
  const auto at = byName_.find(std::string(name));
  return at == byName_.end() ? nullptr : at->second;
}

const PathNode* DataPath::nodeAt(std::string_view address) const {
  const auto at = byAddress_.find(std::string(address));
  return at == byAddress_.end() ? nullptr : at->second;
}

const PathNode* DataPath::nodeOfPod(std::string_view podIp) const {
  const auto at = byPodNet_.find(networkOf(podIp));
  return at == byPodNet_.end() ? nullptr : at->second;
}

std::vector<std::string> DataPath::lookUp(const Source& source, std::string_view host) const {
  if (apiserver::parseIpv4(host)) return {std::string(host)};
  if (source.node.empty()) {
    // Outside, only the machines have names.
    const PathNode* node = nodeNamed(host);
    return node == nullptr ? std::vector<std::string>() : std::vector<std::string>{node->address};
  }
  if (!network_.isUp(dnsComponent_)) return {};
  dns::DnsAnswer answer = dns_.resolveFrom(source.ns, host);
  if (answer.code != dns::DnsAnswer::Code::NoError) return {};
  return std::move(answer.addresses);
}

// No rule translates the address: a pod, a machine or kube-apiserver itself, or nobody.
DataPath::Target DataPath::direct(const std::string& address, std::int64_t port) const {
  Target target;
  target.address = address;
  target.port = port;
  target.outcome = Reply::Outcome::Answered;
  if (address == apiServerAddress_ && port == kSecurePort) {
    target.apiServer = true;
  } else if (nodeAt(address) != nullptr) {
    target.outcome = Reply::Outcome::Refused;  // nothing listens on that port of the machine
  } else {
    target.node = nodeOfPod(address);
    if (target.node == nullptr) target.outcome = Reply::Outcome::TimedOut;
  }
  return target;
}

DataPath::Target DataPath::decide(const PathNode* at, std::string_view address, std::int64_t port) {
  const std::string wanted(address);
  if (at == nullptr) {
    // From outside only the machines can be reached.
    const PathNode* node = nodeAt(address);
    if (node != nullptr) return decide(node, address, port);
    if (address == apiServerAddress_) return direct(wanted, port);
    Target unreachable;
    unreachable.outcome = Reply::Outcome::TimedOut;
    unreachable.address = wanted;
    unreachable.port = port;
    return unreachable;
  }
  // A node port is every machine's: the packet is translated where it is sent or where it arrives.
  const PathNode* owner = nodeAt(address);
  const kube_proxy::KubeProxy::Verdict verdict =
      (owner == nullptr ? at : owner)->proxy->route(address, port, kTcp, owner != nullptr);
  using Kind = kube_proxy::KubeProxy::Verdict::Kind;
  if (verdict.kind == Kind::NoRule && owner != nullptr) {
    // The CNI's portmap plugin: a container's hostPort.
    if (const auto mapped = owner->kubelet->hostPort(port, kTcp))
      return direct(mapped->address, mapped->port);
  }
  if (verdict.kind == Kind::NoRule) return direct(wanted, port);
  Target target;
  if (verdict.kind == Kind::Forward) target = direct(verdict.to.address, verdict.to.port);
  if (verdict.kind == Kind::Rejected) target.outcome = Reply::Outcome::Refused;
  if (verdict.kind == Kind::Dropped) target.outcome = Reply::Outcome::TimedOut;
  if (verdict.kind != Kind::Forward) {
    target.address = wanted;
    target.port = port;
  }
  if (verdict.rule != nullptr) target.rule = verdict.rule->service;
  return target;
}

Reply DataPath::answer(const Target& target, std::string_view path) const {
  if (target.apiServer) return apiServerReply();
  Reply reply;
  reply.outcome = target.outcome;
  reply.address = target.address;
  if (target.outcome != Reply::Outcome::Answered) return reply;
  kubelet::Kubelet::Answer answer = target.node->kubelet->serve(target.address, target.port, path);
  reply.outcome = answer.connected ? Reply::Outcome::Answered : Reply::Outcome::Refused;
  reply.status = answer.status;
  reply.body = std::move(answer.body);
  reply.took = answer.took;
  return reply;
}

Reply DataPath::connect(const Caller& from, std::string_view host, std::int64_t port, std::string_view path) {
  const Source source{std::string(from.node), std::string(from.podIp), std::string(from.ns),
                      std::string(from.pod)};
  Reply reply;
  const std::vector<std::string> addresses = lookUp(source, host);
  if (addresses.empty()) {
    reply.outcome = Reply::Outcome::UnknownHost;
    return reply;
  }
  const PathNode* node = nodeNamed(from.node);
  reply = answer(decide(node, addresses.front(), port), path);
  if (reply.address.empty()) reply.address = addresses.front();
  reply.took += kRoundTrip;
  return reply;
}

std::vector<std::string> DataPath::resolve(const Caller& from, std::string_view name) {
  return lookUp({std::string(from.node), std::string(from.podIp), std::string(from.ns), ""}, name);
}

void DataPath::request(Source source, Url url, std::function<void(Result)> done) {
  kubelet::Payload payload;
  payload.path = url.path;
  request(std::move(source), std::move(url), std::move(payload), kConnectTimeout, std::move(done));
}

void DataPath::request(Source source, Url url, kubelet::Payload payload, SimDuration timeout,
                       std::function<void(Result)> done) {
  auto request = std::make_shared<Request>();
  request->source = std::move(source);
  request->url = std::move(url);
  request->payload = std::move(payload);
  request->done = std::move(done);
  request->from = nodeNamed(request->source.node);
  request->at = request->from == nullptr ? outside_ : request->from->network;
  request->began = network_.simulator().now();
  request->timeout =
      network_.simulator().after(timeout, [this, request] { finish(request, Reply::Outcome::TimedOut); });
  ask(request);
}

void DataPath::request(const Caller& from, std::string_view host, std::int64_t port, kubelet::Payload payload,
                       SimDuration timeout, std::function<void(Reply)> done) {
  Url url{std::string(host), port, payload.path};
  Source source{std::string(from.node), std::string(from.podIp), std::string(from.ns), std::string(from.pod)};
  request(std::move(source), std::move(url), std::move(payload), timeout,
          [done = std::move(done)](Result result) { done(std::move(result.reply)); });
}

// A name is asked of the cluster's DNS; an address needs no question.
void DataPath::ask(const std::shared_ptr<Request>& request) {
  const std::string& host = request->url.host;
  if (request->from == nullptr || apiserver::parseIpv4(host)) {
    const std::vector<std::string> addresses = lookUp(request->source, host);
    if (addresses.empty()) return finish(request, Reply::Outcome::UnknownHost);
    return leave(request, addresses.front());
  }
  const Value question = Value::object({{kHost, Value(host)}});
  network_.send(
      request->at, dnsComponent_, {MessageKind::Traffic, 0, kDnsQuery, kServices, question}, [this, request] {
        const std::vector<std::string> addresses = lookUp(request->source, request->url.host);
        const Value said = Value::object({{kAddress, addresses.empty() ? Value() : Value(addresses.front())},
                                          {kHost, Value(request->url.host)}});
        network_.send(dnsComponent_, request->at, {MessageKind::Traffic, 0, kDnsAnswer, kServices, said},
                      [this, request, addresses] {
                        if (addresses.empty()) return finish(request, Reply::Outcome::UnknownHost);
                        leave(request, addresses.front());
                      });
      });
}

// From a pod, the rules of its own node translate the address; from outside, those of the node it arrives at.
void DataPath::leave(const std::shared_ptr<Request>& request, const std::string& address) {
  const PathNode* owner = nodeAt(address);
  const bool entersElsewhere = owner != nullptr && owner != request->from;
  if (!entersElsewhere || (address == apiServerAddress_ && request->url.port == kSecurePort)) {
    request->target = decide(request->from, address, request->url.port);
    return arrive(request, request->from);
  }
  const Value packet = Value::object({{kAddress, Value(endpointText(address, request->url.port))}});
  network_.send(request->at, owner->network, {MessageKind::Traffic, 0, kConnect, kServices, packet},
                [this, request, owner, address] {
                  request->target = decide(owner, address, request->url.port);
                  arrive(request, owner);
                });
}

// A packet as the trace shows it: about the pod that it goes to or comes from, or the Service that has none.
Envelope DataPath::packetOf(const Request& request, Key verb, int status) const {
  const Target& target = request.target;
  Value metadata = target.node != nullptr && names_.pod ? names_.pod(target.address) : Value();
  const bool pod = !metadata.isNull();
  if (!pod && !target.rule.empty() && names_.service) metadata = names_.service(target.rule);
  ObjectBuilder object;
  object.set(kAddress, Value(endpointText(target.address, target.port)))
      .setIfAny(keys::metadata, std::move(metadata))
      .setIfAny(kPath, Value(request.url.path))
      .setIfAny(kRule, Value(target.rule));
  return {MessageKind::Traffic, static_cast<std::uint16_t>(status), verb, pod ? kPods : kServices,
          object.build()};
}

// The packet is at a node (or still outside) and its way is decided: on to who listens, and back.
void DataPath::arrive(const std::shared_ptr<Request>& request, const PathNode* at) {
  const Target& target = request->target;
  const ComponentId here = at == nullptr ? request->at : at->network;
  if (target.outcome == Reply::Outcome::TimedOut)
    return;  // nobody answers: the caller waits for its time-out
  if (target.outcome == Reply::Outcome::Refused) {
    Reply refused;
    refused.outcome = Reply::Outcome::Refused;
    refused.address = target.address;
    return sendBack(request, here, kRefusedVerb, std::move(refused));
  }
  const ComponentId there = target.apiServer ? apiServer_ : target.node->network;
  const Key verb = Key::intern(request->payload.method);
  network_.send(here, there, packetOf(*request, verb, 0), [this, request, there] { serve(request, there); });
}

// The program answers when it has done its work.
void DataPath::serve(const std::shared_ptr<Request>& request, ComponentId there) {
  const Target& target = request->target;
  if (target.apiServer) return sendBack(request, there, kAnswer, apiServerReply());
  const std::string& client = request->source.podIp;
  target.node->kubelet->serve(
      {target.address, target.port, client, request->payload},
      [this, request, there](kubelet::ServedAnswer answer) {
        if (answer.timedOut) return;
        Reply reply;
        reply.outcome = answer.connected ? Reply::Outcome::Answered : Reply::Outcome::Refused;
        reply.status = answer.status;
        reply.body = std::move(answer.body);
        reply.address = request->target.address;
        sendBack(request, there, answer.connected ? kAnswer : kRefusedVerb, std::move(reply));
      });
}

void DataPath::sendBack(const std::shared_ptr<Request>& request, ComponentId from, Key verb, Reply reply) {
  network_.send(from, request->at, packetOf(*request, verb, reply.status),
                [this, request, reply = std::move(reply)]() mutable {
                  if (!request->done) return;
                  network_.simulator().cancel(request->timeout);
                  const Target& target = request->target;
                  Result result{std::move(reply), target.rule, endpointText(target.address, target.port),
                                target.node == nullptr ? "" : target.node->name};
                  result.reply.took = network_.simulator().now() - request->began;
                  std::exchange(request->done, nullptr)(std::move(result));
                });
}

void DataPath::finish(const std::shared_ptr<Request>& request, Reply::Outcome outcome) {
  if (!request->done) return;
  network_.simulator().cancel(request->timeout);
  Result result;
  result.reply.outcome = outcome;
  result.reply.address = request->target.address.empty() ? request->url.host : request->target.address;
  result.reply.took = network_.simulator().now() - request->began;
  result.rule = request->target.rule;
  std::exchange(request->done, nullptr)(std::move(result));
}

}  // namespace pilothouse::cluster
