// Inputs that break and ask: stop, start, partition, heal, killContainer, request.
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/cluster/input_verbs.hpp"

namespace pilothouse::cluster {
namespace {

using State = Cluster::State;

const Key kA = Key::intern("a");
const Key kB = Key::intern("b");
const Key kComponent = Key::intern("component");
const Key kContainer = Key::intern("container");
const Key kFrom = Key::intern("from");
const Key kPod = Key::intern("pod");
const Key kUrl = Key::intern("url");

constexpr int kKilled = 137;  // 128 + SIGKILL
constexpr std::string_view kDefaultNamespace = "default";

std::string milliseconds(SimDuration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// "worker-1" of "kubelet/worker-1"; empty when the component is not that kind.
std::string_view nodeOf(std::string_view component, std::string_view kind) {
  if (component.substr(0, kind.size()) != kind || component.size() <= kind.size() + 1) return {};
  return component[kind.size()] == '/' ? component.substr(kind.size() + 1) : std::string_view();
}

void stopOrStart(State& state, std::uint64_t id, const Value& arguments, bool starts) {
  const std::string name = arguments[kComponent].toString();
  const auto component = state.network.find(name);
  if (!component || (state.network.isUp(*component) == starts)) {
    const std::string why = component ? starts ? "is running" : "is not running" : "not found";
    return state.reply(id, true, "error: component \"" + name + "\" " + why);
  }
  // While the process can still send: a dying process closes its connections.
  if (starts) state.network.setUp(*component, true);
  const bool known = state.setRunning(name, starts);
  if (!starts && known) state.network.setUp(*component, false);
  if (!known) return state.reply(id, true, "error: component \"" + name + "\" not found");
  state.reply(id, false, name + (starts ? " started" : " stopped"));
}

void partition(State& state, std::uint64_t id, const Value& arguments, bool heals) {
  const std::string a = arguments[kA].toString();
  const std::string b = arguments[kB].toString();
  const auto known = [&state](const std::string& host) {
    return host == "control-plane" || host == "outside" || state.node(host) != nullptr;
  };
  for (const std::string& host : {a, b}) {
    if (!known(host)) return state.reply(id, true, "error: host \"" + host + "\" not found");
  }
  if (heals) {
    state.network.heal(a, b);
    return state.reply(id, false, a + " and " + b + " reach each other again");
  }
  state.network.partition(a, b);
  state.reply(id, false, a + " and " + b + " cannot reach each other");
}

void killContainer(State& state, std::uint64_t id, const Value& arguments) {
  const Value& pod = arguments[kPod];
  const Value& container = arguments[kContainer];
  const Value& given = arguments[keys::namespace_];
  const std::string_view ns = given.asString().empty() ? kDefaultNamespace : given.asString();
  const Value& object = state.find(api::resources::pods, ns, pod.asString());
  if (object.isNull()) {
    return state.reply(id, true, "Error from server (NotFound): pods \"" + pod.toString() + "\" not found");
  }
  Node* at = state.node(object.get(keys::spec, keys::nodeName).asString());
  if (at == nullptr || !at->kubelet.killContainer(ns, pod.asString(), container.asString(), kKilled)) {
    return state.reply(
        id, true, "error: container " + container.toString() + " is not running in pod " + pod.toString());
  }
  state.reply(id, false, "container " + container.toString() + " of pod " + pod.toString() + " killed");
}

// In curl's words, which people know.
void requested(State& state, std::uint64_t id, const Url& url, const DataPath::Result& result) {
  using Outcome = kubelet::ContainerNetwork::Reply::Outcome;
  const std::string place =
      url.host + " port " + std::to_string(url.port) + " after " + milliseconds(result.reply.took) + " ms: ";
  switch (result.reply.outcome) {
    case Outcome::UnknownHost:
      return state.reply(id, true, "curl: (6) Could not resolve host: " + url.host);
    case Outcome::Refused:
      return state.reply(id, true, "curl: (7) Failed to connect to " + place + "Couldn't connect to server");
    case Outcome::TimedOut:
      return state.reply(id, true, "curl: (28) Failed to connect to " + place + "Timeout was reached");
    case Outcome::Answered:
      break;
  }
  std::string head = "HTTP " + std::to_string(result.reply.status) + " from " + result.target;
  if (!result.node.empty()) head += " on " + result.node;
  if (!result.rule.empty()) head += " (Service " + result.rule + ")";
  state.say(id, {false, std::move(head), 0, 0, ""});
  if (!result.reply.body.empty()) state.say(id, {false, result.reply.body, 0, 0, ""});
  state.finish(id);
}

void request(State& state, std::uint64_t id, const Value& arguments) {
  const Url url = parseUrl(arguments[kUrl].asString());
  if (url.host.empty()) {
    return state.reply(id, true, "curl: (3) URL using bad/illegal format or missing URL");
  }
  DataPath::Source source;
  const std::string from = arguments[kFrom].toString();
  if (!from.empty() && from != "outside") {
    const auto slash = from.find('/');
    const std::string ns =
        slash == std::string::npos ? std::string(kDefaultNamespace) : from.substr(0, slash);
    const std::string name = slash == std::string::npos ? from : from.substr(slash + 1);
    const Value& pod = state.find(api::resources::pods, ns, name);
    if (pod.isNull()) {
      return state.reply(id, true, "Error from server (NotFound): pods \"" + name + "\" not found");
    }
    source = {pod.get(keys::spec, keys::nodeName).toString(), pod.get(keys::status, keys::podIP).toString(),
              ns, name};
    if (source.podIp.empty()) return state.reply(id, true, "error: pod " + name + " does not run");
  }
  state.dataPath.request(std::move(source), url, [&state, id, url](const DataPath::Result& result) {
    requested(state, id, url, result);
  });
}

void stop(State& state, std::uint64_t id, const Value& arguments) {
  stopOrStart(state, id, arguments, false);
}
void start(State& state, std::uint64_t id, const Value& arguments) {
  stopOrStart(state, id, arguments, true);
}
void cut(State& state, std::uint64_t id, const Value& arguments) { partition(state, id, arguments, false); }
void heal(State& state, std::uint64_t id, const Value& arguments) { partition(state, id, arguments, true); }

constexpr InputVerb kVerbs[] = {{"stop", stop}, {"start", start},     {"partition", cut},
                                {"heal", heal}, {"request", request}, {"killContainer", killContainer}};

}  // namespace

// The process itself; false when there is none of that name.
bool Cluster::State::setRunning(std::string_view component, bool starts) {
  const auto set = [starts](auto& process) {
    if (starts) {
      process.start();
    } else {
      process.stop();
    }
    return true;
  };
  for (const auto& member : etcd) {
    if (network.name(member->component()) == component) return set(*member);
  }
  if (component == "kube-apiserver") return set(apiServer);
  if (component == "kube-controller-manager") return set(controllerManager);
  if (component == "kube-scheduler") return set(scheduler);
  if (component == "coredns") return set(dns);
  if (Node* at = node(nodeOf(component, "kubelet")); at != nullptr) return set(at->kubelet);
  if (Node* at = node(nodeOf(component, "kube-proxy")); at != nullptr) return set(at->proxy);
  // A container runtime that is down answers no CRI call; its containers go on.
  return node(nodeOf(component, "containerd")) != nullptr;
}

std::span<const InputVerb> faultVerbs() { return kVerbs; }

}  // namespace pilothouse::cluster
