#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/cluster/cluster.hpp"
#include "core/cluster/pace.hpp"
#include "core/lesson/world.hpp"
#include "web/cluster_view.hpp"
#include "web/message_flow.hpp"

namespace pilothouse::web {

/// The page's one cluster with its clock and its views; all of them are replaced together by a reset.
///
/// References to cluster(), pace() and view() hold until the next reset; resets() tells of one.
class ClusterWorld : public lesson::World {
 public:
  ClusterWorld(std::string preset, std::uint64_t seed);
  ~ClusterWorld() override;

  [[nodiscard]] cluster::Cluster& cluster() { return *cluster_; }
  [[nodiscard]] cluster::Pace& pace() { return *pace_; }
  [[nodiscard]] ClusterView& view() { return *view_; }
  [[nodiscard]] MessageFlow& flow() { return flow_; }
  [[nodiscard]] std::uint64_t resets() const { return resets_; }
  [[nodiscard]] const std::string& highlighted() const { return highlight_; }

  /// Advances by a frame. With `follow` and a speed up to 1 the clock waits for the messages on screen.
  void advance(double elapsed, double now, bool follow, const std::function<bool()>& mayContinue);
  /// Whether the clock stood still in the last frame so that messages could arrive on screen.
  [[nodiscard]] bool waiting() const { return waiting_; }
  /// Seconds that one link takes on screen at this speed.
  [[nodiscard]] double hop(bool follow) const;
  /// Whether this cluster is small enough, and this speed slow enough, to follow every message.
  [[nodiscard]] bool canFollow() const;

  // lesson::World
  void forEach(std::string_view group, std::string_view plural, std::string_view ns,
               const std::function<void(const Value&)>& visit) override;
  std::uint64_t revision() override { return cluster_->revision(); }
  SimDuration elapsed() override { return cluster_->elapsed(); }
  /// While the clock is paused the input itself still happens, and nothing after it.
  std::uint64_t input(Key verb, const Value& arguments) override;
  void setSpeed(double speed) override;
  void reset(std::string_view preset, std::uint64_t seed) override;
  void openManifest(std::string_view fileName, std::string_view text) override;
  void highlight(std::string_view target) override { highlight_ = target; }

  /// A cluster that went through these inputs and stands at that time again.
  void restore(Session session, SimDuration elapsed);

  /// Told of openManifest.
  std::function<void(std::string_view fileName, std::string_view text)> onManifest;

 private:
  void replace(Session session);
  void advanceFollowing(double elapsed, double now, double hop, const std::function<bool()>& mayContinue);

  std::unique_ptr<cluster::Cluster> cluster_;
  std::unique_ptr<cluster::Pace> pace_;
  std::unique_ptr<ClusterView> view_;
  MessageFlow flow_;
  std::string highlight_;
  std::uint64_t resets_ = 0;
  bool waiting_ = false;
};

}  // namespace pilothouse::web
