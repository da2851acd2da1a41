#include "core/cluster/preset.hpp"

#include <algorithm>
#include <optional>

#include "core/api/keys.hpp"

namespace pilothouse::cluster {
namespace {

constexpr std::size_t kLearningWorkers = 3;
constexpr std::size_t kSmallNodes = 3000;
constexpr std::string_view kControlPlaneRole = "node-role.kubernetes.io/control-plane";

std::optional<std::size_t> countAfter(std::string_view preset, std::string_view prefix) {
  if (preset.substr(0, prefix.size()) != prefix || preset.size() == prefix.size()) return std::nullopt;
  std::size_t count = 0;
  for (const char c : preset.substr(prefix.size())) {
    if (c < '0' || c > '9' || count > kWorkersMax) return std::nullopt;
    count = count * 10 + static_cast<std::size_t>(c - '0');
  }
  return std::clamp<std::size_t>(count, 1, kWorkersMax);
}

std::string nodeAddress(std::size_t index) {
  const std::size_t number = index + 2;
  return "172." + std::to_string(18 + number / 65536) + "." + std::to_string(number / 256 % 256) + "." +
         std::to_string(number % 256);
}

std::string podCidr(std::size_t index, std::size_t nodes) {
  const std::size_t first = nodes <= kSmallNodes ? 244 : 128;
  return "10." + std::to_string(first + index / 256) + "." + std::to_string(index % 256) + ".0/24";
}

std::size_t controlPlanes(std::string_view preset) {
  if (preset == "ha-3") return 3;
  return preset == "ha-5" ? 5 : 1;
}

// kind's names: control-plane, control-plane2, control-plane3.
std::string controlPlaneName(std::size_t index) {
  return index == 0 ? "control-plane" : "control-plane" + std::to_string(index + 1);
}

NodePlan planControlPlane(std::size_t index) {
  NodePlan plan;
  plan.controlPlane = true;
  plan.options.nodeName = controlPlaneName(index);
  plan.options.systemCpuMilli = 160;  // etcd and the control plane's processes run there too
  plan.options.systemMemoryMi = 1150;
  plan.options.labels = Value::object({{Key::intern(kControlPlaneRole), ""}});
  plan.options.taints = Value::array({Value::object(
      {{Key::intern("effect"), "NoSchedule"}, {Key::intern("key"), Value(kControlPlaneRole)}})});
  return plan;
}

}  // namespace

std::vector<NodePlan> planNodes(std::string_view preset) {
  const auto scale = countAfter(preset, "scale-");
  const std::size_t workers = scale.value_or(countAfter(preset, "learning-").value_or(kLearningWorkers));
  std::vector<NodePlan> plans;
  const std::size_t planes = controlPlanes(preset);
  for (std::size_t i = 0; i < planes && !scale; ++i) plans.push_back(planControlPlane(i));
  for (std::size_t i = 1; i <= workers; ++i) {
    plans.emplace_back().options.nodeName = "worker-" + std::to_string(i);
  }
  // Index 0 is the control plane's place, also where that node is not drawn.
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const std::size_t index = scale ? i + 1 : i;
    plans[i].options.internalIp = nodeAddress(index);
    plans[i].options.podCidr = podCidr(index, workers + planes);
  }
  return plans;
}

bool hasMetricsServer(std::string_view preset) { return !countAfter(preset, "scale-"); }

std::vector<std::string> etcdHosts(std::string_view preset) {
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < controlPlanes(preset); ++i) hosts.push_back(controlPlaneName(i));
  return hosts;
}

}  // namespace pilothouse::cluster
