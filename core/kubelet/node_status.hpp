#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/client/client.hpp"
#include "core/client/event_recorder.hpp"
#include "core/kubelet/kubelet.hpp"
#include "core/kubelet/runtime_service.hpp"

namespace pilothouse::kubelet {

/// Registers the Node and keeps its status (pkg/kubelet/kubelet_node_status.go): computed every 10 s, sent
/// when it changed or 5 minutes after the last time.
class NodeStatus : public std::enable_shared_from_this<NodeStatus> {
 public:
  NodeStatus(client::Client& client, client::EventRecorder& recorder, RuntimeService& runtime,
             const KubeletOptions& options);

  void start();
  void stop();
  /// The Node as the API server told it last; null before it is registered.
  [[nodiscard]] const Value& node() const { return node_; }
  /// A version of the Node that was watched.
  void observe(const Value& node);
  void onRegistered(std::function<void(const Value& node)> registered) {
    registered_ = std::move(registered);
  }
  /// The runtime was down and is there again, or has just gone.
  void onRuntimeChange(std::function<void(bool up)> changed) { runtimeChanged_ = std::move(changed); }

 private:
  void registerNode();
  void tick();
  void report();
  [[nodiscard]] Value newNode() const;
  [[nodiscard]] Value conditions() const;
  [[nodiscard]] Value condition(std::string_view type, bool status, std::string_view reason,
                                std::string_view message) const;
  [[nodiscard]] Value resourceList() const;
  void after(SimDuration delay, void (NodeStatus::*task)());
  void recordStart();

  client::Client& client_;
  client::EventRecorder& recorder_;
  RuntimeService& runtime_;
  const KubeletOptions& options_;
  std::function<void(const Value&)> registered_;
  std::function<void(bool)> runtimeChanged_;
  Value node_;
  Value reference_;  ///< of events about the node
  SimTime reportedAt_{};
  std::uint64_t imagesReported_ = 0;
  std::uint32_t epoch_ = 0;
  SimDuration retryDelay_{};
  bool runtimeUp_ = false;  ///< as last seen
  bool readyReported_ = false;
  bool reporting_ = false;
};

/// Renews the node's Lease in kube-node-lease every 10 s
/// (staging/src/k8s.io/component-helpers/apimachinery/lease): one update with the version it holds.
class NodeLease : public std::enable_shared_from_this<NodeLease> {
 public:
  NodeLease(client::Client& client, const KubeletOptions& options);
  void start();
  void stop();
  /// The Node that owns the Lease.
  void setOwner(const Value& node);

 private:
  void tick();
  void renew();
  void ensure();
  [[nodiscard]] Value newLease() const;

  client::Client& client_;
  Value name_;
  Value lease_;  ///< null: not known to be there
  Value owner_;
  std::uint32_t epoch_ = 0;
  bool asking_ = false;
};

}  // namespace pilothouse::kubelet
