#include "core/cloud_controller_manager/cloud_node_lifecycle_controller.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/controller_manager/node_utils.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

namespace node = controller_manager::node;
namespace r = api::resources;

constexpr node::Taint kShutdownTaint{kShutdown, node::kNoSchedule};

}  // namespace

CloudNodeLifecycleController::CloudNodeLifecycleController(const Context& context)
    : context_(context),
      recorder_(context.client, "cloud-node-lifecycle-controller"),
      timer_(context.simulator) {}

void CloudNodeLifecycleController::start() { monitor(); }

void CloudNodeLifecycleController::monitor() {
  timer_.arm(kNodeMonitorPeriod, [this] { monitor(); });
  std::vector<Value> doubtful;
  context_.nodes.store().forEach([&](const Value& object) {
    const bool ready = api::conditionIs(object, "Ready", "True");
    if (!ready || node::hasTaint(object, kShutdownTaint)) doubtful.push_back(object);
  });
  for (const Value& object : doubtful) {
    if (api::conditionIs(object, "Ready", "True")) {
      node::swapTaints(context_.client, object, {}, {kShutdownTaint}, [](bool) {});
      continue;
    }
    context_.cloud.instanceState(object,
                                 [this, object](const InstanceState& state) { judge(object, state); });
  }
}

void CloudNodeLifecycleController::judge(const Value& object, const InstanceState& state) {
  if (!state.error.empty()) return;
  if (state.exists && state.shutdown) {
    return node::swapTaints(context_.client, object, {kShutdownTaint}, {}, [](bool) {});
  }
  if (state.exists) return;
  recorder_.event(
      node::eventReference(object), "Normal", "DeletingNode",
      "Deleting node " + std::string(api::name(object)) + " because it does not exist in the cloud provider");
  context_.client.remove(r::nodes, Value(), api::meta(object)[keys::name], Value(),
                         [](const client::Response&) {});
}

}  // namespace pilothouse::cloud_controller_manager
