#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/apiserver/admission/admission.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/apiserver/auth/gate.hpp"
#include "core/apiserver/auth/reviews.hpp"
#include "core/apiserver/bootstrap.hpp"
#include "core/apiserver/cache_view.hpp"
#include "core/apiserver/handlers.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/apiserver/managed_fields.hpp"
#include "core/apiserver/pod_streams.hpp"
#include "core/apiserver/registry.hpp"
#include "core/apiserver/service_resources.hpp"

namespace pilothouse::apiserver {

/// kube-apiserver behind ApiServer, over any Storage. A file a verb: server_create.cpp, server_update.cpp…
class Server {
 public:
  Server(Simulator& simulator, Storage& storage, const Handlers& handlers, ApiServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where the stages of requests are recorded (Stages).
  void recordStages(Stages::Record record) { record_ = std::move(record); }
  /// Code 0, 401 or 403, for a path that is no resource.
  api::Status authorizePath(const std::shared_ptr<const Credentials>& credentials, std::string_view verb,
                            std::string_view path);
  void start();
  void handle(Request request, Responder respond);
  void watch(WatchId id, Request request, Responder respond, WatchSink sink);
  void stopWatch(WatchId id);
  void closeWatches();
  /// Finds out which kubelet serves a stream; a refusal goes to `respond`.
  using Located = Function<void(StreamTarget)>;
  void connect(Request request, Responder respond, Located located);

 private:
  /// A request on its way through the server.
  struct Call {
    Request request;
    Responder respond;
    std::vector<std::string> warnings;
    Stages stages = {};
    Server* server = nullptr;  ///< set when the stages are followed

    [[nodiscard]] const api::Resource& resource() const { return *request.resource; }
    [[nodiscard]] std::string_view name() const { return request.name.asString(); }
    [[nodiscard]] bool dryRun() const { return request.options != nullptr && request.options->dryRun; }
    /// What components of the engine write is well-formed by construction.
    [[nodiscard]] bool trusted() const { return request.fieldValidation == FieldValidation::Ignore; }
    void answer(int code, Value body);
    void fail(const api::Status& status);
  };
  using CallPtr = std::shared_ptr<Call>;
  using Ticket = std::shared_ptr<ServiceResources::Ticket>;

  Registry& registry(const api::Resource& resource);
  Registry* findRegistry(const api::Resource* resource);
  void route(const CallPtr& call);
  bool accepts(Call& call);  ///< false after the call was answered

  // server_admission.cpp
  api::Status admit(Call& call, const Value& object);
  api::Status admitUpdate(const Call& call, const Value& object, const Value& stored);
  void charge(const CallPtr& call, Value object, Ticket ticket);
  void chargeNext(const CallPtr& call, Value object, Ticket ticket, std::vector<Value> quotas);

  // server_access.cpp
  bool enter(Call& call);  ///< false after the call was answered
  void note(Call& call, const api::Status& refusal);
  void review(const CallPtr& call);
  void noteEntered(Call& call);
  static bool isObserved(const api::Resource& resource);
  void observe(const api::Resource& resource, const Value& before, const Value& after);
  void observeAll(const api::Resource& resource);

  // server_start.cpp
  void fill(Registry& registry, std::function<void()> done);
  void follow(Registry& registry, std::uint64_t revision);
  void filled();
  void bootstrap(std::size_t step);
  void bootstrapAccess();
  void createOwn(const BootstrapObject& made, std::function<void()> done);
  void open();
  void scheduleCompaction(std::uint64_t lastRevision);
  void retry(Task task);

  // server_read.cpp
  void get(const CallPtr& call);
  void list(const CallPtr& call);
  void listFromCache(const CallPtr& call, const Predicate& predicate);
  void listPage(const CallPtr& call, const Predicate& predicate, std::uint64_t revision, std::string after);

  // server_watch.cpp
  void openWatch(WatchId id, const CallPtr& call, WatchSink sink);
  void openFreshWatch(WatchId id, const CallPtr& call, WatchTarget target, WatchCache::WatchStart start,
                      WatchSink sink);

  // server_connect.cpp
  void locate(const CallPtr& call, Located located);

  // server_create.cpp
  void create(const CallPtr& call);
  void createIn(const CallPtr& call, Value object);
  void createTracked(const CallPtr& call, Value object, const Value& sentSpec);
  void createAdmitted(const CallPtr& call, Value object);
  void store(const CallPtr& call, Value object, Ticket ticket, int attempt);
  void whenNamespaceAccepts(const CallPtr& call, Value object);
  void bind(const CallPtr& call);

  // server_update.cpp
  void update(const CallPtr& call);
  void patch(const CallPtr& call);
  void write(const CallPtr& call, Registry::Update change, Ticket ticket);
  Registry::Change changed(const Call& call, const Value& stored, Value sent, const Ticket& ticket);
  Outcome patched(Call& call, const Value& stored);

  // server_evict.cpp
  struct Eviction;
  using EvictionPtr = std::shared_ptr<Eviction>;
  void evict(const CallPtr& call);
  void evictAttempt(const EvictionPtr& eviction);
  void askBudgets(const EvictionPtr& eviction);
  void deleteEvicted(const EvictionPtr& eviction);
  void removeEvicted(const EvictionPtr& eviction);
  void evictionFailed(const EvictionPtr& eviction, const api::Status& error);

  // server_apply.cpp
  Outcome applied(Call& call, const Value& stored);
  void createApplied(const CallPtr& call);
  [[nodiscard]] FieldWriter writerOf(const Call& call) const;
  [[nodiscard]] Value managedFieldsOf(const Call& call, const Value& stored, const Value& sent) const;

  // server_delete.cpp
  void remove(const CallPtr& call);
  void removeOne(const CallPtr& call, const Value& ns, const Value& name, Registry::UpdateDone done);
  void removeCollection(const CallPtr& call);
  void removeNext(const CallPtr& call, std::shared_ptr<std::vector<Value>> objects, std::size_t at);
  void removed(const api::Resource& resource, const Value& object);

  Simulator& simulator_;
  Storage& storage_;
  const Handlers& handlers_;
  ApiServerOptions options_;
  ServiceResources services_;
  std::vector<std::unique_ptr<Registry>> registries_;               ///< in discovery's order
  std::unordered_map<const api::Resource*, Registry*> byResource_;  // never iterated
  CacheView cacheView_{byResource_};
  Gate gate_;
  Reviews reviews_;
  Admission admission_;
  Stages::Record record_;
  bool ready_ = false;
  std::size_t unfilled_ = 0;
  std::set<WatchId> opening_;  ///< watches that wait for etcd's version
  std::vector<Task> waiting_;
  TimerId compaction_{};
  std::vector<TimerId> retries_;  ///< of the start and of evictions
  /// A pod's spec as sent, read and admitted: pods of one template share them.
  struct PodSpec {
    Value ns;
    Value sent;
    Value decoded;
    Value admitted;
  };
  std::vector<PodSpec> podSpecs_;
  std::size_t nextPodSpec_ = 0;
};

}  // namespace pilothouse::apiserver
