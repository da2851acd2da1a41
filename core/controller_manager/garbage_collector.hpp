#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Deletes what has no owner any more, and carries out foreground deletion and orphaning
/// (pkg/controller/garbagecollector).
///
/// Upstream keeps a graph with a node an object; here the informers' stores are the graph, with an index by
/// the owners' uids, so that an object costs nothing besides its index entry.
class GarbageCollector : public Controller {
 public:
  static constexpr int kWorkers = 20;  // --concurrent-gc-syncs
  static constexpr std::size_t kAbsentOwnersMax = 500;
  static constexpr int kConflictRetries = 5;
  /// Owners of more dependents than this are looked at once a second while those go.
  static constexpr std::size_t kManyDependents = 64;

  explicit GarbageCollector(const ControllerContext& context);
  void start() override;

 private:
  struct Monitor {
    const api::Resource* resource;
    client::Informer* informer;
    int byOwner;
  };
  /// An object by kind, name and uid; as a queue's key "2/namespace/name/uid".
  struct Item {
    std::size_t monitor = 0;
    std::string ns;
    std::string name;
    std::string uid;
  };
  struct Sync;
  struct Orphaning;
  using Finish = client::WorkQueue::Finish;
  using FinishPtr = std::shared_ptr<Finish>;

  static std::string keyOf(std::size_t monitor, const Value& object);
  static Item parse(const std::string& key);
  const Value& cached(const Item& item) const;
  /// The owner that a reference names as the cache has it (null when there is none of that uid).
  const Value& cachedOwner(std::string_view ns, const Value& reference, std::size_t* monitor = nullptr) const;
  std::size_t dependentCount(std::string_view uid) const;
  void forEachDependent(std::string_view uid,
                        const std::function<void(std::size_t monitor, const Value&)>& visit) const;

  // garbage_collector.cpp: what changes mean
  void changed(std::size_t monitor, const client::Change& change);
  void appeared(std::size_t monitor, const Value& object);
  void deletionStarted(std::size_t monitor, const Value& before, const Value& after);
  void referencesChanged(std::size_t monitor, const Value& before, const Value& after);
  void disappeared(const Value& object);
  void enqueueWaitingOwners(const Value& dependent);
  void rememberAbsent(std::string_view uid);

  // garbage_collection.cpp: attemptToDelete and attemptToOrphan
  void attemptToDelete(const std::string& key, Finish finish);
  void classifyNext(const std::shared_ptr<Sync>& sync);
  void decide(const std::shared_ptr<Sync>& sync);
  void removeReferences(const std::shared_ptr<Sync>& sync);
  void unblockThenDelete(const std::shared_ptr<Sync>& sync);
  void remove(const std::shared_ptr<Sync>& sync, std::string_view policy, bool withVersion);
  void processDeletingDependents(const Item& item, const FinishPtr& finish);
  void removeFinalizer(const Item& item, std::string_view finalizer, int attempt, const FinishPtr& finish);
  void attemptToOrphan(const std::string& key, Finish finish);

  const ControllerContext& context_;
  std::vector<Monitor> monitors_;
  client::WorkQueue deleteQueue_;
  client::WorkQueue orphanQueue_;
  bool running_ = false;
  std::unordered_set<std::string> absentOwners_;  ///< uids; never iterated
  std::deque<std::string> absentOrder_;
};

}  // namespace pilothouse::controller_manager
