#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/auth/bootstrap_policy.hpp"
#include "core/apiserver/bootstrap.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr SimDuration kFillRetryDelay = std::chrono::seconds(1);

}  // namespace

void Server::retry(Task task) { retries_.push_back(simulator_.after(kFillRetryDelay, std::move(task))); }

void Server::start() {
  unfilled_ = registries_.size();
  for (const auto& registry : registries_) {
    fill(*registry, [this] {
      if (--unfilled_ == 0) filled();
    });
  }
}

void Server::fill(Registry& registry, std::function<void()> done) {
  storage_.list(registry.resource(), {}, [this, &registry, done](StorageList found) {
    if (found.code != StorageResult::Code::Ok) {
      retry([this, &registry, done] { fill(registry, done); });
      return;
    }
    registry.cache().reset(found.objects, found.revision);
    observeAll(registry.resource());
    follow(registry, found.revision);
    done();
  });
}

void Server::follow(Registry& registry, std::uint64_t revision) {
  const bool observed = isObserved(registry.resource());
  storage_.watch(registry.resource(), revision,
                 {[this, observed, &registry](const Value& after, const Value& before, std::uint64_t at) {
                    registry.cache().apply(after, before, at);
                    if (observed) observe(registry.resource(), before, after);
                  },
                  [this, &registry] { fill(registry, [] {}); }});
}

void Server::filled() {
  services_.clear();
  registry(api::resources::services).cache().objects().forEach("", [this](const Value& service) {
    services_.adopt(service);
    return true;
  });
  scheduleCompaction(0);
  bootstrap(0);
}

void Server::bootstrap(std::size_t step) {
  const auto objects = bootstrapObjects(services_.apiServerAddress(), options_.advertiseAddress);
  if (step == objects.size()) return bootstrapAccess();
  createOwn(objects[step], [this, step] { bootstrap(step + 1); });
}

// All at once, as they do not need each other. Requests wait until the caches have them: they could be
// refused else.
void Server::bootstrapAccess() {
  const std::vector<BootstrapObject> objects = bootstrapPolicy();
  auto left = std::make_shared<std::size_t>(objects.size() + 1);
  const auto one = [this, left] {
    if (--*left == 0) open();
  };
  for (const BootstrapObject& made : objects) createOwn(made, one);
  one();
}

void Server::open() {
  storage_.currentRevision([this](StorageResult result) {
    if (result.code != StorageResult::Code::Ok) return retry([this] { open(); });
    ready_ = true;
    for (Task& task : std::exchange(waiting_, {})) task();
  });
}

void Server::createOwn(const BootstrapObject& made, std::function<void()> done) {
  const Value& metadata = api::meta(made.object);
  if (!cacheView_.find(made.resource, metadata[keys::namespace_].asString(), metadata[keys::name].asString())
           .isNull()) {
    return done();
  }
  auto call = std::make_shared<Call>();
  call->request.verb = Verb::Create;
  call->request.fieldValidation = FieldValidation::Ignore;
  call->request.resource = made.resource;
  call->request.namespace_ = metadata[keys::namespace_];
  call->request.name = metadata[keys::name];
  call->request.body = made.object;
  call->request.user = gate_.loopback();
  call->request.userAgent = "kube-apiserver";
  call->respond = [this, made, done = std::move(done)](Response response) {
    if (response.ok() || response.code == 409) return done();
    retry([this, made, done] { createOwn(made, done); });
  };
  create(call);
}

// etcd3's compactor: what was the newest version one interval ago is the oldest that is kept.
void Server::scheduleCompaction(std::uint64_t lastRevision) {
  const CauseScope ownCause(simulator_, CauseId::None);
  compaction_ = simulator_.after(options_.etcdCompactionInterval, [this, lastRevision] {
    if (lastRevision > 0) storage_.compact(lastRevision);
    storage_.currentRevision([this, lastRevision](StorageResult result) {
      scheduleCompaction(result.code == StorageResult::Code::Ok ? result.revision : lastRevision);
    });
  });
}

}  // namespace pilothouse::apiserver
