#include "tests/chaos/faults.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::chaos {
namespace {

using namespace std::chrono_literals;

const Key kComponent = Key::intern("component");
const Key kManifest = Key::intern("manifest");
const Key kNode = Key::intern("node");
const Key kResource = Key::intern("resource");

constexpr std::string_view kLedger = "ledger-";
constexpr std::string_view kCascades[] = {"background", "foreground"};

std::string workload(std::string_view kind, std::string_view name, std::string_view image,
                     std::string_view replicas) {
  std::string text = "apiVersion: apps/v1\nkind: ";
  text.append(kind).append("\nmetadata:\n  name: ").append(name).append("\nspec:\n");
  if (!replicas.empty()) text.append("  replicas: ").append(replicas).append("\n");
  if (kind == "StatefulSet") text.append("  serviceName: ").append(name).append("\n");
  text.append("  selector:\n    matchLabels:\n      app: ").append(name).append("\n  template:\n");
  text.append("    metadata:\n      labels:\n        app: ").append(name).append("\n    spec:\n");
  text.append("      containers:\n      - name: main\n        image: ").append(image).append("\n");
  text.append("        resources:\n          requests:\n            cpu: 300m\n            memory: 256Mi\n");
  text.append(
      "        readinessProbe:\n          httpGet:\n            port: 80\n          periodSeconds: 5\n");
  return text;
}

std::string service(std::string_view name) {
  std::string text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: ";
  text.append(name).append("\nspec:\n  selector:\n    app: ").append(name);
  return text.append("\n  ports:\n  - port: 80\n");
}

constexpr std::string_view kJob =
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: sums\nspec:\n  completions: 8\n  parallelism: 2\n"
    "  backoffLimit: 1000\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n"
    "      - name: main\n        image: busybox:1.36\n        command: [sleep, '20']\n";

constexpr std::string_view kBudget =
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  maxUnavailable: 1\n"
    "  selector:\n    matchLabels:\n      app: web\n";

}  // namespace

Faults::Faults(cluster::Cluster& cluster, std::uint64_t seed) : cluster_(cluster), random_(seed) {}

void Faults::input(std::string_view verb, Value arguments) {
  cluster_.input(Key::intern(verb), std::move(arguments));
}

void Faults::begin() {
  std::string all = workload("Deployment", "web", "nginx:1.25", "4");
  for (const std::string& more :
       {workload("Deployment", "api", "nginx:1.25", "3"), workload("StatefulSet", "db", "nginx:1.25", "3"),
        workload("DaemonSet", "agent", "nginx:1.25", ""), service("web"), service("api"), service("db"),
        std::string(kJob), std::string(kBudget)}) {
    all.append("---\n").append(more);
  }
  input("apply", Value::object({{kManifest, Value(all)}}));
}

// Between two seconds and two minutes; a third of them longer than the node monitor's grace period.
void Faults::later(Key verb, Value arguments) {
  const std::uint64_t seconds = random_.below(3) == 0 ? 45 + random_.below(80) : 2 + random_.below(25);
  repairs_.push_back(
      {cluster_.simulator().now() + std::chrono::seconds(seconds), verb, std::move(arguments)});
}

SimDuration Faults::step() {
  const SimTime now = cluster_.simulator().now();
  for (std::size_t i = 0; i < repairs_.size();) {
    if (repairs_[i].when > now) {
      ++i;
      continue;
    }
    const Repair due = repairs_[i];
    repairs_.erase(repairs_.begin() + static_cast<std::ptrdiff_t>(i));
    cluster_.input(due.verb, due.arguments);
  }
  using Step = void (Faults::*)();
  constexpr Step kSteps[] = {
      &Faults::killContainer, &Faults::deletePod, &Faults::killProcess, &Faults::cutOff, &Faults::scale,
      &Faults::rollOut,       &Faults::drain,     &Faults::recreate,    &Faults::write,  &Faults::write};
  (this->*kSteps[random_.below(std::size(kSteps))])();
  return std::chrono::milliseconds(500 + random_.below(12000));
}

void Faults::repair() {
  for (const Repair& repair : std::exchange(repairs_, {})) cluster_.input(repair.verb, repair.arguments);
}

std::string Faults::worker() { return "worker-" + std::to_string(1 + random_.below(3)); }

const Value& Faults::anyPod() {
  static const Value kNone;
  const std::size_t count = cluster_.count(api::resources::pods);
  if (count == 0) return kNone;
  std::uint64_t skip = random_.below(count);
  const Value* found = &kNone;
  cluster_.forEach(api::resources::pods, "default", [&](const Value& pod) {
    found = &pod;
    return skip-- > 0;
  });
  return *found;
}

void Faults::killContainer() {
  const Value& pod = anyPod();
  const Value& containers = pod.get(keys::spec, keys::containers);
  if (containers.size() == 0) return;
  input("killContainer", Value::object({{keys::namespace_, api::meta(pod)[keys::namespace_]},
                                        {Key::intern("pod"), api::meta(pod)[keys::name]},
                                        {Key::intern("container"), containers.items().front()[keys::name]}}));
}

void Faults::deletePod() {
  const Value& pod = anyPod();
  if (pod.isNull()) return;
  input("delete", Value::object({{kResource, "pods"}, {keys::name, api::meta(pod)[keys::name]}}));
}

void Faults::killProcess() {
  const std::string processes[] = {
      "kube-scheduler",      "kube-controller-manager", "kube-apiserver",         "etcd",
      "kubelet/" + worker(), "kube-proxy/" + worker(),  "containerd/" + worker(), "kubelet/" + worker()};
  const Value arguments =
      Value::object({{kComponent, Value(processes[random_.below(std::size(processes))])}});
  input("stop", arguments);
  later(Key::intern("start"), arguments);
}

void Faults::cutOff() {
  const Value arguments =
      Value::object({{Key::intern("a"), Value(worker())}, {Key::intern("b"), "control-plane"}});
  input("partition", arguments);
  later(Key::intern("heal"), arguments);
}

void Faults::scale() {
  constexpr std::string_view kNames[] = {"web", "api", "db"};
  const std::uint64_t which = random_.below(3);
  input("scale", Value::object({{kResource, which == 2 ? "statefulsets" : "deployments"},
                                {keys::name, Value(kNames[which])},
                                {keys::replicas, Value(random_.below(6))}}));
}

void Faults::rollOut() {
  constexpr std::string_view kKinds[] = {"Deployment", "Deployment", "StatefulSet", "DaemonSet"};
  constexpr std::string_view kNames[] = {"web", "api", "db", "agent"};
  const std::uint64_t which = random_.below(4);
  version_ = version_ == 25 ? 26 : 25;
  const std::string text = workload(kKinds[which], kNames[which], "nginx:1." + std::to_string(version_), "");
  input("apply", Value::object({{kManifest, Value(text)}}));
}

void Faults::drain() {
  const Value node = Value(worker());
  input("drain", Value::object({{kNode, node},
                                {Key::intern("force"), true},
                                {Key::intern("ignoreDaemonSets"), true},
                                {Key::intern("deleteEmptyDirData"), true}}));
  later(Key::intern("uncordon"), Value::object({{kNode, node}}));
}

void Faults::recreate() {
  input("delete", Value::object({{kResource, "deployments"},
                                 {keys::name, "api"},
                                 {Key::intern("cascade"), kCascades[random_.below(std::size(kCascades))]}}));
  later(Key::intern("apply"),
        Value::object({{kManifest, Value(workload("Deployment", "api", "nginx:1.25", "3"))}}));
}

void Faults::write() {
  const std::string number = std::to_string(writes_.size());
  const std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + std::string(kLedger) +
                           number + "\ndata:\n  number: \"" + number + "\"\n";
  writes_.push_back(cluster_.input(Key::intern("apply"), Value::object({{kManifest, Value(text)}})));
}

std::vector<std::string> Faults::lostWrites() const {
  static const api::Resource* const configMaps = api::findResource("", "configmaps");
  std::vector<std::string> lost;
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    const cluster::InputResult* result = cluster_.result(writes_[i]);
    if (result == nullptr || !result->finished || !result->ok) continue;
    const std::string name = std::string(kLedger) + std::to_string(i);
    const Value& stored = cluster_.find(*configMaps, "default", name);
    if (stored.get(Key::intern("data"), Key::intern("number")).asString() != std::to_string(i)) {
      lost.push_back("the acknowledged ConfigMap " + name + " does not exist");
    }
  }
  return lost;
}

}  // namespace pilothouse::chaos
