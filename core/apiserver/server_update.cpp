#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/object_meta.hpp"
#include "core/apiserver/server.hpp"
#include "core/apiserver/subresources.hpp"
#include "core/apiserver/versions.hpp"
#include "core/apiserver/write_options.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kMaxDepth = 200;

const Key kFinalize = Key::intern("finalize");
const Key kScale = Key::intern("scale");
const Key kStatus = Key::intern("status");

}  // namespace

void Server::update(const CallPtr& call) {
  if (const api::Status invalid = validateWriteOptions(call->request); invalid.code != 0) {
    return call->fail(invalid);
  }
  Request& request = call->request;
  if (!request.body.isObject()) {
    return call->fail(api::Status::badRequest("the body of the request must be an object"));
  }
  const bool scale = request.subresource == kScale;
  const std::string_view sentName = api::name(request.body);
  if (call->name().empty()) request.name = api::meta(request.body)[keys::name];
  if (!scale || !sentName.empty()) {
    if (const api::Status wrong = checkName(request.body, call->name()); wrong.code != 0) {
      return call->fail(wrong);
    }
  }
  Outcome placed = withRequestNamespace(call->resource(), request.body, request.namespace_);
  if (!placed.ok() && !scale) return call->fail(placed.error);
  if (placed.ok()) {
    request.body = std::move(placed.object);
    if (call->resource().namespaced) request.namespace_ = api::meta(request.body)[keys::namespace_];
  }

  auto ticket = std::make_shared<ServiceResources::Ticket>();
  if (scale) {
    return write(
        call,
        [this, call, ticket](const Value& stored) -> Registry::Change {
          Outcome scaled = withScale(call->resource(), stored, call->request.body);
          if (!scaled.ok()) return {{}, {}, std::move(scaled.error)};
          return changed(*call, stored, std::move(scaled.object), ticket);
        },
        ticket);
  }
  // Components send statuses that they made from a served object: there is nothing to decode or default.
  Value sent = request.body;
  if (!(call->trusted() && request.subresource == kStatus)) {
    Decoded decoded = decode(call->resource(), sent, request.fieldValidation);
    if (!decoded.ok()) return call->fail(decoded.error);
    call->warnings = std::move(decoded.warnings);
    sent = std::move(decoded.object);
  }
  sent = toStored(call->resource(), sent);
  write(
      call, [this, call, sent, ticket](const Value& stored) { return changed(*call, stored, sent, ticket); },
      ticket);
}

void Server::patch(const CallPtr& call) {
  if (const api::Status invalid = validateWriteOptions(call->request); invalid.code != 0) {
    return call->fail(invalid);
  }
  auto ticket = std::make_shared<ServiceResources::Ticket>();
  write(
      call,
      [this, call, ticket](const Value& stored) -> Registry::Change {
        const bool apply = call->request.patchType == PatchType::Apply;
        Outcome sent = apply ? applied(*call, stored) : patched(*call, stored);
        if (!sent.ok()) return {{}, {}, std::move(sent.error)};
        return changed(*call, stored, toStored(call->resource(), sent.object), ticket);
      },
      ticket);
}

// The stored object with the request's patch, read again as its kind.
Outcome Server::patched(Call& call, const Value& stored) {
  const Request& request = call.request;
  const bool scale = request.subresource == kScale;
  Outcome result = applyPatch(call.resource(), request.patchType,
                              scale ? scaleOf(stored) : fromStored(call.resource(), stored), request.body);
  if (!result.ok()) return result;
  if (!call.trusted() && result.object.depth() > kMaxDepth) {
    return Outcome::failed(api::Status::badRequest("the object is nested too deeply"));
  }
  if (scale) return withScale(call.resource(), stored, result.object);
  if (const api::Status wrong = checkName(result.object, api::name(stored)); wrong.code != 0) {
    return Outcome::failed(wrong);
  }
  if (api::namespaceOf(result.object) != api::namespaceOf(stored)) {
    return Outcome::failed(api::Status::badRequest(
        "the namespace of the provided object does not match the namespace sent on the request"));
  }
  if (call.trusted() && request.subresource == kStatus) return result;
  Decoded decoded =
      decodePatched(call.resource(), request.patchType, request.body, result.object, request.fieldValidation);
  call.warnings = std::move(decoded.warnings);
  return {std::move(decoded.object), std::move(decoded.error)};
}

// What PUT, PATCH and their subresources have in common: metadata, strategy, allocation, last finalizer.
Registry::Change Server::changed(const Call& call, const Value& stored, Value sent, const Ticket& ticket) {
  services_.revert(*ticket);  // from an attempt that lost against another write
  const api::Resource& resource = call.resource();
  const Value managed = managedFieldsOf(call, fromStored(resource, stored), fromStored(resource, sent));
  Outcome next = filledForUpdate(resource, sent, stored, managed, allowsUnconditionalUpdate(resource));
  if (!next.ok()) return {{}, {}, std::move(next.error)};
  if (call.request.subresource == kFinalize) {
    next.object = withNamespaceFinalizers(stored, next.object);
  } else {
    const Key part = call.request.subresource == kScale ? Key() : call.request.subresource;
    next = prepareUpdate(resource, part, next.object, stored, simulator_.now());
    if (!next.ok()) return {{}, {}, std::move(next.error)};
  }
  if (api::Status refusal = admitUpdate(call, next.object, stored); refusal.code != 0) {
    return {{}, {}, std::move(refusal)};
  }
  if (&resource == &api::resources::services && call.request.subresource == Key()) {
    next = services_.allocate(next.object, stored, *ticket);
    if (!next.ok()) return {{}, {}, std::move(next.error)};
  }
  const bool gone = removedByUpdate(resource, stored, next.object);
  return {gone ? Registry::Change::Step::Remove : Registry::Change::Step::Put, std::move(next.object), {}};
}

void Server::write(const CallPtr& call, Registry::Update change, Ticket ticket) {
  const Request& request = call->request;
  if (call->stages.followed()) {
    change = [this, call, decided = std::move(change)](const Value& stored) {
      Registry::Change next = decided(stored);
      if (next.error.code == 0) note(*call, {});
      return next;
    };
  }
  registry(call->resource())
      .update(
          request.namespace_, request.name, call->dryRun(), std::move(change),
          [this, call, ticket](Registry::Updated updated) {
            const api::Resource& resource = call->resource();
            if (!updated.ok()) {
              services_.revert(*ticket);
              const bool put = call->request.verb == Verb::Update && call->request.subresource == Key();
              const bool apply = call->request.verb == Verb::Patch &&
                                 call->request.patchType == PatchType::Apply &&
                                 call->request.subresource == Key();
              if (apply && api::isNotFound(updated.error)) return createApplied(call);
              if (put && api::isNotFound(updated.error) && allowsCreateOnUpdate(resource)) {
                call->request.body = call->request.body.withoutPath({keys::metadata, keys::resourceVersion});
                return create(call);
              }
              return call->fail(updated.error);
            }
            if (!call->trusted()) addWarnings(call->warnings, resource, updated.object, updated.before);
            if (call->dryRun()) {
              services_.revert(*ticket);
            } else if (updated.removed) {
              removed(resource, updated.before);
            } else if (&resource == &api::resources::services) {
              services_.releaseDropped(updated.before, updated.object);
            }
            call->answer(200, call->request.subresource == kScale ? scaleOf(updated.object)
                                                                  : std::move(updated.object));
          });
}

}  // namespace pilothouse::apiserver
