#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/client/event_recorder.hpp"
#include "core/controller_manager/controller.hpp"
#include "core/controller_manager/controller_options.hpp"
#include "core/controller_manager/expectations.hpp"
#include "core/controller_manager/job_indexes.hpp"
#include "core/controller_manager/job_pods.hpp"
#include "core/controller_manager/job_status.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::controller_manager {

/// Runs pods until as many have succeeded as each Job says (pkg/controller/job).
///
/// Every pod of a Job carries a finalizer until the Job's status has counted it: first its uid is written to
/// status.uncountedTerminatedPods, then the finalizer goes, then the counter grows.
class JobController : public Controller {
 public:
  JobController(const ControllerContext& context, const api::Resource& jobs,
                const JobControllerOptions& options);
  void start() override;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  /// What is known of a Job besides the object, by its uid.
  struct Known {
    std::string key;  ///< "namespace/name"
    Expectations expectations;
    std::set<std::string, std::less<>> finalizersGoing;  ///< uids of pods whose finalizer was taken away
    JobBackoff backoff;
    int failures = 0;  ///< syncs that failed one after the other
    Value templateSeen;
    Value podBody;  ///< the body of every creation but for what an index adds
  };
  /// What a Job comes to at the end of a sync: a condition that is True.
  struct Finished {
    std::string type;  ///< Complete, SuccessCriteriaMet, Failed or FailureTarget
    std::string reason;
    std::string message;
  };
  struct Sync;
  using SyncPointer = std::shared_ptr<Sync>;

  void jobChanged(const client::Change& change);
  void podChanged(const client::Change& change);
  void podAdded(const Value& pod);
  void podUpdated(const Value& before, const Value& after);
  void podDeleted(const Value& pod, bool gone);
  Known* known(const Value& controller);
  const Value& jobOf(const Known* known) const;
  void enqueue(const Known& known, SimDuration delay) { queue_.addAfter(known.key, delay); }
  void enqueueMatching(const Value& orphan);
  void enqueueOrphan(const Value& pod);
  void cleanUpFinalizers(const Value& job);
  void syncOrphan(const std::string& key, client::WorkQueue::Finish finish);

  void sync(const std::string& key, client::WorkQueue::Finish finish);
  bool findPods(Sync& sync) const;
  void claim(const SyncPointer& sync);
  void patchClaims(const SyncPointer& sync);
  void fail(Sync& sync);
  void done(Sync& sync);

  // job_sync.cpp
  void count(Sync& sync);
  void judge(Sync& sync);
  void judgeLimits(Sync& sync);
  void judgeIndexes(Sync& sync);
  void deleteActive(const SyncPointer& sync);
  void afterManage(const SyncPointer& sync, bool managed);
  void conclude(const SyncPointer& sync);

  // job_manage.cpp
  void manage(const SyncPointer& sync);
  std::vector<Value> activeForRemoval(const Sync& sync, std::int64_t atLeast) const;
  void deletePods(const SyncPointer& sync, const std::vector<Value>& pods);
  void deletionAnswered(const SyncPointer& sync, const Value& pod, const client::Response& response);
  void createPods(const SyncPointer& sync, std::int64_t missing);
  void createBatch(const SyncPointer& sync, std::size_t from, std::size_t batch);
  void createPod(const SyncPointer& sync, const Value& body, std::size_t from, std::size_t batch);
  std::vector<std::int64_t> pendingIndexes(const Sync& sync, std::int64_t count) const;
  std::vector<std::int64_t> indexesWithoutWait(const Sync& sync, const std::vector<std::int64_t>& indexes,
                                               SimDuration& wait) const;
  const Value& podBody(const Value& job, Known& known) const;
  Value indexedPodBody(const Sync& sync, const Value& body, std::int64_t index) const;
  void remove(const SyncPointer& sync, const Value& pod, std::function<void(const client::Response&)> done);

  // job_tracking.cpp
  void track(const SyncPointer& sync);
  void trackPods(Sync& sync);
  void trackPod(Sync& sync, const Value& pod, std::size_t& newlySucceeded);
  bool mayLetGo(const Sync& sync, const Value& pod, bool failed) const;
  void noteInterimConditions(Sync& sync);
  void flush(const SyncPointer& sync);
  void finalizerGone(const SyncPointer& sync, const Value& pod, const client::Response& response);
  void afterRemoval(const SyncPointer& sync);
  void removeFinalizers(const SyncPointer& sync);
  void enact(const SyncPointer& sync);
  void recordFinished(const Sync& sync);

  const ControllerContext& context_;
  const api::Resource& resource_;
  const JobControllerOptions options_;
  client::Informer& jobs_;
  client::Informer& pods_;
  int byNamespace_;  ///< index of the Jobs' store
  client::EventRecorder recorder_;
  client::WorkQueue queue_;
  client::WorkQueue orphans_;
  std::vector<std::string> orphansBeforeStart_;
  bool started_ = false;
  std::unordered_map<std::string, Known, TextHash, std::equal_to<>> known_;  // never iterated
};

/// One run of sync(key) over its chain of requests (syncJobCtx).
struct JobController::Sync {
  std::string key;
  client::WorkQueue::Finish finish;
  Value job;  ///< as it was written last
  JobStatus status;
  LabelSelector selector;
  bool expectationsMet = false;
  std::vector<Value> pods;
  std::vector<Value> activePods;
  std::vector<Value> toAdopt;
  std::vector<Value> toRelease;
  bool claimFailed = false;
  std::size_t pending = 0;  ///< requests of this step that are in the air

  std::int64_t active = 0;
  std::int64_t ready = 0;
  std::int64_t terminating = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  JobIndexes succeededBefore;
  JobIndexes succeededIndexes;
  std::optional<JobIndexes> failedIndexes;
  /// By index, the failed pod that stays until its successor is made, which takes over its count of failures.
  std::map<std::int64_t, Value> waitingForSuccessor;
  JobBackoff backoff;
  std::set<std::string, std::less<>> finalizersGoing;
  std::optional<Finished> finished;
  std::string error;  ///< of creations and deletions; "" for none

  std::vector<std::int64_t> indexesToCreate;
  std::size_t toCreate = 0;
  std::size_t created = 0;
  std::int64_t deleted = 0;
  std::int64_t deletedReady = 0;

  std::set<std::string, std::less<>> withFinalizer;  ///< uids
  std::vector<Value> toLetGo;
  bool letGoFailed = false;
  bool tooManyUncounted = false;
  bool jobFinished = false;

  [[nodiscard]] const Value& spec() const { return job[keys::spec]; }
};

/// PATCH body that takes the tracking finalizer from a pod.
Value withoutTrackingFinalizerPatch();

}  // namespace pilothouse::controller_manager
