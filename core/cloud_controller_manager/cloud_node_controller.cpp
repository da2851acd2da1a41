#include "core/cloud_controller_manager/cloud_node_controller.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"
#include "core/controller_manager/node_utils.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

namespace fields = controller_manager::fields;
namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kAddresses = Key::intern("addresses");
const Key kProviderId = Key::intern("providerID");
const Key kStatusKey = Key::intern("status");

bool isUninitialized(const Value& node) {
  for (const Value& taint : node.get(keys::spec, keys::taints).items()) {
    if (taint[fields::key].asString() == kUninitialized) return true;
  }
  return false;
}

Value withLabels(const Value& labels, const InstanceMetadata& metadata) {
  ObjectBuilder all(labels);
  const auto set = [&all](std::string_view old, std::string_view key, const std::string& value) {
    if (value.empty()) return;
    all.set(Key::intern(old), Value(value));
    all.set(Key::intern(key), Value(value));
  };
  set("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type", metadata.instanceType);
  set("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone", metadata.zone);
  set("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region", metadata.region);
  return all.build();
}

Value withoutTaint(const Value& taints) {
  std::vector<Value> kept;
  for (const Value& taint : taints.items()) {
    if (taint[fields::key].asString() != kUninitialized) kept.push_back(taint);
  }
  return kept.empty() ? Value() : Value::array(kept);
}

// The host name that the kubelet gave is kept beside the cloud's addresses.
Value merged(const Value& node, const Value& cloud) {
  std::vector<Value> all(cloud.items().begin(), cloud.items().end());
  for (const Value& address : cloud.items()) {
    if (address[keys::type].asString() == "Hostname") return cloud;
  }
  for (const Value& address : node.get(keys::status, kAddresses).items()) {
    if (address[keys::type].asString() == "Hostname") all.push_back(address);
  }
  return Value::array(all);
}

}  // namespace

CloudNodeController::CloudNodeController(const Context& context)
    : context_(context),
      recorder_(context.client, "cloud-node-controller"),
      queue_(
          context.simulator, 1,
          [this](const std::string& key, client::WorkQueue::Finish finish) { sync(key, std::move(finish)); }),
      timer_(context.simulator) {
  context_.nodes.onChange([this](const client::Change& change) {
    if (!change.after.isNull() && isUninitialized(change.after)) queue_.add(api::name(change.after));
  });
}

void CloudNodeController::start() {
  queue_.start();
  timer_.arm(kStatusUpdateFrequency, [this] { updateAddresses(); });
}

void CloudNodeController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const Value node = context_.nodes.store().find("", key);
  if (node.isNull() || !isUninitialized(node)) return finish(Result::Done);
  auto shared = std::make_shared<client::WorkQueue::Finish>(std::move(finish));
  context_.cloud.instanceMetadata(node, [this, node, shared](InstanceMetadata metadata) {
    if (!metadata.error.empty() || !metadata.found) return (*shared)(Result::Retry);
    initialize(node, metadata, std::move(*shared));
  });
}

void CloudNodeController::initialize(const Value& node, const InstanceMetadata& metadata,
                                     client::WorkQueue::Finish finish) {
  Value next = node.withPath({keys::metadata, keys::labels}, withLabels(api::labels(node), metadata));
  next = next.withPath({keys::spec, keys::taints}, withoutTaint(node.get(keys::spec, keys::taints)));
  if (node.get(keys::spec, kProviderId).asString().empty()) {
    next = next.withPath({keys::spec, kProviderId}, Value(metadata.providerId));
  }
  auto shared = std::make_shared<client::WorkQueue::Finish>(std::move(finish));
  context_.client.update(r::nodes, next, [this, metadata, shared](client::Response response) {
    if (!response.ok()) return (*shared)(Result::Retry);
    initializeAddresses(response.body, metadata, std::move(*shared));
  });
}

void CloudNodeController::initializeAddresses(const Value& node, const InstanceMetadata& metadata,
                                              client::WorkQueue::Finish finish) {
  const Value addresses = merged(node, metadata.addresses);
  Value patch = Value::object({{keys::status, Value::object({{kAddresses, addresses}})}});
  auto shared = std::make_shared<client::WorkQueue::Finish>(std::move(finish));
  context_.client.patch(
      r::nodes, Value(), api::meta(node)[keys::name], apiserver::PatchType::Merge, std::move(patch),
      [this, node, shared](client::Response response) {
        if (!response.ok()) return (*shared)(Result::Retry);
        recorder_.event(controller_manager::node::eventReference(node), "Normal", "Synced",
                        "Node synced successfully");
        (*shared)(Result::Done);
      },
      kStatusKey);
}

void CloudNodeController::updateAddresses() {
  timer_.arm(kStatusUpdateFrequency, [this] { updateAddresses(); });
  std::vector<Value> nodes;
  context_.nodes.store().forEach([&nodes](const Value& node) { nodes.push_back(node); });
  for (const Value& node : nodes) {
    if (!isUninitialized(node)) updateAddresses(node);
  }
}

void CloudNodeController::updateAddresses(const Value& node) {
  context_.cloud.instanceMetadata(node, [this, node](const InstanceMetadata& metadata) {
    if (!metadata.error.empty() || !metadata.found) return;
    const Value addresses = merged(node, metadata.addresses);
    if (addresses == node.get(keys::status, kAddresses)) return;
    Value patch = Value::object({{keys::status, Value::object({{kAddresses, addresses}})}});
    context_.client.patch(
        r::nodes, Value(), api::meta(node)[keys::name], apiserver::PatchType::Merge, std::move(patch),
        [](const client::Response&) {}, kStatusKey);
  });
}

}  // namespace pilothouse::cloud_controller_manager
