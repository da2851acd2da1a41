#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/object_meta.hpp"
#include "core/apiserver/server.hpp"
#include "core/apiserver/subresources.hpp"
#include "core/apiserver/versions.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kManagedFields = Key::intern("managedFields");
const Key kScale = Key::intern("scale");

api::Status unconvertible(const api::Resource& resource, const Value& object, const std::string& why) {
  const std::string kind = resource.apiVersion() + ", Kind=" + std::string(resource.kind);
  return {500,
          "",
          "failed to convert new object (" + api::namespacedName(object) + "; " + kind +
              ") to proper version (" + resource.apiVersion() +
              "): unable to convert unstructured object to " + kind + ": " + why,
          {}};
}

}  // namespace

FieldWriter Server::writerOf(const Call& call) const {
  const Request& request = call.request;
  const std::string_view manager =
      request.options == nullptr ? std::string_view() : std::string_view(request.options->fieldManager);
  return {fieldManager(manager, request.userAgent), request.subresource, simulator_.now()};
}

// metadata.managedFields of what will be stored: an applied object has them already.
Value Server::managedFieldsOf(const Call& call, const Value& stored, const Value& sent) const {
  const Request& request = call.request;
  if (request.verb == Verb::Patch && request.patchType == PatchType::Apply) {
    return api::meta(sent)[kManagedFields];
  }
  if (request.subresource == kScale) return trackedScale(call.resource(), writerOf(call), stored, sent);
  return trackedFields(call.resource(), writerOf(call), stored, sent);
}

// The stored object with the request's configuration applied; `stored` null when it is to be created.
Outcome Server::applied(Call& call, const Value& stored) {
  const Request& request = call.request;
  if (!request.body.isObject()) {
    return Outcome::failed(api::Status::badRequest("error decoding YAML: the body must be an object"));
  }
  const bool force = request.options != nullptr && request.options->force;
  if (request.subresource == kScale) {
    return appliedScale(call.resource(), writerOf(call), stored, request.body, force);
  }
  const Value live = fromStored(call.resource(), stored);
  Outcome result = appliedFields(call.resource(), writerOf(call), live, request.body, force);
  if (!result.ok()) return result;
  const Value managed = api::meta(result.object)[kManagedFields];
  Decoded decoded = decode(call.resource(), result.object.withoutPath({keys::metadata, kManagedFields}),
                           FieldValidation::Warn);
  if (!decoded.ok()) {
    return Outcome::failed(unconvertible(call.resource(), result.object, decoded.error.message));
  }
  if (const api::Status mismatch = checkName(decoded.object, call.name()); mismatch.code != 0) {
    return Outcome::failed(mismatch);
  }
  return Outcome::of(withManagedFields(decoded.object, managed));
}

void Server::createApplied(const CallPtr& call) {
  Outcome object = applied(*call, Value());
  if (!object.ok()) return call->fail(object.error);
  if (!api::uid(object.object).empty()) {
    return call->fail(api::Status::conflict(call->resource(), call->name(),
                                            "uid mismatch: the provided object specified uid " +
                                                std::string(api::uid(object.object)) +
                                                ", and no existing object was found"));
  }
  Outcome placed = withRequestNamespace(call->resource(), object.object, call->request.namespace_);
  if (!placed.ok()) return call->fail(placed.error);
  whenNamespaceAccepts(call, std::move(placed.object));
}

}  // namespace pilothouse::apiserver
