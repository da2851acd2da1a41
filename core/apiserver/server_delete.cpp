#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/admission/node_restriction.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kDryRun = Key::intern("dryRun");

// NamespaceLifecycle's immortalNamespaces.
bool isImmortal(std::string_view ns) { return ns == "default" || ns == "kube-system" || ns == "kube-public"; }

}  // namespace

void Server::removed(const api::Resource& resource, const Value& object) {
  if (&resource == &api::resources::services) services_.releaseDropped(object, Value());
}

void Server::remove(const CallPtr& call) {
  const api::Resource& resource = call->resource();
  if (const api::Status invalid = validateDeleteOptions(call->request.body); invalid.code != 0) {
    return call->fail(invalid);
  }
  if (&resource == &api::resources::namespaces && isImmortal(call->name())) {
    call->stages.add("admission", "forbid", "NamespaceLifecycle");
    return call->fail(api::Status::forbidden(resource, call->name(), "this namespace may not be deleted"));
  }
  if (const api::Status refusal = restrictNode(call->request, Value(), cacheView_); refusal.code != 0) {
    return call->fail(refusal);
  }
  note(*call, {});
  if (const std::string warning = deletionWarning(resource, call->request.body); !warning.empty()) {
    call->warnings.push_back(warning);
  }
  removeOne(call, call->request.namespace_, call->request.name, [call](Registry::Updated deleted) {
    if (!deleted.ok()) return call->fail(deleted.error);
    const api::Resource& kind = call->resource();
    const bool asStatus = deleted.removed && !returnsDeletedObject(kind);
    call->answer(200, asStatus ? deletedStatus(kind, deleted.before) : std::move(deleted.object));
  });
}

void Server::removeOne(const CallPtr& call, const Value& ns, const Value& name, Registry::UpdateDone done) {
  const api::Resource& resource = call->resource();
  const Value options = call->request.body;
  const bool dryRun = call->dryRun() || !options[kDryRun].empty();
  auto removesNext = std::make_shared<bool>(false);
  const auto plan = [this, &resource, options, removesNext](const Value& stored) -> Registry::Change {
    DeletePlan next = planDeletion(resource, stored, options, simulator_.now());
    *removesNext = next.step == DeletePlan::Step::UpdateThenRemove;
    const auto step =
        next.step == DeletePlan::Step::Remove ? Registry::Change::Step::Remove : Registry::Change::Step::Put;
    return {step, std::move(next.object), std::move(next.error)};
  };
  auto shared = std::make_shared<Registry::UpdateDone>(std::move(done));
  registry(resource).update(
      ns, name, dryRun, plan,
      [this, &resource, ns, name, dryRun, removesNext, shared](Registry::Updated first) {
        if (first.ok() && first.removed && !dryRun) removed(resource, first.before);
        if (!first.ok() || !*removesNext || dryRun) return (*shared)(std::move(first));
        // The grace period is over: watchers have seen it become 0, now the object goes.
        const Value marked = first.object;
        registry(resource).update(
            ns, name, false,
            [marked, &resource](const Value& stored) -> Registry::Change {
              if (api::uid(stored) != api::uid(marked)) {
                return {{}, {}, api::Status::notFound(resource, api::name(marked))};
              }
              return {Registry::Change::Step::Remove, stored, {}};
            },
            [this, &resource, marked, shared](Registry::Updated second) {
              if (second.ok()) removed(resource, second.before);
              if (!second.ok() && api::isNotFound(second.error)) second = {marked, marked, {}, true};
              if (second.ok()) second.object = marked;
              (*shared)(std::move(second));
            });
      });
}

void Server::removeCollection(const CallPtr& call) {
  if (const api::Status invalid = validateDeleteOptions(call->request.body); invalid.code != 0) {
    return call->fail(invalid);
  }
  note(*call, {});
  // The list of what to delete, as a list request would answer it.
  auto listing = std::make_shared<Call>();
  listing->request = call->request;
  listing->request.verb = Verb::List;
  listing->respond = [this, call](Response found) {
    if (!found.ok()) return call->answer(found.code, std::move(found.body));
    const auto items = found.body[keys::items].items();
    auto objects = std::make_shared<std::vector<Value>>(items.begin(), items.end());
    // The selectors have done their work.
    auto options = std::make_shared<RequestOptions>();
    options->dryRun = call->dryRun();
    call->request.options = std::move(options);
    removeNext(call, std::move(objects), 0);
  };
  list(listing);
}

void Server::removeNext(const CallPtr& call, std::shared_ptr<std::vector<Value>> objects, std::size_t at) {
  if (at == objects->size()) {
    const api::Resource& resource = call->resource();
    const std::uint64_t revision = registry(resource).cache().revision();
    return call->answer(
        200, Value::object(
                 {{keys::apiVersion, resource.apiVersion()},
                  {keys::items, Value::array(*objects)},
                  {keys::kind, std::string(resource.kind) + "List"},
                  {keys::metadata, Value::object({{keys::resourceVersion, std::to_string(revision)}})}}));
  }
  const Value& metadata = api::meta((*objects)[at]);
  removeOne(call, metadata[keys::namespace_], metadata[keys::name],
            [this, call, objects, at](Registry::Updated deleted) {
              if (!deleted.ok() && !api::isNotFound(deleted.error)) return call->fail(deleted.error);
              removeNext(call, objects, at + 1);
            });
}

}  // namespace pilothouse::apiserver
