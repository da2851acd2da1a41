#include <utility>

#include "core/api/schema/scalars.hpp"
#include "core/api/schema/schema.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/value/patch.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kOperationsMax = 10000;  // maxJSONPatchOperations

// errors.NewGenericServerResponse(422): kube-apiserver does not pass on what the patch library said.
api::Status unprocessable() {
  return {422, "Invalid", "the server rejected our request due to an error in our request",
          Value::emptyObject()};
}

api::Status tooManyOperations(std::size_t count) {
  return {413,
          "RequestEntityTooLarge",
          "Request entity too large: The allowed maximum operations in a JSON patch is " +
              std::to_string(kOperationsMax) + ", got " + std::to_string(count),
          {}};
}

api::Status wrongPatchType(const Value& patch, std::string_view wanted) {
  return api::Status::badRequest("json: cannot unmarshal " + std::string(api::schema::jsonKind(patch)) +
                                 " into Go value of type " + std::string(wanted));
}

// interpretStrategicMergePatchError.
api::Status strategicError(const std::string& message) {
  if (message.starts_with("invalid ") || message.starts_with("strategic merge patch format")) {
    return api::Status::badRequest(message);
  }
  if (message == "lists of lists are not supported") return unprocessable();
  return {500, "", message, {}};
}

Outcome strategicMerge(const api::Resource& resource, const Value& stored, const Value& patch) {
  const api::schema::Type type = api::schema::findType(resource.apiVersion(), resource.kind);
  Patched patched = applyStrategicMergePatch(stored, patch, api::schema::patchSchema(), type.row());
  if (!patched.error.empty()) return Outcome::failed(strategicError(patched.error));
  return Outcome::of(std::move(patched.value));
}

Outcome jsonPatch(const Value& stored, const Value& patch) {
  if (!patch.isArray()) return Outcome::failed(wrongPatchType(patch, "jsonpatch.Patch"));
  if (patch.size() > kOperationsMax) return Outcome::failed(tooManyOperations(patch.size()));
  Patched patched = applyJsonPatch(stored, patch);
  if (!patched.error.empty() || !patched.value.isObject()) return Outcome::failed(unprocessable());
  return Outcome::of(std::move(patched.value));
}

}  // namespace

Outcome applyPatch(const api::Resource& resource, PatchType type, const Value& stored, const Value& patch) {
  if (type == PatchType::Json) return jsonPatch(stored, patch);
  if (!patch.isObject()) return Outcome::failed(wrongPatchType(patch, "map[string]interface {}"));
  if (type == PatchType::StrategicMerge) return strategicMerge(resource, stored, patch);
  return Outcome::of(applyMergePatch(stored, patch));
}

}  // namespace pilothouse::apiserver
