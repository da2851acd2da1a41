#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/object_meta.hpp"
#include "core/apiserver/server.hpp"
#include "core/apiserver/subresources.hpp"
#include "core/apiserver/versions.hpp"
#include "core/apiserver/write_options.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr int kMaxNameGenerationAttempts = 8;  // maxNameGenerationCreateAttempts
constexpr std::size_t kAdmittedPodSpecsMax = 64;
constexpr std::size_t kMaxStoredBytes = 3 * 512 * 1024;  // etcd's --max-request-bytes

const Key kCauses = Key::intern("causes");
const Key kField = Key::intern("field");

// NamespaceLifecycle's refusal in a namespace that is going.
api::Status terminatingNamespace(const api::Resource& resource, std::string_view name,
                                 const std::string& ns) {
  api::Status status = api::Status::forbidden(
      resource, name, "unable to create new content in namespace " + ns + " because it is being terminated");
  const Value cause = Value::object({{kField, "metadata.namespace"},
                                     {keys::message, "namespace " + ns + " is being terminated"},
                                     {keys::reason, "NamespaceTerminating"}});
  status.details = status.details.with(kCauses, status.details[kCauses].appended(cause));
  return status;
}

api::Status generateNameConflict(const api::Resource& resource, std::string_view name) {
  api::Status status = api::Status::alreadyExists(resource, name);
  status.message += ", the server was not able to generate a unique name for the object";
  return status;
}

}  // namespace

void Server::create(const CallPtr& call) {
  // Of what is not stored only Bindings come here: the old form of pods/binding.
  if (!api::kindOf(call->resource()).stored) return bind(call);
  if (const api::Status invalid = validateWriteOptions(call->request); invalid.code != 0) {
    return call->fail(invalid);
  }
  if (!call->request.body.isObject()) {
    return call->fail(api::Status::badRequest("the body of the request must be an object"));
  }
  Outcome placed = withRequestNamespace(call->resource(), call->request.body, call->request.namespace_);
  if (!placed.ok()) return call->fail(placed.error);
  const Value& version = api::meta(placed.object)[keys::resourceVersion];
  if (!version.asString().empty() && version.asString() != "0") {
    api::Status status;
    status.code = 500;
    status.message = "resourceVersion should not be set on objects to be created";
    return call->fail(status);
  }
  whenNamespaceAccepts(call, std::move(placed.object));
}

// NamespaceLifecycle: the cache knows nearly always; a namespace made a moment ago is looked up in etcd.
void Server::whenNamespaceAccepts(const CallPtr& call, Value object) {
  if (!call->resource().namespaced) return createIn(call, std::move(object));
  const Value ns = api::meta(object)[keys::namespace_];
  const auto decide = [this, call](Value body, const Value& found) {
    if (api::isBeingDeleted(found)) {
      return call->fail(
          terminatingNamespace(call->resource(), api::name(body), std::string(api::name(found))));
    }
    createIn(call, std::move(body));
  };
  Registry& namespaces = registry(api::resources::namespaces);
  if (const Value& cached = namespaces.cache().find("", ns.asString()); !cached.isNull()) {
    return decide(std::move(object), cached);
  }
  namespaces.get(Value(), ns, [call, decide, object](Outcome found) {
    if (!found.ok()) return call->fail(found.error);
    decide(object, found.object);
  });
}

void Server::createIn(const CallPtr& call, Value object) {
  const bool isPod = &call->resource() == &api::resources::pods;
  if (isPod && call->trusted()) {
    // Pods of one template carry the same tree: what became of it once is used again for all.
    const Value& sent = object[keys::spec];
    for (const PodSpec& known : podSpecs_) {
      if (!known.sent.sameAs(sent) || !(known.ns == api::meta(object)[keys::namespace_])) continue;
      const Value managed = managedFieldsOf(*call, Value(), object.with(keys::spec, known.decoded));
      return createAdmitted(call, withManagedFields(object.with(keys::spec, known.admitted), managed));
    }
  }
  Decoded decoded = decode(call->resource(), object, call->request.fieldValidation);
  if (!decoded.ok()) return call->fail(decoded.error);
  call->warnings = std::move(decoded.warnings);
  const Value managed = managedFieldsOf(*call, Value(), decoded.object);
  createTracked(call, withManagedFields(decoded.object, managed), object[keys::spec]);
}

void Server::createTracked(const CallPtr& call, Value object, const Value& sentSpec) {
  Outcome admitted = admission_.mutate(call->request, object, call->stages);
  if (!admitted.ok()) return call->fail(admitted.error);
  if (&call->resource() != &api::resources::pods) {
    return createAdmitted(call, toStored(call->resource(), admitted.object));
  }
  // What a plugin has noted on the pod itself is not in its spec.
  const bool specAlone = api::meta(admitted.object).sameAs(api::meta(object));
  if (call->trusted() && sentSpec.isObject() && specAlone) {
    if (podSpecs_.size() < kAdmittedPodSpecsMax) podSpecs_.emplace_back();
    podSpecs_[nextPodSpec_ % podSpecs_.size()] = {api::meta(object)[keys::namespace_], sentSpec,
                                                  object[keys::spec], admitted.object[keys::spec]};
    nextPodSpec_ = (nextPodSpec_ + 1) % kAdmittedPodSpecsMax;
  }
  createAdmitted(call, std::move(admitted.object));
}

void Server::createAdmitted(const CallPtr& call, Value object) {
  const Value filled = filledForCreate(object, simulator_.now(), simulator_.random());
  Outcome prepared = prepareCreate(call->resource(), filled, simulator_.now());
  if (!prepared.ok()) return call->fail(prepared.error);
  if (!call->trusted()) addWarnings(call->warnings, call->resource(), prepared.object, Value());
  if (api::Status refusal = admit(*call, prepared.object); refusal.code != 0) return call->fail(refusal);
  auto ticket = std::make_shared<ServiceResources::Ticket>();
  if (&call->resource() == &api::resources::services) {
    prepared = services_.allocate(prepared.object, Value(), *ticket);
    if (!prepared.ok()) return call->fail(prepared.error);
  }
  if (!call->trusted() && jsonSize(prepared.object, kMaxStoredBytes) > kMaxStoredBytes) {
    services_.revert(*ticket);
    return call->fail(storageError(storedResource(call->resource()), api::name(prepared.object),
                                   {StorageResult::Code::TooLarge, {}, 0}));
  }
  charge(call, std::move(prepared.object), std::move(ticket));
}

void Server::store(const CallPtr& call, Value object, Ticket ticket, int attempt) {
  if (call->stages.followed()) note(*call, {});
  Registry& store_ = registry(call->resource());
  if (call->dryRun()) {
    services_.revert(*ticket);
    store_.get(api::meta(object)[keys::namespace_], api::meta(object)[keys::name],
               [call, object](Outcome found) {
                 if (found.ok()) {
                   return call->fail(api::Status::alreadyExists(call->resource(), api::name(object)));
                 }
                 call->answer(201, object);
               });
    return;
  }
  store_.create(object, [this, call, object, ticket, attempt](StorageResult result) {
    if (result.code == StorageResult::Code::Ok) return call->answer(201, std::move(result.object));
    const bool generated = api::name(call->request.body).empty();
    if (result.code == StorageResult::Code::Exists && generated) {
      if (attempt < kMaxNameGenerationAttempts) {
        return store(call, renamed(object, simulator_.random()), ticket, attempt + 1);
      }
      services_.revert(*ticket);
      return call->fail(generateNameConflict(call->resource(), api::name(object)));
    }
    services_.revert(*ticket);
    call->fail(storageError(storedResource(call->resource()), api::name(object), result));
  });
}

void Server::bind(const CallPtr& call) {
  const Value binding = call->request.body;
  if (const api::Status invalid = validateBinding(binding); invalid.code != 0) return call->fail(invalid);
  const Value& name = call->name().empty() ? api::meta(binding)[keys::name] : call->request.name;
  const Value& ns = call->request.namespace_.asString().empty() ? api::meta(binding)[keys::namespace_]
                                                                : call->request.namespace_;
  if (call->stages.followed()) note(*call, {});
  registry(call->resource())
      .update(
          ns, name, call->dryRun(),
          [this, binding](const Value& pod) -> Registry::Change {
            Outcome bound = bindPod(pod, binding, simulator_.now());
            return {Registry::Change::Step::Put, std::move(bound.object), std::move(bound.error)};
          },
          [call](Registry::Updated updated) {
            if (!updated.ok()) return call->fail(updated.error);
            static const Value success = Value::object({{keys::apiVersion, "v1"},
                                                        {keys::code, 201},
                                                        {keys::kind, "Status"},
                                                        {keys::metadata, Value::emptyObject()},
                                                        {keys::status, "Success"}});
            call->answer(201, success);
          });
}

}  // namespace pilothouse::apiserver
