#include "core/cloud_controller_manager/cloud.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::cloud_controller_manager {

Cloud::Cloud(Network& network, ComponentId self, const Flavor& flavor)
    : network_(network), self_(self), flavor_(flavor) {}

Cloud::~Cloud() { network_.simulator().cancel(timer_); }

const Instance& Cloud::launch(std::string_view node, std::string_view privateAddress) {
  Instance instance;
  const std::size_t index = instances_.size();
  instance.node = std::string(node);
  instance.id = flavor_.instanceId(node);
  instance.zone = std::string(flavor_.zones[index % flavor_.zones.size()]);
  instance.privateAddress = std::string(privateAddress);
  instance.publicAddress = flavor_.balancerAddress(10000 + index);
  instances_.push_back(std::move(instance));
  return instances_.back();
}

const Instance* Cloud::find(std::string_view node, std::string_view providerId) const {
  for (const Instance& instance : instances_) {
    if (instance.state == Instance::State::Terminated) continue;
    const bool same = providerId.empty() ? instance.node == node : flavor_.providerId(instance) == providerId;
    if (same) return &instance;
  }
  return nullptr;
}

bool Cloud::setState(std::string_view node, Instance::State state) {
  for (Instance& instance : instances_) {
    if (instance.node != node || instance.state == Instance::State::Terminated) continue;
    instance.state = state;
    return true;
  }
  return false;
}

std::string Cloud::ensureBalancer(Balancer wanted) {
  const auto at = balancers_.find(wanted.name);
  if (at == balancers_.end() && balancers_.size() >= balancersMax_) return std::string(flavor_.balancerLimit);
  if (at != balancers_.end()) {
    at->second.ports = std::move(wanted.ports);
    at->second.healthCheckPort = wanted.healthCheckPort;
    at->second.healthCheckPath = std::move(wanted.healthCheckPath);
  } else {
    const std::size_t number = balancersMade_++;
    wanted.address = flavor_.balancerAddress(number);
    if (flavor_.balancerHost != nullptr) wanted.host = flavor_.balancerHost(wanted.name, number);
    wanted.serviceFrom = network_.simulator().now() + flavor_.balancerService;
    balancers_.emplace(wanted.name, std::move(wanted));
  }
  checkLater();
  return {};
}

const Balancer* Cloud::balancer(std::string_view name) const {
  const auto at = balancers_.find(std::string(name));
  return at == balancers_.end() ? nullptr : &at->second;
}

// Who stays a target keeps what is known of its health.
void Cloud::setTargets(std::string_view name, const std::vector<std::string>& nodes) {
  const auto at = balancers_.find(std::string(name));
  if (at == balancers_.end()) return;
  std::vector<Balancer::Target> targets;
  for (const std::string& node : nodes) {
    const auto known = std::find_if(at->second.targets.begin(), at->second.targets.end(),
                                    [&](const Balancer::Target& target) { return target.node == node; });
    targets.push_back(known != at->second.targets.end() ? *known : Balancer::Target{node, false, 0});
  }
  at->second.targets = std::move(targets);
}

void Cloud::removeBalancer(std::string_view name) {
  balancers_.erase(std::string(name));
  if (balancers_.empty()) network_.simulator().cancel(std::exchange(timer_, TimerId::None));
}

void Cloud::checkLater() {
  if (timer_ != TimerId::None) return;
  timer_ = network_.simulator().after(flavor_.healthInterval, [this] {
    timer_ = TimerId::None;
    checkAll();
  });
}

void Cloud::checkAll() {
  if (balancers_.empty()) return;
  checkLater();
  for (const auto& [name, balancer] : balancers_) {
    for (const Balancer::Target& target : balancer.targets) {
      if (!check_) {
        checked(name, target.node, true);
        continue;
      }
      check_(target.node, balancer.healthCheckPort, balancer.healthCheckPath,
             [this, alive = std::weak_ptr<bool>(alive_), name = name, node = target.node](bool healthy) {
               if (!alive.expired()) checked(name, node, healthy);
             });
    }
  }
}

void Cloud::checked(const std::string& balancer, const std::string& node, bool healthy) {
  const auto at = balancers_.find(balancer);
  if (at == balancers_.end()) return;
  for (Balancer::Target& target : at->second.targets) {
    if (target.node != node) continue;
    target.streak = target.healthy == healthy ? 0 : target.streak + 1;
    if (target.streak < (healthy ? flavor_.healthyAfter : flavor_.unhealthyAfter)) return;
    target.healthy = healthy;
    target.streak = 0;
  }
}

// With no healthy target a balancer tries them all, as the real ones do.
Cloud::Entry Cloud::enter(std::string_view address, std::int64_t port, std::string_view protocol) {
  Entry entry;
  for (const auto& [name, balancer] : balancers_) {
    if (balancer.address != address) continue;
    entry.known = true;
    entry.service = balancer.service;
    entry.passThrough = flavor_.passThrough;
    if (network_.simulator().now() < balancer.serviceFrom || balancer.targets.empty()) return entry;
    const auto listener =
        std::find_if(balancer.ports.begin(), balancer.ports.end(), [&](const Balancer::Port& candidate) {
          return candidate.port == port && candidate.protocol == protocol;
        });
    if (listener == balancer.ports.end()) return entry;
    std::vector<const Balancer::Target*> healthy;
    for (const Balancer::Target& target : balancer.targets) {
      if (target.healthy) healthy.push_back(&target);
    }
    const std::size_t count = healthy.empty() ? balancer.targets.size() : healthy.size();
    const std::size_t chosen = turn_++ % count;
    entry.node = healthy.empty() ? balancer.targets[chosen].node : healthy[chosen]->node;
    entry.port = flavor_.passThrough ? port : listener->nodePort;
    return entry;
  }
  return entry;
}

std::vector<std::string> Cloud::resolve(std::string_view host) const {
  for (const auto& [name, balancer] : balancers_) {
    if (balancer.host.empty() || balancer.host != host) continue;
    if (network_.simulator().now() < balancer.serviceFrom) return {};
    return {balancer.address};
  }
  return {};
}

}  // namespace pilothouse::cloud_controller_manager
