#include "core/controller_manager/pod_ranking.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/api/object.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kPodDeletionCost = Key::intern("controller.kubernetes.io/pod-deletion-cost");
const Key kRestartCount = Key::intern("restartCount");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kInitContainers = Key::intern("initContainers");
const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
const Value kNoContainers = Value::emptyArray();

// What decides about a pod, taken out once: comparing must not walk trees.
struct Ranked {
  std::size_t at = 0;  // in the list
  bool unassigned = false;
  int phase = 0;  // Pending 0, Unknown 1, Running 2
  bool ready = false;
  std::int32_t cost = 0;
  std::size_t doubled = 0;
  std::string_view readySince;
  std::int64_t restarts = 0;
  std::int64_t sidecarRestarts = 0;
  std::string_view created;
  std::string_view uid;
};

int phaseRank(std::string_view phase) {
  if (phase == "Pending") return 0;
  if (phase == "Unknown") return 1;
  return 2;
}

// helper.GetDeletionCostFromPodAnnotations; a malformed cost counts as 0.
std::int32_t deletionCost(const Value& pod) {
  const std::string_view text = api::annotations(pod)[kPodDeletionCost].asString();
  std::int32_t cost = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  return error == std::errc() && end == text.data() + text.size() ? cost : 0;
}

std::int64_t maxRestarts(const Value& statuses, const Value& sidecarsOf) {
  std::int64_t most = 0;
  for (const Value& status : statuses.items()) {
    bool counts = sidecarsOf.isNull();
    for (const Value& container : sidecarsOf.items()) {
      counts = counts || (container[keys::name] == status[keys::name] &&
                          container[kRestartPolicy].asString() == "Always");
    }
    if (counts) most = std::max(most, status[kRestartCount].asInt());
  }
  return most;
}

Ranked ranked(const Value& pod, std::size_t at) {
  Ranked r;
  r.at = at;
  r.unassigned = pod.get(keys::spec, keys::nodeName).asString().empty();
  r.phase = phaseRank(pod.get(keys::status, keys::phase).asString());
  const Value& ready = api::condition(pod, "Ready");
  r.ready = ready[keys::status].asString() == "True";
  r.readySince = ready[keys::lastTransitionTime].asString();
  r.cost = deletionCost(pod);
  r.restarts = maxRestarts(pod.get(keys::status, keys::containerStatuses), Value());
  r.sidecarRestarts = maxRestarts(
      pod.get(keys::status, kInitContainerStatuses),
      pod.get(keys::spec, kInitContainers).isNull() ? kNoContainers : pod.get(keys::spec, kInitContainers));
  r.created = api::meta(pod)[keys::creationTimestamp].asString();
  r.uid = api::uid(pod);
  return r;
}

// LogarithmicScaleDown: ages count by their order of magnitude; equal ones are put in the random order of
// their uids, so that not always the newest pods of a rollout go together.
int magnitude(std::string_view since, SimTime now) {
  const auto time = parseTimestamp(since);
  if (!time || now <= *time) return -1;
  return std::ilogb(static_cast<double>((now - *time).count()));
}

bool youngerBefore(std::string_view sinceA, std::string_view sinceB, const Ranked& a, const Ranked& b,
                   SimTime now) {
  if (sinceA.empty() || sinceB.empty()) return sinceA.empty();
  const int ageA = magnitude(sinceA, now);
  const int ageB = magnitude(sinceB, now);
  return ageA != ageB ? ageA < ageB : a.uid < b.uid;
}

bool goesBefore(const Ranked& a, const Ranked& b, SimTime now) {
  if (a.unassigned != b.unassigned) return a.unassigned;
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.ready != b.ready) return !a.ready;
  if (a.cost != b.cost) return a.cost < b.cost;
  if (a.doubled != b.doubled) return a.doubled > b.doubled;
  if (a.ready && a.readySince != b.readySince) return youngerBefore(a.readySince, b.readySince, a, b, now);
  if (a.restarts != b.restarts) return a.restarts > b.restarts;
  if (a.sidecarRestarts != b.sidecarRestarts) return a.sidecarRestarts > b.sidecarRestarts;
  if (a.created != b.created) return youngerBefore(a.created, b.created, a, b, now);
  return a.uid < b.uid;
}

bool goesBeforePlainly(const Ranked& a, const Ranked& b) {
  if (a.unassigned != b.unassigned) return a.unassigned;
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.ready != b.ready) return !a.ready;
  const auto younger = [](std::string_view sinceA, std::string_view sinceB) {
    return sinceA.empty() || sinceB.empty() ? sinceA.empty() : sinceA > sinceB;
  };
  if (a.ready && a.readySince != b.readySince) return younger(a.readySince, b.readySince);
  if (a.restarts != b.restarts) return a.restarts > b.restarts;
  if (a.sidecarRestarts != b.sidecarRestarts) return a.sidecarRestarts > b.sidecarRestarts;
  if (a.created != b.created) return younger(a.created, b.created);
  return a.uid < b.uid;
}

}  // namespace

std::vector<Value> activePodsToDelete(std::vector<Value> pods, std::size_t count) {
  std::vector<Ranked> order;
  order.reserve(pods.size());
  for (std::size_t i = 0; i < pods.size(); ++i) order.push_back(ranked(pods[i], i));
  std::sort(order.begin(), order.end(), goesBeforePlainly);
  std::vector<Value> chosen;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) chosen.push_back(pods[order[i].at]);
  return chosen;
}

std::vector<Value> podsToDelete(
    std::vector<Value> pods, std::size_t count, SimTime now,
    const std::function<void(const std::function<void(const Value&)>&)>& related) {
  if (count >= pods.size()) return pods;
  std::unordered_map<std::string, std::size_t> onNode;  // never iterated
  related([&](const Value& pod) { ++onNode[pod.get(keys::spec, keys::nodeName).toString()]; });
  std::vector<Ranked> order;
  order.reserve(pods.size());
  for (std::size_t i = 0; i < pods.size(); ++i) {
    order.push_back(ranked(pods[i], i));
    order.back().doubled = onNode[pods[i].get(keys::spec, keys::nodeName).toString()];
  }
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(order.begin(), end, order.end(),
                    [now](const Ranked& a, const Ranked& b) { return goesBefore(a, b, now); });
  std::vector<Value> chosen;
  chosen.reserve(count);
  for (auto r = order.begin(); r != end; ++r) chosen.push_back(pods[r->at]);
  return chosen;
}

}  // namespace pilothouse::controller_manager
