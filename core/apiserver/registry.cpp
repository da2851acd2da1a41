#include "core/apiserver/registry.hpp"

#include <cassert>
#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/object_meta.hpp"

namespace pilothouse::apiserver {
namespace {

const Value& podNode(const Value& pod) { return pod.get(keys::spec, keys::nodeName); }

WatchCache::Trigger triggerOf(const api::Resource& resource) {
  return &resource == &api::resources::pods ? &podNode : nullptr;
}

}  // namespace

api::Status storageError(const api::Resource& resource, std::string_view name, const StorageResult& result) {
  switch (result.code) {
    case StorageResult::Code::NotFound:
      return api::Status::notFound(resource, name);
    case StorageResult::Code::Exists:
      return api::Status::alreadyExists(resource, name);
    case StorageResult::Code::Changed:
      return modifiedConflict(resource, name);
    case StorageResult::Code::Compacted:
      return api::Status::gone("The resourceVersion for the provided list is too old.");
    case StorageResult::Code::TooLarge:
      return api::Status::internalError("etcdserver: request is too large");
    case StorageResult::Code::Ok:
    case StorageResult::Code::Unavailable:
      break;
  }
  // An error that is no metav1.Status has no reason (responsewriters.ErrorToAPIStatus).
  return {500, "", std::string(result.error), {}};
}

Registry::Registry(Simulator& simulator, Storage& storage, const api::Resource& resource, SimDuration ttl)
    : storage_(storage), resource_(resource), ttl_(ttl), cache_(simulator, resource, triggerOf(resource)) {}

void Registry::get(const Value& ns, const Value& name, Done done) {
  storage_.get(resource_, ns, name, [this, name, done = std::move(done)](StorageResult result) mutable {
    if (result.code == StorageResult::Code::Ok) {
      done(Outcome::of(std::move(result.object)));
    } else {
      done(Outcome::failed(storageError(resource_, name.asString(), result)));
    }
  });
}

void Registry::create(const Value& object, Storage::Done done) {
  storage_.create(resource_, object, ttl_, std::move(done));
}

struct Registry::Attempt {
  Value ns;
  Value name;
  bool dryRun;
  Update update;
  UpdateDone done;
};

void Registry::update(const Value& ns, const Value& name, bool dryRun, Update update, UpdateDone done) {
  auto attempt = std::make_shared<Attempt>(Attempt{ns, name, dryRun, std::move(update), std::move(done)});
  const Value& cached = cache_.find(ns.asString(), name.asString());
  if (cached.isNull()) {
    fetch(std::move(attempt));
  } else {
    decide(std::move(attempt), cached, true);
  }
}

void Registry::fetch(std::shared_ptr<Attempt> attempt) {
  const Attempt& a = *attempt;
  storage_.get(resource_, a.ns, a.name, [this, attempt](StorageResult result) {
    if (result.code == StorageResult::Code::Ok) {
      decide(attempt, std::move(result.object), false);
    } else {
      attempt->done({{}, {}, storageError(resource_, attempt->name.asString(), result)});
    }
  });
}

// What the cache has may be old: a refusal or "nothing to write" counts only for what etcd has.
void Registry::decide(std::shared_ptr<Attempt> attempt, Value stored, bool fromCache) {
  Change change = attempt->update(stored);
  if (change.error.code != 0) {
    if (fromCache) return fetch(std::move(attempt));
    return attempt->done({{}, std::move(stored), std::move(change.error)});
  }
  if (change.step == Change::Step::Put) {
    change.object = sharedWith(change.object, stored);
    if (change.object.sameAs(stored)) {
      if (fromCache) return fetch(std::move(attempt));
      return attempt->done({stored, stored, {}});
    }
  }
  if (attempt->dryRun) {
    return attempt->done(
        {std::move(change.object), std::move(stored), {}, change.step == Change::Step::Remove});
  }
  write(std::move(attempt), std::move(stored), std::move(change));
}

void Registry::write(std::shared_ptr<Attempt> attempt, Value stored, Change change) {
  const std::uint64_t revision = api::resourceVersion(stored);
  assert(revision > 0);
  const bool removes = change.step == Change::Step::Remove;
  const Value object = change.object;
  auto answered = [this, attempt, stored, object, removes](StorageResult result) {
    if (result.code == StorageResult::Code::Ok) {
      attempt->done({removes ? object : std::move(result.object), stored, {}, removes});
    } else if (result.code == StorageResult::Code::Changed && !result.object.isNull()) {
      decide(attempt, std::move(result.object), false);
    } else {
      if (result.code == StorageResult::Code::Changed) result.code = StorageResult::Code::NotFound;
      attempt->done({{}, stored, storageError(resource_, attempt->name.asString(), result)});
    }
  };
  if (removes) {
    storage_.remove(resource_, stored, revision, std::move(answered));
  } else {
    storage_.replace(resource_, object, revision, ttl_, std::move(answered));
  }
}

}  // namespace pilothouse::apiserver
