#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Gives each node its range of pod addresses out of --cluster-cidr (pkg/controller/nodeipam,
/// RangeAllocator).
class NodeIpamController : public Controller {
 public:
  static constexpr unsigned kNodeCidrMaskSize = 24;  // --node-cidr-mask-size
  static constexpr int kWorkers = 30;                // cidrUpdateWorkers

  explicit NodeIpamController(const ControllerContext& context);
  void start() override;

 private:
  void nodeChanged(const client::Change& change);
  void sync(const std::string& key, client::WorkQueue::Finish finish);
  void occupy(const Value& node);
  void release(std::string_view cidr);
  /// The number of a range in the cluster's, or -1.
  [[nodiscard]] std::int64_t indexOf(std::string_view cidr) const;
  [[nodiscard]] std::string cidrOf(std::size_t index) const;
  std::int64_t allocate();

  const ControllerContext& context_;
  client::Informer& nodes_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  std::uint32_t base_ = 0;
  std::vector<bool> taken_;
  std::size_t next_ = 0;
};

}  // namespace pilothouse::controller_manager
