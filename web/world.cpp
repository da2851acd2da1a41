#include "web/world.hpp"

#include <algorithm>
#include <cmath>

namespace pilothouse::web {

namespace {

constexpr std::size_t kFollowedNodesMax = 24;
// A teaching cluster is met when its nodes have joined and are ready.
constexpr SimDuration kWarmUp = std::chrono::seconds(30);

}  // namespace

ClusterWorld::ClusterWorld(std::string preset, std::uint64_t seed) { reset(preset, seed); }

ClusterWorld::~ClusterWorld() = default;

void ClusterWorld::reset(std::string_view preset, std::uint64_t seed) {
  replace(Session(seed, std::string(preset)));
  if (cluster_->machines().size() > kFollowedNodesMax) return;
  cluster_->simulator().runFor(kWarmUp);
  flow_.skip(cluster_->trace());
}

void ClusterWorld::restore(Session session, SimDuration elapsed) {
  const SimTime until = kSimulationStart + elapsed;
  replace(std::move(session));
  cluster_->simulator().runUntil(until);
  flow_.skip(cluster_->trace());
}

void ClusterWorld::replace(Session session) {
  view_.reset();
  pace_.reset();
  cluster_ = std::make_unique<cluster::Cluster>(std::move(session));
  pace_ = std::make_unique<cluster::Pace>(*cluster_);
  view_ = std::make_unique<ClusterView>(*cluster_);
  flow_.clear();
  highlight_.clear();
  ++resets_;
}

void ClusterWorld::forEach(std::string_view group, std::string_view plural, std::string_view ns,
                           const std::function<void(const Value&)>& visit) {
  const api::Resource* resource = api::findResource(group, plural);
  if (resource == nullptr) return;
  cluster_->forEach(*resource, ns, [&](const Value& object) {
    visit(object);
    return true;
  });
}

std::uint64_t ClusterWorld::input(Key verb, const Value& arguments) {
  const std::uint64_t id = cluster_->input(verb, arguments);
  if (pace_->paused()) pace_->stepEvent();
  return id;
}

void ClusterWorld::setSpeed(double speed) {
  pace_->setPaused(!(speed > 0));
  if (speed > 0) pace_->setSpeed(speed);
}

void ClusterWorld::openManifest(std::string_view fileName, std::string_view text) {
  if (onManifest) onManifest(fileName, text);
}

bool ClusterWorld::canFollow() const {
  return pace_->speed() <= 1 && view_->nodes().size() <= kFollowedNodesMax;
}

double ClusterWorld::hop(bool follow) const {
  if (!follow || !canFollow()) return MessageFlow::kHopSeconds;
  return MessageFlow::kHopSeconds * std::clamp(std::sqrt(1 / pace_->speed()), 1.0, 3.2);
}

void ClusterWorld::advance(double elapsed, double now, bool follow,
                           const std::function<bool()>& mayContinue) {
  waiting_ = false;
  if (pace_->paused()) {
    flow_.pull(cluster_->trace(), now, hop(follow));
    return;
  }
  if (follow && canFollow()) {
    advanceFollowing(elapsed, now, hop(true), mayContinue);
    return;
  }
  pace_->advance(elapsed, mayContinue);
  flow_.pull(cluster_->trace(), now, hop(false));
}

void ClusterWorld::advanceFollowing(double elapsed, double now, double hop,
                                    const std::function<bool()>& mayContinue) {
  Simulator& simulator = cluster_->simulator();
  const double seconds = std::clamp(elapsed, 0.0, 0.25) * pace_->speed();
  const SimTime until = simulator.now() + SimDuration(static_cast<std::int64_t>(seconds * 1e9));
  flow_.pull(cluster_->trace(), now, hop);
  // An event at a time: a chain of messages runs in less virtual time than a frame has.
  while (mayContinue()) {
    if (flow_.lag(now) > hop * 1.5) {
      waiting_ = true;
      return;
    }
    if (simulator.runSome(until, 1) == 0) return;
    flow_.pull(cluster_->trace(), now, hop);
  }
}

}  // namespace pilothouse::web
