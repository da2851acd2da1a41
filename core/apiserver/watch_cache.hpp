#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/apiserver/object_order.hpp"
#include "core/apiserver/request.hpp"
#include "core/sim/simulator.hpp"

namespace pilothouse::apiserver {

/// What a watcher sees of a resource. `matches` is null when scope alone decides.
struct WatchTarget {
  Value namespace_;  ///< null for all
  Value name;        ///< null for all
  Value trigger;     ///< a value of the resource's trigger field (a pod's spec.nodeName), null for none
  std::function<bool(const Value&)> matches;
  bool bookmarks = false;
};

/// The object with metadata.resourceVersion set (no new tree when it already is that).
Value withResourceVersion(const Value& object, std::uint64_t revision);

/// kube-apiserver's cache of one resource (staging/src/k8s.io/apiserver/pkg/storage/cacher): the current
/// objects, a window of recent events, and whoever watches.
///
/// An event costs what its watchers cost: watchers are found by name, by trigger value or by namespace in
/// hash tables, and only those that watch everything are walked. Trees are etcd's own.
class WatchCache {
 public:
  static constexpr std::size_t kWindowMax = 102400;
  static constexpr std::size_t kWindowMin = 100;
  static constexpr SimDuration kEventFresh = std::chrono::seconds(75);
  static constexpr SimDuration kBookmarkInterval = std::chrono::minutes(1);

  using Trigger = const Value& (*)(const Value& object);

  WatchCache(Simulator& simulator, const api::Resource& resource, Trigger trigger);
  ~WatchCache();
  WatchCache(const WatchCache&) = delete;
  WatchCache& operator=(const WatchCache&) = delete;

  /// Replaces everything by a list made at `revision` (at the start, and when etcd's watch was lost); every
  /// open watch is closed, as its events may have a hole.
  void reset(const std::vector<Value>& objects, std::uint64_t revision);
  /// A committed change: `after` is null for a deletion.
  void apply(const Value& after, const Value& before, std::uint64_t revision);
  /// Everything up to `revision` has been applied (etcd told so).
  void progress(std::uint64_t revision);

  [[nodiscard]] const api::Resource& resource() const { return resource_; }
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  [[nodiscard]] const Value& find(std::string_view ns, std::string_view name) const;
  [[nodiscard]] const OrderedObjects& objects() const { return objects_; }
  /// The objects with that trigger value, in key order.
  [[nodiscard]] std::vector<Value> byTrigger(std::string_view value) const;
  [[nodiscard]] bool hasTrigger() const { return trigger_ != nullptr; }

  struct WatchStart {
    bool fromNow = false;  ///< resourceVersion unset or "0": the state as ADDED events, then what follows
    std::uint64_t after = 0;
    bool initialEventsEnd = false;  ///< sendInitialEvents: a bookmark ends the state
    SimDuration timeout{};
  };
  /// A version that the window no longer reaches gives an ERROR event (410 Expired) and the end.
  void watch(WatchId id, WatchTarget target, const WatchStart& start, WatchSink sink);
  /// True when the watch was this cache's.
  bool stop(WatchId id);
  [[nodiscard]] std::size_t watchers() const { return watchers_.size(); }
  [[nodiscard]] std::size_t windowSize() const { return window_.size(); }

 private:
  struct Event {
    std::uint64_t revision = 0;
    std::uint64_t number = 0;  ///< counts events: a revoked lease deletes many objects in one revision
    SimTime when{};
    Value after;
    Value before;
    Value gone;  ///< `before` at this event's version, made when first needed
  };
  struct Watcher {
    WatchId id = 0;
    WatchTarget target;
    WatchSink sink;
    std::uint64_t after = 0;       ///< the revision that it asked to go on from
    std::uint64_t lastSent = 0;    ///< a revision
    std::uint64_t lastNumber = 0;  ///< of an event
    TimerId timeout{};
    bool dead = false;
  };
  using Watchers = std::vector<Watcher*>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <typename T>
  using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;  // never iterated

  static bool inScope(const WatchTarget& target, const Value& object);
  bool passes(const WatchTarget& target, const Value& object) const;
  void deliver(Watcher& watcher, Event& event);
  void deliverAll(Watchers& watchers, Event& event);
  void deliverTo(ByText<Watchers>& index, std::string_view text, Event& event);
  void indexTrigger(const Value& after, const Value& before);
  Watchers& listOf(const WatchTarget& target);
  void close(Watcher& watcher);
  void bury();
  void trim();
  void armTick();
  void tick();
  [[nodiscard]] Value bookmark(bool initialEventsEnd) const;

  Simulator& simulator_;
  const api::Resource& resource_;
  Trigger trigger_;
  OrderedObjects objects_;
  ByText<std::vector<Value>> byTrigger_;
  std::deque<Event> window_;
  std::uint64_t revision_ = 0;
  std::uint64_t lastNumber_ = 0;
  std::uint64_t windowStart_ = 0;  ///< watches from this version on can be served
  std::map<WatchId, std::unique_ptr<Watcher>> watchers_;
  Watchers everything_;
  ByText<Watchers> byNamespace_;
  ByText<Watchers> byName_;
  ByText<Watchers> onTrigger_;
  std::vector<WatchId> dead_;
  int dispatching_ = 0;
  TimerId tickTimer_{};
};

}  // namespace pilothouse::apiserver
