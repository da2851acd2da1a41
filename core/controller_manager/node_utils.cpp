#include "core/controller_manager/node_utils.hpp"

#include <algorithm>
#include <utility>

#include "core/api/object.hpp"
#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager::node {
namespace {

const Key kRegion = Key::intern("topology.kubernetes.io/region");
const Key kZone = Key::intern("topology.kubernetes.io/zone");

bool isTaint(const Value& value, Taint taint) {
  return value[fields::key].asString() == taint.key && value[fields::effect].asString() == taint.effect;
}

}  // namespace

bool hasTaint(const Value& node, Taint taint) {
  const auto all = node.get(keys::spec, keys::taints).items();
  return std::any_of(all.begin(), all.end(), [&](const Value& value) { return isTaint(value, taint); });
}

Value swappedTaints(const Value& node, const std::vector<Taint>& add, const std::vector<Taint>& remove,
                    SimTime now) {
  std::vector<Value> taints;
  for (const Value& value : node.get(keys::spec, keys::taints).items()) {
    const auto is = [&value](const Taint& taint) { return isTaint(value, taint); };
    if (std::none_of(remove.begin(), remove.end(), is)) taints.push_back(value);
  }
  for (const Taint& taint : add) {
    const bool there =
        std::any_of(taints.begin(), taints.end(), [&](const Value& v) { return isTaint(v, taint); });
    if (there) continue;
    taints.push_back(Value::object({{fields::effect, Value(taint.effect)},
                                    {fields::key, Value(taint.key)},
                                    {fields::timeAdded, timestamp(now)}}));
  }
  return Value::array(taints);
}

void swapTaints(client::Client& client, const Value& node, std::vector<Taint> add, std::vector<Taint> remove,
                std::function<void(bool)> done) {
  // The cached node first says whether there is anything to do; the live one is what is changed.
  const auto differs = [](const Value& object, const Value& taints) {
    const Value& before = object.get(keys::spec, keys::taints);
    return before.size() != taints.size() || (!taints.empty() && !(before == taints));
  };
  const SimTime now = client.simulator().now();
  if (!differs(node, swappedTaints(node, add, remove, now))) return done(true);
  client.get(
      api::resources::nodes, Value(), api::meta(node)[keys::name],
      [&client, add = std::move(add), remove = std::move(remove), done = std::move(done),
       differs](client::Response response) {
        if (!response.ok()) return done(false);
        const Value live = response.body;
        const Value taints = swappedTaints(live, add, remove, client.simulator().now());
        if (!differs(live, taints)) return done(true);
        Value patch =
            Value::object({{keys::metadata,
                            Value::object({{keys::resourceVersion, api::meta(live)[keys::resourceVersion]}})},
                           {keys::spec, Value::object({{keys::taints, taints.empty() ? Value() : taints}})}});
        client.patch(api::resources::nodes, Value(), api::meta(live)[keys::name], apiserver::PatchType::Merge,
                     std::move(patch), [done](client::Response written) { done(written.ok()); });
      });
}

std::string zoneKey(const Value& node) {
  const Value& labels = api::labels(node);
  const std::string_view region = labels[kRegion].asString();
  const std::string_view zone = labels[kZone].asString();
  if (region.empty() && zone.empty()) return {};
  std::string key(region);
  key.append(":\0:", 3).append(zone);
  return key;
}

Value eventReference(const Value& node) {
  return Value::object({{keys::apiVersion, "v1"},
                        {keys::kind, "Node"},
                        {keys::metadata, Value::object({{keys::name, api::meta(node)[keys::name]},
                                                        {keys::uid, api::meta(node)[keys::uid]}})}});
}

Value markedNotReady(const Value& pod, SimTime now) {
  const Value& ready = api::condition(pod, "Ready");
  if (ready.isNull() || ready[keys::status].asString() == "False") return pod;
  const Value next = ready.with(keys::status, Value("False")).with(keys::lastTransitionTime, timestamp(now));
  return pod.withPath({keys::status, keys::conditions},
                      withPodCondition(pod.get(keys::status, keys::conditions), next));
}

}  // namespace pilothouse::controller_manager::node
