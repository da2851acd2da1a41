#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Deletes pods from nodes with NoExecute taints when their tolerations end
/// (pkg/controller/tainteviction).
class TaintEvictionController : public Controller {
 public:
  static constexpr int kRetries = 5;  // retries
  static constexpr SimDuration kRetrySleep = std::chrono::milliseconds(10);

  explicit TaintEvictionController(const ControllerContext& context);
  void start() override;

 private:
  struct Eviction {
    SimTime created{};
    TimerId timer = TimerId::None;  ///< None while it is being carried out
  };

  void nodeChanged(const Value& before, const Value& after);
  void podChanged(const client::Change& change);
  void process(const Value& pod, const Value& taints);
  void schedule(const Value& pod, SimTime created, SimTime due);
  void cancel(const Value& pod);
  void evict(const std::string& key, int attempt);
  void failed(const std::string& key, int attempt);
  void event(const Value& pod, std::string_view text);

  const ControllerContext& context_;
  client::Informer& nodes_;
  client::Informer& pods_;
  client::EventRecorder recorder_;
  bool running_ = false;
  std::map<std::string, Value, std::less<>> taintedNodes_;  ///< NoExecute taints by node
  std::map<std::string, Eviction, std::less<>> evictions_;  ///< by "namespace/name"
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace pilothouse::controller_manager
