#pragma once

#include <memory>
#include <string_view>

#include "core/apiserver/api_server.hpp"
#include "core/sim/network.hpp"
#include "core/value/value.hpp"

namespace pilothouse::scheduler {

/// kube-scheduler: queue, cache, framework with the default plugins; binds by POST pods/{name}/binding.
class Scheduler {
 public:
  Scheduler(Network& network, ComponentId self, apiserver::ApiServer& server);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  void start();
  void stop();  ///< the process dies: queue and cache are forgotten

  /// How the last attempt for a pod went, for "why here": per node the first failing filter or the plugins'
  /// scores. Null when unknown. {"pod","node","feasible","nodes":[{name,reason?,scores:{plugin:n},total}]}
  [[nodiscard]] Value lastDecision(std::string_view ns, std::string_view name) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::scheduler
