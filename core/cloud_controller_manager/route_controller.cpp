#include "core/cloud_controller_manager/route_controller.hpp"

#include <map>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/controller_manager/controller_utils.hpp"
#include "core/controller_manager/node_utils.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

namespace r = api::resources;

const Key kLastHeartbeatTime = Key::intern("lastHeartbeatTime");
const Key kPodCidr = Key::intern("podCIDR");
const Key kStatusKey = Key::intern("status");

}  // namespace

RouteController::RouteController(const Context& context)
    : context_(context), recorder_(context.client, "route_controller"), timer_(context.simulator) {}

void RouteController::start() { reconcile(); }

void RouteController::reconcile() {
  timer_.arm(kReconciliationPeriod, [this] { reconcile(); });
  context_.cloud.listRoutes([this](const Routes& known) {
    if (known.error.empty()) reconcile(known);
  });
}

void RouteController::reconcile(const Routes& known) {
  std::map<std::string, std::string> cidrOfNode;
  for (const Route& route : known.routes) cidrOfNode[route.node] = route.cidr;
  std::vector<Value> nodes;
  context_.nodes.store().forEach([&nodes](const Value& node) { nodes.push_back(node); });
  std::set<std::string> names;
  for (const Value& node : nodes) {
    const std::string name(api::name(node));
    const std::string cidr = node.get(keys::spec, kPodCidr).toString();
    names.insert(name);
    if (cidr.empty()) continue;
    const auto has = cidrOfNode.find(name);
    if (has != cidrOfNode.end() && has->second == cidr) {
      setNetworkUnavailable(node, false);
    } else if (creating_.insert(name).second) {
      create(node, cidr);
    }
  }
  for (const Route& route : known.routes) {
    if (names.count(route.node) == 0) context_.cloud.deleteRoute(route.name, [](const std::string&) {});
  }
}

void RouteController::create(const Value& node, const std::string& cidr) {
  context_.cloud.createRoute(node, cidr, [this, node, cidr](const std::string& error) {
    const std::string name(api::name(node));
    creating_.erase(name);
    const Value live = context_.nodes.store().find("", name);
    if (live.isNull()) return;
    if (!error.empty()) {
      recorder_.event(controller_manager::node::eventReference(node), "Warning", "FailedToCreateRoute",
                      "Could not create route " + std::string(api::uid(node)) + " " + cidr + " for node " +
                          name + " after 0s: " + error);
    }
    setNetworkUnavailable(live, !error.empty());
  });
}

void RouteController::setNetworkUnavailable(const Value& node, bool unavailable) {
  const std::string_view status = unavailable ? "True" : "False";
  if (api::conditionIs(node, "NetworkUnavailable", status)) return;
  const Value now = timestamp(context_.simulator.now());
  const Value condition =
      Value::object({{kLastHeartbeatTime, now},
                     {keys::lastTransitionTime, now},
                     {keys::message, unavailable ? "RouteController failed to create a route"
                                                 : "RouteController created a route"},
                     {keys::reason, unavailable ? "NoRouteCreated" : "RouteCreated"},
                     {keys::status, Value(status)},
                     {keys::type, "NetworkUnavailable"}});
  Value patch =
      Value::object({{keys::status, Value::object({{keys::conditions, Value::array({condition})}})}});
  context_.client.patch(
      r::nodes, Value(), api::meta(node)[keys::name], apiserver::PatchType::StrategicMerge, std::move(patch),
      [](const client::Response&) {}, kStatusKey);
}

}  // namespace pilothouse::cloud_controller_manager
