#include "core/kubelet/node_status.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kUpdateFrequency = std::chrono::seconds(10);  // --node-status-update-frequency
constexpr SimDuration kReportFrequency = std::chrono::minutes(5);   // nodeStatusReportFrequency
constexpr SimDuration kFastUpdate = std::chrono::milliseconds(100);
constexpr SimDuration kRegisterDelay = std::chrono::milliseconds(100);
constexpr SimDuration kRegisterDelayMax = std::chrono::seconds(7);
constexpr std::string_view kEphemeralStorage = "101430960Ki";

const Key kConditionOrder = Key::intern("$setElementOrder/conditions");
const Key kDaemonEndpoints = Key::intern("daemonEndpoints");
const Key kEphemeralStorageKey = Key::intern("ephemeral-storage");
const Key kImages = Key::intern("images");
const Key kLastHeartbeatTime = Key::intern("lastHeartbeatTime");
const Key kNodeInfo = Key::intern("nodeInfo");
const Key kPodCidr = Key::intern("podCIDR");
const Key kPodCidrs = Key::intern("podCIDRs");
const Key kPods = Key::intern("pods");
const Key kProviderId = Key::intern("providerID");

constexpr std::string_view kStarting = "[container runtime status check may not have completed yet]";
constexpr std::string_view kRuntimeDown = "[container runtime is down]";

// A stand-in for the identities that the real ones read from the machine: made from the node's name.
std::string machineId(std::string_view name, std::uint64_t salt) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::uint64_t h = salt;
  std::string text;
  for (int half = 0; half < 2; ++half) {
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    h = (h ^ (h >> 29)) * 0x9e3779b97f4a7c15ULL;
    for (unsigned i = 0; i < 16; ++i) text += kHex[(h >> (4 * i)) & 15];
  }
  return text;
}

std::string uuidOf(std::string_view name, std::uint64_t salt) {
  const std::string hex = machineId(name, salt);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) +
         "-" + hex.substr(20);
}

Value nodeInfo(const std::string& name) {
  const auto key = [](std::string_view text) { return Key::intern(text); };
  return Value::object({{key("architecture"), "amd64"},
                        {key("bootID"), uuidOf(name, 3)},
                        {key("containerRuntimeVersion"), "containerd://1.7.27"},
                        {key("kernelVersion"), "6.1.0-37-amd64"},
                        {key("kubeProxyVersion"), ""},
                        {key("kubeletVersion"), "v1.33.1"},
                        {key("machineID"), machineId(name, 1)},
                        {key("operatingSystem"), "linux"},
                        {key("osImage"), "Debian GNU/Linux 12 (bookworm)"},
                        {key("systemUUID"), uuidOf(name, 2)}});
}

Value labelsOf(const KubeletOptions& options) {
  ObjectBuilder labels(options.labels);
  for (const std::string_view prefix : {"beta.kubernetes.io/", "kubernetes.io/"}) {
    labels.set(Key::intern(std::string(prefix) + "arch"), "amd64");
    labels.set(Key::intern(std::string(prefix) + "os"), "linux");
  }
  labels.set(Key::intern("kubernetes.io/hostname"), options.nodeName);
  return labels.build();
}

const Value& ofType(const Value& node, std::string_view type) { return api::condition(node, type); }

}  // namespace

NodeStatus::NodeStatus(client::Client& client, client::EventRecorder& recorder, RuntimeService& runtime,
                       const KubeletOptions& options)
    : client_(client),
      recorder_(recorder),
      runtime_(runtime),
      options_(options),
      // kubelet's events about its node name it as their own uid.
      reference_(Value::object({{keys::apiVersion, "v1"},
                                {keys::kind, "Node"},
                                {keys::metadata, Value::object({{keys::name, options.nodeName},
                                                                {keys::uid, options.nodeName}})}})) {}

void NodeStatus::after(SimDuration delay, void (NodeStatus::*task)()) {
  client_.simulator().after(delay, [weak = weak_from_this(), epoch = epoch_, task] {
    const auto self = weak.lock();
    if (self != nullptr && self->epoch_ == epoch) (self.get()->*task)();
  });
}

void NodeStatus::start() {
  ++epoch_;
  node_ = nullptr;
  readyReported_ = false;
  reporting_ = false;
  runtimeUp_ = false;
  retryDelay_ = kRegisterDelay;
  recorder_.event(reference_, "Normal", "Starting", "Starting kubelet.");
  registerNode();
  after(kUpdateFrequency, &NodeStatus::tick);
}

void NodeStatus::stop() { ++epoch_; }

Value NodeStatus::resourceList() const {
  const auto memory = Quantity::parse(options_.memory);
  const auto cpu = Quantity::parse(options_.cpu);
  return Value::object({{Key::intern("cpu"), cpu ? cpu->toString() : options_.cpu},
                        {kEphemeralStorageKey, kEphemeralStorage},
                        {Key::intern("hugepages-1Gi"), "0"},
                        {Key::intern("hugepages-2Mi"), "0"},
                        {Key::intern("memory"), memory ? memory->toString() : options_.memory},
                        {kPods, std::to_string(options_.maxPods)}});
}

Value NodeStatus::condition(std::string_view type, bool status, std::string_view reason,
                            std::string_view message) const {
  const std::string_view text = status ? "True" : "False";
  const Value now = timestamp(client_.simulator().now());
  const Value& before = ofType(node_, type);
  const bool same = before[keys::status].asString() == text;
  return Value::object({{kLastHeartbeatTime, now},
                        {keys::lastTransitionTime, same ? before[keys::lastTransitionTime] : now},
                        {keys::message, Value(message)},
                        {keys::reason, Value(reason)},
                        {keys::status, Value(text)},
                        {keys::type, Value(type)}});
}

Value NodeStatus::conditions() const {
  return Value::array(
      {condition("MemoryPressure", false, "KubeletHasSufficientMemory",
                 "kubelet has sufficient memory available"),
       condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
       condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
       runtimeUp_ ? condition("Ready", true, "KubeletReady", "kubelet is posting ready status")
                  : condition("Ready", false, "KubeletNotReady", readyReported_ ? kRuntimeDown : kStarting)});
}

Value NodeStatus::newNode() const {
  ObjectBuilder spec;
  if (!options_.podCidr.empty()) {
    spec.set(kPodCidr, options_.podCidr).set(kPodCidrs, Value::array({Value(options_.podCidr)}));
  }
  spec.setIfAny(kProviderId, options_.providerId).setIfAny(keys::taints, options_.taints);
  const Value resources = resourceList();
  const Value addresses = Value::array(
      {Value::object({{Key::intern("address"), options_.internalIp}, {keys::type, "InternalIP"}}),
       Value::object({{Key::intern("address"), options_.nodeName}, {keys::type, "Hostname"}})});
  const Value endpoints =
      Value::object({{Key::intern("kubeletEndpoint"), Value::object({{Key::intern("Port"), 10250}})}});
  return Value::object(
      {{keys::apiVersion, "v1"},
       {keys::kind, "Node"},
       {keys::metadata,
        Value::object({{keys::annotations,
                        Value::object({{Key::intern("volumes.kubernetes.io/controller-managed-attach-detach"),
                                        "true"}})},
                       {keys::labels, labelsOf(options_)},
                       {keys::name, options_.nodeName}})},
       {keys::spec, spec.build()},
       {keys::status, Value::object({{keys::addresses, addresses},
                                     {keys::allocatable, resources},
                                     {keys::capacity, resources},
                                     {keys::conditions, conditions()},
                                     {kDaemonEndpoints, endpoints},
                                     {kNodeInfo, nodeInfo(options_.nodeName)}})}});
}

// registerWithAPIServer: created, or the Node of an earlier life is taken over.
void NodeStatus::registerNode() {
  client_.create(api::resources::nodes, newNode(),
                 [weak = weak_from_this(), epoch = epoch_](client::Response response) {
                   const auto self = weak.lock();
                   if (self == nullptr || self->epoch_ != epoch) return;
                   if (!response.ok() && response.code != 409) {
                     self->after(self->retryDelay_, &NodeStatus::registerNode);
                     self->retryDelay_ = std::min(self->retryDelay_ * 2, kRegisterDelayMax);
                     return;
                   }
                   if (response.ok()) {
                     self->node_ = std::move(response.body);
                     self->recordStart();
                     self->registered_(self->node_);
                     return self->after(kFastUpdate, &NodeStatus::report);
                   }
                   self->client_.get(api::resources::nodes, {}, self->options_.nodeName,
                                     [weak, epoch](client::Response found) {
                                       const auto status = weak.lock();
                                       if (status == nullptr || status->epoch_ != epoch) return;
                                       if (!found.ok())
                                         return status->after(kRegisterDelay, &NodeStatus::registerNode);
                                       status->node_ = std::move(found.body);
                                       status->recordStart();
                                       status->registered_(status->node_);
                                       status->report();
                                     });
                 });
}

void NodeStatus::recordStart() {
  const auto say = [this](std::string_view reason) {
    recorder_.event(reference_, "Normal", reason,
                    "Node " + options_.nodeName + " status is now: " + std::string(reason));
  };
  say("NodeHasSufficientMemory");
  say("NodeHasNoDiskPressure");
  say("NodeHasSufficientPID");
  recorder_.event(reference_, "Normal", "NodeAllocatableEnforced",
                  "Updated Node Allocatable limit across pods");
}

void NodeStatus::observe(const Value& node) {
  if (node_.isNull() || api::resourceVersion(node) < api::resourceVersion(node_)) return;
  node_ = node;
}

void NodeStatus::tick() {
  after(kUpdateFrequency, &NodeStatus::tick);
  if (node_.isNull() || reporting_) return;
  const SimTime now = client_.simulator().now();
  // The node lifecycle controller has called it unreachable meanwhile?
  const bool disputed = !api::conditionIs(node_, "Ready", runtimeUp_ ? "True" : "False");
  const bool changed = disputed || runtime_.runtimeUp() != runtimeUp_ ||
                       runtime_.containers().imagesVersion() != imagesReported_;
  if (changed || now - reportedAt_ >= kReportFrequency) report();
}

void NodeStatus::report() {
  const bool up = runtime_.runtimeUp();
  const bool runtimeChanged = readyReported_ && up != runtimeUp_;
  const bool wasReady = api::conditionIs(node_, "Ready", "True");
  runtimeUp_ = up;
  readyReported_ = true;
  if (runtimeChanged) runtimeChanged_(up);
  static const Value order = Value::array(
      {Value::object({{keys::type, "MemoryPressure"}}), Value::object({{keys::type, "DiskPressure"}}),
       Value::object({{keys::type, "PIDPressure"}}), Value::object({{keys::type, "Ready"}})});
  ObjectBuilder status;
  status.set(kConditionOrder, order).set(keys::conditions, conditions());
  const std::uint64_t images = runtime_.containers().imagesVersion();
  if (images != imagesReported_) status.set(kImages, runtime_.containers().imageList());
  // Another life of this node may have had other resources.
  const Value resources = resourceList();
  if (!(node_.get(keys::status, keys::capacity) == resources)) {
    status.set(keys::capacity, resources).set(keys::allocatable, resources);
  }
  if (up != wasReady) {
    const std::string_view reason = up ? "NodeReady" : "NodeNotReady";
    recorder_.event(reference_, "Normal", reason,
                    "Node " + options_.nodeName + " status is now: " + std::string(reason));
  }
  reporting_ = true;
  client_.patch(
      api::resources::nodes, {}, options_.nodeName, apiserver::PatchType::StrategicMerge,
      Value::object({{keys::status, status.build()}}),
      [weak = weak_from_this(), epoch = epoch_, images](client::Response response) {
        const auto self = weak.lock();
        if (self == nullptr || self->epoch_ != epoch) return;
        self->reporting_ = false;
        if (response.ok()) {
          self->node_ = std::move(response.body);
          self->reportedAt_ = self->client_.simulator().now();
          self->imagesReported_ = images;
        } else if (response.code == 404) {
          self->node_ = nullptr;  // somebody deleted it: register again
          self->registerNode();
        }
      },
      keys::status);
}

}  // namespace pilothouse::kubelet
