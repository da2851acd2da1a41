#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/cluster/cluster_state.hpp"
#include "core/kubectl/apply.hpp"
#include "core/kubectl/delete.hpp"

namespace pilothouse::cluster {
namespace {

const Key kApply = Key::intern("apply");
const Key kDelete = Key::intern("delete");
const Key kScale = Key::intern("scale");
const Key kStop = Key::intern("stop");
const Key kStart = Key::intern("start");
const Key kPartition = Key::intern("partition");
const Key kHeal = Key::intern("heal");
const Key kRequest = Key::intern("request");
const Key kKillContainer = Key::intern("killContainer");

const Key kA = Key::intern("a");
const Key kB = Key::intern("b");
const Key kCascade = Key::intern("cascade");
const Key kComponent = Key::intern("component");
const Key kContainer = Key::intern("container");
const Key kFrom = Key::intern("from");
const Key kGroup = Key::intern("group");
const Key kLabels = Key::intern("labels");
const Key kManifest = Key::intern("manifest");
const Key kPod = Key::intern("pod");
const Key kResource = Key::intern("resource");
const Key kUrl = Key::intern("url");

constexpr int kKilled = 137;  // 128 + SIGKILL
constexpr std::string_view kDefaultNamespace = "default";

kubectl::Named namedBy(const Value& arguments) {
  return {arguments[kResource].toString(), arguments[kGroup].toString(),
          arguments[keys::namespace_].toString(), arguments[keys::name].toString(),
          arguments[kLabels].toString()};
}

std::string milliseconds(SimDuration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// "worker-1" of "kubelet/worker-1"; empty when the component is not that kind.
std::string_view nodeOf(std::string_view component, std::string_view kind) {
  if (component.substr(0, kind.size()) != kind || component.size() <= kind.size() + 1) return {};
  return component[kind.size()] == '/' ? component.substr(kind.size() + 1) : std::string_view();
}

}  // namespace

// An input comes one nanosecond after what has happened, before anything else of that instant: a replayed
// session then finds everything as it was.
std::uint64_t Cluster::input(Key verb, Value arguments) {
  State& s = *state_;
  s.inputIds.push_back(s.inputIds.size() + 1);
  s.schedule(s.inputIds.back(), s.simulator.now() + SimDuration(1), verb, std::move(arguments));
  return s.inputIds.back();
}

void Cluster::State::schedule(std::uint64_t id, SimTime when, Key verb, Value arguments) {
  InputResult& result = results[id];
  result.id = id;
  result.verb = verb;
  simulator.atFirst(when, [this, id, verb, arguments = std::move(arguments)] { run(id, verb, arguments); });
}

const InputResult* Cluster::result(std::uint64_t input) const {
  const auto at = state_->results.find(input);
  return at == state_->results.end() ? nullptr : &at->second;
}

const std::vector<std::uint64_t>& Cluster::inputs() const { return state_->inputIds; }

void Cluster::State::say(std::uint64_t id, Message message) {
  InputResult& result = results[id];
  result.ok = result.ok && !message.error;
  result.messages.push_back(std::move(message));
}

void Cluster::State::finish(std::uint64_t id) { results[id].finished = true; }

void Cluster::State::reply(std::uint64_t id, bool error, std::string text) {
  say(id, {error, std::move(text), 0, 0, ""});
  finish(id);
}

kubectl::Output Cluster::State::outputOf(std::uint64_t id) {
  return {[this, id](kubectl::Message said) {
            say(id, {said.error, std::move(said.text), said.at.line, said.at.column, std::move(said.field)});
          },
          [this, id] { finish(id); }};
}

void Cluster::State::run(std::uint64_t id, Key verb, const Value& arguments) {
  session.add({simulator.now() - session.start(), verb, arguments});
  const CauseId cause = network.record(userId, {MessageKind::Input, 0, verb, {}, arguments});
  const CauseScope scope(simulator, cause);
  if (verb == kApply) {
    return kubectl::apply(user, arguments[kManifest].asString(), arguments[keys::namespace_].asString(),
                          outputOf(id));
  }
  if (verb == kDelete) {
    return kubectl::remove(user, namedBy(arguments), arguments[kCascade].asString(), outputOf(id));
  }
  if (verb == kScale) {
    return kubectl::scale(user, namedBy(arguments), arguments[keys::replicas].asInt(-1), outputOf(id));
  }
  if (verb == kStop || verb == kStart) return stopOrStart(id, arguments, verb == kStart);
  if (verb == kPartition || verb == kHeal) return partition(id, arguments, verb == kHeal);
  if (verb == kRequest) return request(id, arguments);
  if (verb == kKillContainer) return killContainer(id, arguments);
  if (runPodInput(id, verb, arguments)) return;
  reply(id, true, "error: unknown input \"" + std::string(verb.text()) + "\"");
}

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

void Cluster::State::stopOrStart(std::uint64_t id, const Value& arguments, bool starts) {
  const std::string name = arguments[kComponent].toString();
  const auto component = network.find(name);
  if (!component || (network.isUp(*component) == starts)) {
    const std::string why = component ? starts ? "is running" : "is not running" : "not found";
    return reply(id, true, "error: component \"" + name + "\" " + why);
  }
  // While the process can still send: a dying process closes its connections.
  if (starts) network.setUp(*component, true);
  const bool known = setRunning(name, starts);
  if (!starts && known) network.setUp(*component, false);
  if (!known) return reply(id, true, "error: component \"" + name + "\" not found");
  reply(id, false, name + (starts ? " started" : " stopped"));
}

void Cluster::State::partition(std::uint64_t id, const Value& arguments, bool heals) {
  const std::string a = arguments[kA].toString();
  const std::string b = arguments[kB].toString();
  const auto known = [this](const std::string& host) {
    return host == "control-plane" || host == "outside" || node(host) != nullptr;
  };
  for (const std::string& host : {a, b}) {
    if (!known(host)) return reply(id, true, "error: host \"" + host + "\" not found");
  }
  if (heals) {
    network.heal(a, b);
    return reply(id, false, a + " and " + b + " reach each other again");
  }
  network.partition(a, b);
  reply(id, false, a + " and " + b + " cannot reach each other");
}

void Cluster::State::killContainer(std::uint64_t id, const Value& arguments) {
  const Value& pod = arguments[kPod];
  const Value& container = arguments[kContainer];
  const Value& given = arguments[keys::namespace_];
  const std::string_view ns = given.asString().empty() ? kDefaultNamespace : given.asString();
  const Value& object = find(api::resources::pods, ns, pod.asString());
  if (object.isNull()) {
    return reply(id, true, "Error from server (NotFound): pods \"" + pod.toString() + "\" not found");
  }
  Node* at = node(object.get(keys::spec, keys::nodeName).asString());
  if (at == nullptr || !at->kubelet.killContainer(ns, pod.asString(), container.asString(), kKilled)) {
    return reply(id, true,
                 "error: container " + container.toString() + " is not running in pod " + pod.toString());
  }
  reply(id, false, "container " + container.toString() + " of pod " + pod.toString() + " killed");
}

void Cluster::State::request(std::uint64_t id, const Value& arguments) {
  const Url url = parseUrl(arguments[kUrl].asString());
  if (url.host.empty()) {
    return reply(id, true, "curl: (3) URL using bad/illegal format or missing URL");
  }
  DataPath::Source source;
  const std::string from = arguments[kFrom].toString();
  if (!from.empty() && from != "outside") {
    const auto slash = from.find('/');
    const std::string ns =
        slash == std::string::npos ? std::string(kDefaultNamespace) : from.substr(0, slash);
    const std::string name = slash == std::string::npos ? from : from.substr(slash + 1);
    const Value& pod = find(api::resources::pods, ns, name);
    if (pod.isNull()) {
      return reply(id, true, "Error from server (NotFound): pods \"" + name + "\" not found");
    }
    source = {pod.get(keys::spec, keys::nodeName).toString(), pod.get(keys::status, keys::podIP).toString(),
              ns, name};
    if (source.podIp.empty()) return reply(id, true, "error: pod " + name + " does not run");
  }
  dataPath.request(std::move(source), url,
                   [this, id, url](const DataPath::Result& result) { requested(id, url, result); });
}

// In curl's words, which people know.
void Cluster::State::requested(std::uint64_t id, const Url& url, const DataPath::Result& result) {
  using Outcome = kubelet::ContainerNetwork::Reply::Outcome;
  const std::string place =
      url.host + " port " + std::to_string(url.port) + " after " + milliseconds(result.reply.took) + " ms: ";
  switch (result.reply.outcome) {
    case Outcome::UnknownHost:
      return reply(id, true, "curl: (6) Could not resolve host: " + url.host);
    case Outcome::Refused:
      return reply(id, true, "curl: (7) Failed to connect to " + place + "Couldn't connect to server");
    case Outcome::TimedOut:
      return reply(id, true, "curl: (28) Failed to connect to " + place + "Timeout was reached");
    case Outcome::Answered:
      break;
  }
  std::string head = "HTTP " + std::to_string(result.reply.status) + " from " + result.target;
  if (!result.node.empty()) head += " on " + result.node;
  if (!result.rule.empty()) head += " (Service " + result.rule + ")";
  say(id, {false, std::move(head), 0, 0, ""});
  if (!result.reply.body.empty()) say(id, {false, result.reply.body, 0, 0, ""});
  finish(id);
}

}  // namespace pilothouse::cluster
