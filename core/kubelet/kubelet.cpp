#include "core/kubelet/kubelet.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/client/informer.hpp"
#include "core/kubelet/admission.hpp"
#include "core/kubelet/kubelet_server.hpp"
#include "core/kubelet/node_status.hpp"
#include "core/kubelet/pod_worker.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kHousekeepingPeriod = std::chrono::seconds(2);
constexpr SimDuration kOrphanGrace = std::chrono::seconds(30);

const Key kIp = Key::intern("ip");

}  // namespace

struct Kubelet::State : std::enable_shared_from_this<State> {
  State(Network& net, ComponentId self, ComponentId runtimeComponent, apiserver::ApiServer& server,
        KubeletOptions given)
      : network(net),
        options(std::move(given)),
        containers(std::make_shared<ContainerRuntime>(
            net.simulator(),
            RuntimeOptions{options.nodeName, options.internalIp, options.podCidr, options.network})),
        runtime(std::make_shared<RuntimeService>(net, self, runtimeComponent, containers)),
        client(net, self, server, "kubelet"),
        recorder(client, "kubelet", options.nodeName),
        images(std::make_shared<ImageManager>(net.simulator(), *runtime, recorder)),
        status(std::make_shared<NodeStatus>(client, recorder, *runtime, options)),
        lease(std::make_shared<NodeLease>(client, options)),
        serving(
            net.simulator(), self, *runtime, {options.systemCpuMilli, options.systemMemoryMi},
            [this](std::string_view ns, std::string_view name) { return podNamed(ns, name); },
            [this](const Value& pod, Function<void()> done) {
              PodWorker* worker = find(api::meta(pod)[keys::uid]);
              if (worker != nullptr) worker->fetchApiAccess(std::move(done));
            }),
        pods(client, api::resources::pods, selected("spec.nodeName=" + options.nodeName)),
        node(client, api::resources::nodes, selected("metadata.name=" + options.nodeName)),
        context{net.simulator(),
                client,
                recorder,
                *runtime,
                *images,
                Value(options.nodeName),
                Value(options.internalIp),
                Value::array({Value::object({{kIp, options.internalIp}})}),
                [this](PodWorker& worker) { finished(worker); },
                [this](PodWorker& worker) { released(worker); }} {
    runtime->onExit([this](const ContainerExit& exit) { exited(exit); });
    status->onRegistered([this](const Value& node) { registered(node); });
    status->onRuntimeChange([this](bool up) { runtimeChanged(up); });
    pods.onChange([this](const client::Change& change) { changed(change); });
    node.onChange([this](const client::Change& change) {
      if (!change.after.isNull()) status->observe(change.after);
    });
  }

  static client::Informer::Options selected(std::string fields) {
    client::Informer::Options selection;
    selection.fieldSelector = std::move(fields);
    return selection;
  }

  void start();
  void stop();
  void registered(const Value& node);
  void runtimeChanged(bool up);
  void changed(const client::Change& change);
  void added(const Value& pod);
  void exited(const ContainerExit& exit);
  void finished(PodWorker& worker);
  void released(PodWorker& worker);
  [[nodiscard]] bool runsAlready(const Value& pod) const;
  void adoptAll();
  void startPods();
  void cleanUpLater();
  void cleanUp();
  PodWorker* find(const Value& uid);
  [[nodiscard]] Value podNamed(std::string_view ns, std::string_view name) const;

  Network& network;
  KubeletOptions options;
  std::shared_ptr<ContainerRuntime> containers;
  std::shared_ptr<RuntimeService> runtime;
  client::Client client;
  client::EventRecorder recorder;
  std::shared_ptr<ImageManager> images;
  std::shared_ptr<NodeStatus> status;
  std::shared_ptr<NodeLease> lease;
  KubeletServer serving;
  client::Informer pods;
  client::Informer node;  ///< whose labels decide on admission, and which others may call not ready
  PodWorkerContext context;
  NodeResources resources;
  std::vector<std::shared_ptr<PodWorker>> workers;  ///< in order of their pods' arrival
  std::vector<std::shared_ptr<PodWorker>> retired;  ///< just finished; dropped at the next event
  std::uint32_t epoch = 0;
  bool running = false;
  bool listed = false;     ///< what the runtime has from an earlier life is known
  bool inherited = false;  ///< an earlier life left sandboxes
  bool watching = false;   ///< the pods' informer was started
};

void Kubelet::State::start() {
  if (running) return;
  running = true;
  listed = false;
  watching = false;
  ++epoch;
  resources = NodeResources(quantityMilli(options.cpu), quantityValue(options.memory), options.maxPods);
  serving.start();
  status->start();
  runtime->list([this, life = epoch](const ContainerRuntime&) {
    if (life == epoch) adoptAll();
  });
}

// The process dies; what it had asked for goes unheard.
void Kubelet::State::stop() {
  if (!running) return;
  running = false;
  ++epoch;
  serving.stop();
  runtime->forget();
  images->forget();
  status->stop();
  lease->stop();
  pods.stop();
  node.stop();
  workers.clear();
}

void Kubelet::State::registered(const Value& node) {
  lease->setOwner(node);
  lease->start();
  startPods();
}

void Kubelet::State::adoptAll() {
  listed = true;
  inherited = !containers->sandboxes().empty();
  startPods();
}

// Pods are looked at when the node and what runs on it are known.
void Kubelet::State::startPods() {
  if (watching || !listed || status->node().isNull()) return;
  watching = true;
  node.start();
  pods.start();
  cleanUpLater();
}

void Kubelet::State::cleanUpLater() {
  network.simulator().after(kHousekeepingPeriod, [weak = weak_from_this(), life = epoch] {
    const auto self = weak.lock();
    if (self != nullptr && self->epoch == life) self->cleanUp();
  });
}

// HandlePodCleanups: what runs for pods that were deleted while kubelet was down is ended.
void Kubelet::State::cleanUp() {
  if (!pods.hasSynced()) return cleanUpLater();
  std::vector<RuntimeId> orphans;
  for (const auto& [id, sandbox] : containers->sandboxes()) {
    if (find(sandbox.uid) == nullptr &&
        pods.store().find(sandbox.ns.asString(), sandbox.name.asString()).isNull()) {
      orphans.push_back(id);
    }
  }
  for (const RuntimeId orphan : orphans) {
    for (const auto& [id, container] : containers->containers()) {
      if (container.sandbox == orphan) runtime->stopContainer({}, id, kOrphanGrace, [](const CriAnswer&) {});
    }
    runtime->stopPodSandbox({}, orphan, [](const CriAnswer&) {});
    network.simulator().after(kOrphanGrace * 2, [weak = weak_from_this(), orphan] {
      const auto self = weak.lock();
      if (self != nullptr) self->runtime->removePodSandbox({}, orphan, [](const CriAnswer&) {});
    });
  }
}

// What was asked of a runtime that went down is not answered; when it is back its containers are listed
// again.
void Kubelet::State::runtimeChanged(bool up) {
  if (!up) return runtime->failPending();
  if (!listed) {
    runtime->list([this, life = epoch](const ContainerRuntime&) {
      if (life == epoch && !listed) adoptAll();
    });
    return;
  }
  runtime->list([this, life = epoch](const ContainerRuntime& found) {
    if (life != epoch) return;
    std::vector<ContainerExit> missed;
    for (const auto& [id, container] : found.containers()) {
      const auto sandbox = found.sandboxes().find(container.sandbox);
      if (container.state != ContainerRuntime::State::Exited || sandbox == found.sandboxes().end()) continue;
      missed.push_back({id, sandbox->second.uid, container.spec[keys::name], container.exitCode,
                        container.outOfMemory, container.finished, found.terminationMessage(container)});
    }
    for (const ContainerExit& exit : missed) exited(exit);
  });
}

PodWorker* Kubelet::State::find(const Value& uid) {
  for (const auto& worker : workers) {
    if (worker->uid() == uid) return worker.get();
  }
  return nullptr;
}

Value Kubelet::State::podNamed(std::string_view ns, std::string_view name) const {
  for (const auto& worker : workers) {
    const Value& metadata = api::meta(worker->pod());
    if (metadata[keys::name].asString() == name && metadata[keys::namespace_].asString() == ns) {
      return worker->pod().with(keys::status, worker->status());
    }
  }
  return {};
}

void Kubelet::State::changed(const client::Change& change) {
  if (!running) return;
  const Value& uid = api::meta(change.after.isNull() ? change.before : change.after)[keys::uid];
  // One name may have been given to another pod between two lists.
  const bool replaced =
      !change.before.isNull() && !change.after.isNull() && !(api::meta(change.before)[keys::uid] == uid);
  if (change.after.isNull() || replaced) {
    if (PodWorker* gone = find(api::meta(change.before)[keys::uid])) gone->remove();
    if (!replaced) return;
  }
  if (PodWorker* worker = find(uid)) {
    worker->update(change.after);
  } else {
    added(change.after);
  }
}

bool Kubelet::State::runsAlready(const Value& pod) const {
  const auto& sandboxes = containers->sandboxes();
  return std::any_of(sandboxes.begin(), sandboxes.end(), [&pod](const auto& entry) {
    return entry.second.ready && entry.second.uid == api::meta(pod)[keys::uid];
  });
}

void Kubelet::State::added(const Value& pod) {
  const bool known = inherited && runsAlready(pod);
  if (api::isPodTerminal(pod) && !known) return;  // its work was over in an earlier life
  auto worker = std::make_shared<PodWorker>(context, pod);
  workers.push_back(worker);
  if (!known && !api::isBeingDeleted(pod)) {
    const auto rejection = resources.admit(pod, api::labels(status->node()));
    if (!rejection.reason.empty()) return worker->reject(rejection.reason, rejection.message);
  }
  resources.add(pod);
  worker->setHoldsResources(true);
  if (known) worker->adopt(*containers);
  worker->watchDeadline();
  worker->sync();
}

void Kubelet::State::exited(const ContainerExit& exit) {
  if (!running) return;
  if (PodWorker* worker = find(exit.podUid)) worker->containerExited(exit);
}

void Kubelet::State::released(PodWorker& worker) {
  if (!worker.holdsResources()) return;
  worker.setHoldsResources(false);
  resources.remove(worker.pod());
}

void Kubelet::State::finished(PodWorker& worker) {
  released(worker);
  const auto at = std::find_if(workers.begin(), workers.end(),
                               [&worker](const auto& known) { return known.get() == &worker; });
  if (at == workers.end()) return;
  // The worker is in the middle of telling this.
  retired.push_back(std::move(*at));
  workers.erase(at);
  network.simulator().after(SimDuration::zero(), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->retired.clear();
  });
}

Kubelet::Kubelet(Network& network, ComponentId self, ComponentId runtime, apiserver::ApiServer& server,
                 KubeletOptions options)
    : state_(std::make_shared<State>(network, self, runtime, server, std::move(options))) {}
Kubelet::~Kubelet() = default;

void Kubelet::start() { state_->start(); }
void Kubelet::stop() { state_->stop(); }

apiserver::KubeletApi& Kubelet::api() { return state_->serving; }

Value Kubelet::containers() const { return state_->containers->describe(); }

std::string Kubelet::log(std::string_view ns, std::string_view pod, std::string_view container) const {
  return state_->containers->log(ns, pod, container);
}

bool Kubelet::killContainer(std::string_view ns, std::string_view pod, std::string_view container,
                            int exitCode) {
  return state_->containers->kill(ns, pod, container, exitCode);
}

Kubelet::Answer Kubelet::serve(std::string_view podIp, std::int64_t port, std::string_view path) const {
  ContainerRuntime::Served served = state_->containers->serve(podIp, port, path);
  return {served.connected, served.status, std::move(served.body), served.took};
}

const std::shared_ptr<ContainerRuntime>& Kubelet::runtime() const { return state_->containers; }

std::optional<MappedPort> Kubelet::hostPort(std::int64_t port, std::string_view protocol) const {
  return kubelet::hostPort(*state_->containers, port, protocol);
}

void Kubelet::serve(const ServedRequest& request, ServedDone done) {
  state_->containers->serve(request, std::move(done));
}

}  // namespace pilothouse::kubelet
