// Authentication, authorization and the trace of a request's stages, and what keeps them up with the cluster.
#include <utility>

#include "core/api/object.hpp"
#include "core/api/validation.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {
namespace {

bool isRead(Verb verb) { return verb == Verb::Get || verb == Verb::List || verb == Verb::Watch; }

}  // namespace

bool Server::enter(Call& call) {
  const api::Status refusal = gate_.enter(call.request, call.stages, options_.traceComponentStages);
  if (call.stages.followed()) call.server = this;
  if (refusal.code == 0) return true;
  call.fail(refusal);
  return false;
}

api::Status Server::authorizePath(const std::shared_ptr<const Credentials>& credentials,
                                  std::string_view verb, std::string_view path) {
  return gate_.enterPath(credentials, verb, path);
}

// What follows in this event is caused by the note, which is caused by the request.
void Server::note(Call& call, const api::Status& refusal) {
  const CauseId id = call.stages.note(record_, call.request, refusal);
  if (id != CauseId::None) simulator_.setCause(id);
}

// A read has no more stages; a write has those of admission.
void Server::noteEntered(Call& call) {
  if (call.stages.followed() && isRead(call.request.verb)) note(call, {});
}

void Server::review(const CallPtr& call) {
  Request& request = call->request;
  if (request.verb != Verb::Create) {
    return call->fail(api::Status::methodNotSupported(call->resource(), verbName(request.verb)));
  }
  if (request.subresource == Key()) {
    Decoded decoded = decode(call->resource(), request.body, request.fieldValidation);
    if (!decoded.ok()) return call->fail(decoded.error);
    call->warnings = std::move(decoded.warnings);
    request.body = std::move(decoded.object);
    const api::FieldErrors errors = api::validate(call->resource(), request.body);
    if (!errors.empty()) return call->fail(api::Status::invalid(call->resource(), "", errors));
  }
  Outcome answer = reviews_.answer(request);
  if (!answer.ok()) return call->fail(answer.error);
  call->answer(201, std::move(answer.object));
}

bool Server::isObserved(const api::Resource& resource) {
  const KnownResources& k = known();
  return &resource == k.roles || &resource == k.clusterRoles || &resource == k.roleBindings ||
         &resource == k.clusterRoleBindings || &resource == k.serviceAccounts || &resource == k.limitRanges ||
         &resource == k.priorityClasses;
}

void Server::observe(const api::Resource& resource, const Value& before, const Value& after) {
  const KnownResources& k = known();
  if (&resource == k.roleBindings || &resource == k.clusterRoleBindings) {
    gate_.authorizer().bindingChanged(before, after);
  } else if (&resource == k.roles || &resource == k.clusterRoles) {
    gate_.authorizer().roleChanged();
  } else {
    podSpecs_.clear();  // what admission added may be another thing now
    nextPodSpec_ = 0;
  }
}

// After a list that replaced what the cache knew.
void Server::observeAll(const api::Resource& resource) {
  const KnownResources& k = known();
  if (&resource != k.roleBindings && &resource != k.clusterRoleBindings) {
    if (isObserved(resource)) observe(resource, Value(), Value());
    return;
  }
  gate_.authorizer().clear();
  for (const api::Resource* bindings : {k.clusterRoleBindings, k.roleBindings}) {
    cacheView_.forEach(bindings, "", [this](const Value& binding) {
      gate_.authorizer().bindingChanged(Value(), binding);
      return true;
    });
  }
}

}  // namespace pilothouse::apiserver
