#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/controller_refs.hpp"
#include "core/controller_manager/expectations.hpp"
#include "core/controller_manager/owned_pods.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::controller_manager {

/// What makes a ReplicationController of a ReplicaSet (pkg/controller/replication/conversion.go).
struct ReplicaKind {
  const api::Resource& resource;
  std::string_view component;  ///< as events name it
  bool mapSelector = false;    ///< spec.selector is a map of labels; nothing owns several of the kind
};

/// Keeps as many pods as each ReplicaSet says (pkg/controller/replicaset/replica_set.go), and as each
/// ReplicationController says.
class ReplicaSetController : public Controller {
 public:
  static constexpr std::int64_t kBurstReplicas = 500;
  static constexpr std::int64_t kSlowStartInitialBatchSize = 1;
  static constexpr int kWorkers = 5;  // --concurrent-replicaset-syncs, --concurrent-rc-syncs

  ReplicaSetController(const ControllerContext& context, const ReplicaKind& kind);
  void start() override;

 private:
  /// What is known of a ReplicaSet besides the object, by its uid.
  struct Known {
    std::string key;  ///< "namespace/name", made once and not for each pod
    Expectations expectations;
    Value templateSeen;  ///< the template of `podBody`
    Value podBody;       ///< the body of every creation: pods of a template share one tree
    /// Pods that a scaling down has chosen and not deleted yet, the first at the end; for one generation of
    /// the object. A large ReplicaSet is ranked once and not for every burst of 500.
    std::vector<Value> chosen;
    std::int64_t chosenFor = 0;
  };
  struct Sync;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void replicaSetChanged(const client::Change& change);
  void podChanged(const client::Change& change);
  void podUpdated(const Value& before, const Value& after);
  void podGone(const Value& pod);
  void enqueueMatching(const Value& orphan);
  const Value& resolve(std::string_view ns, const Value& controller) const;
  LabelSelector selectorOf(const Value& replicaSet) const;
  Known* known(const Value& controller);

  void sync(const std::string& key, client::WorkQueue::Finish finish);
  Claims findClaims(const Sync& sync) const;
  void countPods(Sync& sync) const;

  // replica_set_manage.cpp
  void manage(const std::shared_ptr<Sync>& sync);
  void createBatch(const std::shared_ptr<Sync>& sync, std::int64_t remaining, std::int64_t batch);
  void recordCreation(Sync& sync, const client::Response& response);
  void finishCreations(const std::shared_ptr<Sync>& sync);
  void deletePods(const std::shared_ptr<Sync>& sync, std::int64_t count);
  std::vector<Value> choosePods(const Value& replicaSet, std::int64_t count, std::int64_t difference);
  std::vector<Value> rankedPods(const Value& replicaSet, std::int64_t count) const;
  Value podBody(const Value& replicaSet, Known& known) const;
  void updateStatus(const std::shared_ptr<Sync>& sync);
  void writeStatus(const std::shared_ptr<Sync>& sync, const Value& replicaSet, bool mayRetry);
  void finish(const std::shared_ptr<Sync>& sync, const Value& replicaSet);
  Value statusOf(const Sync& sync, const Value& replicaSet) const;

  const ControllerContext& context_;
  const ReplicaKind kind_;
  client::Informer& replicaSets_;
  client::Informer& pods_;
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  std::unordered_map<std::string, Known, TextHash, std::equal_to<>> known_;  // never iterated
};

/// One run of sync(key) over its chain of requests.
struct ReplicaSetController::Sync {
  std::string key;
  client::WorkQueue::Finish finish;
  Value replicaSet;
  LabelSelector selector;
  bool needsSync = false;
  std::size_t pending = 0;  ///< requests of this step that are in the air

  std::int64_t active = 0;  ///< counts before anything was created or deleted
  std::int64_t ready = 0;
  std::int64_t available = 0;
  std::int64_t fullyLabeled = 0;
  std::int64_t wanted = 0;  ///< creations planned
  std::int64_t successes = 0;
  std::string error;  ///< manageReplicasErr; "" for none
};

}  // namespace pilothouse::controller_manager
