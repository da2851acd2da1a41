#include <utility>

#include "core/api/keys.hpp"
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
    follow(registry, found.revision);
    done();
  });
}

void Server::follow(Registry& registry, std::uint64_t revision) {
  storage_.watch(registry.resource(), revision,
                 {[&registry](const Value& after, const Value& before, std::uint64_t at) {
                    registry.cache().apply(after, before, at);
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
  if (step == objects.size()) {
    ready_ = true;
    for (Task& task : std::exchange(waiting_, {})) task();
    return;
  }
  const BootstrapObject& next = objects[step];
  const Value& metadata = api::meta(next.object);
  if (!registry(*next.resource)
           .cache()
           .find(metadata[keys::namespace_].asString(), metadata[keys::name].asString())
           .isNull()) {
    return bootstrap(step + 1);
  }
  auto call = std::make_shared<Call>();
  call->request.verb = Verb::Create;
  call->request.fieldValidation = FieldValidation::Ignore;
  call->request.resource = next.resource;
  call->request.namespace_ = metadata[keys::namespace_];
  call->request.name = metadata[keys::name];
  call->request.body = next.object;
  call->request.userAgent = "kube-apiserver";
  call->respond = [this, step](Response response) {
    const bool done = response.ok() || response.code == 409;
    if (done) return bootstrap(step + 1);
    retry([this, step] { bootstrap(step); });
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
