#include <algorithm>
#include <array>
#include <utility>

#include "core/api/defaults.hpp"
#include "core/api/keys.hpp"
#include "core/api/quote.hpp"
#include "core/api/schema/decode.hpp"
#include "core/api/schema/scalars.hpp"
#include "core/api/schema/schema.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/value/document.hpp"
#include "core/value/go_print.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kScheme = "pkg/api/legacyscheme/scheme.go:30";

// Versions that kube-apiserver can read but does not serve.
constexpr std::array<std::string_view, 8> kUnservedVersions = {"apps/v1beta1",
                                                               "apps/v1beta2",
                                                               "extensions/v1beta1",
                                                               "coordination.k8s.io/v1beta1",
                                                               "coordination.k8s.io/v1alpha2",
                                                               "discovery.k8s.io/v1beta1",
                                                               "events.k8s.io/v1",
                                                               "events.k8s.io/v1beta1"};

struct GroupVersionKind {
  std::string apiVersion;
  std::string kind;
  [[nodiscard]] std::string version() const { return apiVersion.substr(apiVersion.find('/') + 1); }
  [[nodiscard]] bool hasGroup() const { return apiVersion.find('/') != std::string::npos; }
};

// What the body says it is; what it leaves out is as the URL says.
GroupVersionKind kindOf(const api::Resource& resource, const Value& body) {
  GroupVersionKind kind{body[keys::apiVersion].toString(), body[keys::kind].toString()};
  if (kind.apiVersion.empty()) kind.apiVersion = resource.apiVersion();
  if (kind.kind.empty()) kind.kind = resource.kind;
  return kind;
}

api::Status cannotBeHandled(const GroupVersionKind& kind, const api::Resource& resource,
                            const std::string& why) {
  return api::Status::badRequest(kind.kind + " in version " + api::quoted(kind.version()) +
                                 " cannot be handled as a " + std::string(resource.kind) + ": " + why);
}

std::string summary(const Value& body) {
  constexpr std::size_t kMax = 30;
  const std::string text = writeJson(body);
  return text.size() <= kMax ? text : text.substr(0, kMax) + " ...";
}

// apiVersion and kind are read before the rest, to know what the rest is.
api::Status unreadableKind(const api::Resource& resource, const Value& body) {
  for (const Key key : {keys::apiVersion, keys::kind}) {
    const Value& text = body[key];
    if (text.isNull() || text.isString()) continue;
    return api::Status::badRequest("the object provided is unrecognized (must be of type " +
                                   std::string(resource.kind) +
                                   "): couldn't get version/kind; json parse error: json: cannot unmarshal " +
                                   std::string(api::schema::jsonKind(text)) + " into Go struct field ." +
                                   std::string(key.text()) + " of type string (" + summary(body) + ")");
  }
  return {};
}

// An unknown kind, another kind than the URL's, or another version.
api::Status wrongKind(const api::Resource& resource, const Value& body) {
  if (api::Status unreadable = unreadableKind(resource, body); unreadable.code != 0) return unreadable;
  const GroupVersionKind kind = kindOf(resource, body);
  const std::string expected = resource.apiVersion();
  if (kind.kind == resource.kind && kind.apiVersion == expected) return {};
  const bool unserved = std::find(kUnservedVersions.begin(), kUnservedVersions.end(), kind.apiVersion) !=
                        kUnservedVersions.end();
  if (kind.kind == resource.kind && unserved) {
    return api::Status::badRequest("the API version in the data (" + kind.apiVersion +
                                   ") does not match the expected API version (" + expected + ")");
  }
  if (api::findKind(kind.apiVersion, kind.kind) == nullptr) {
    return cannotBeHandled(kind, resource,
                           "no kind " + api::quoted(kind.kind) + " is registered for version " +
                               api::quoted(kind.apiVersion) + " in scheme " + api::quoted(kScheme));
  }
  const std::string internal =
      resource.group.empty() ? "core" : std::string(resource.group.substr(0, resource.group.find('.')));
  return cannotBeHandled(kind, resource,
                         "converting (" + kind.version() + "." + kind.kind + ") to (" + internal + "." +
                             std::string(resource.kind) + "): unknown conversion");
}

Value withKind(const api::Resource& resource, const Value& object) {
  Value typed = object;
  if (object[keys::apiVersion].asString().empty())
    typed = typed.with(keys::apiVersion, resource.apiVersion());
  if (object[keys::kind].asString().empty()) typed = typed.with(keys::kind, resource.kind);
  return typed;
}

Decoded failed(api::Status error) { return {{}, std::move(error), {}}; }

api::schema::Type typeOf(const api::Resource& resource) {
  return api::schema::findType(resource.apiVersion(), resource.kind);
}

// errors.NewInvalid of no kind and no name, with the patch as the bad value.
api::Status invalidPatch(const Value& shown, std::string why) {
  static const api::Resource kNone{"", "", {}, "", "", true, {}, {}, {}};
  return api::Status::invalid(kNone, "", {{api::FieldError::Type::Invalid, "patch", std::move(why), shown}});
}

// Components' patches are not read field by field, but what they have emptied goes, as omitempty would have
// it.
Value withoutEmptied(const Value& patched) {
  Value object = patched;
  for (const Key list : {keys::annotations, keys::finalizers, keys::labels, keys::ownerReferences}) {
    const Value& metadata = patched[keys::metadata];
    if (metadata.has(list) && metadata[list].empty()) object = object.withoutPath({keys::metadata, list});
  }
  return object;
}

}  // namespace

Decoded decode(const api::Resource& resource, const Value& body, FieldValidation validation) {
  if (validation == FieldValidation::Ignore) return {api::setDefaults(resource, body), {}, {}};
  if (api::Status wrong = wrongKind(resource, body); wrong.code != 0) return failed(std::move(wrong));
  const api::schema::Decoded read = api::schema::decode(typeOf(resource), body);
  const GroupVersionKind kind = kindOf(resource, body);
  if (const api::schema::Problem* problem = read.fatal()) {
    return failed(cannotBeHandled(kind, resource, problem->message));
  }
  std::vector<std::string> strict = read.strict();
  if (!strict.empty() && validation == FieldValidation::Strict) {
    return failed(cannotBeHandled(kind, resource, api::schema::strictDecodingError(strict)));
  }
  return {api::setDefaults(resource, withKind(resource, read.value)), {}, std::move(strict)};
}

Decoded decodePatched(const api::Resource& resource, PatchType type, const Value& patch, const Value& patched,
                      FieldValidation validation) {
  if (validation == FieldValidation::Ignore) {
    return {api::setDefaults(resource, withoutEmptied(patched)), {}, {}};
  }
  const bool strategic = type == PatchType::StrategicMerge;
  const auto shown = [&] { return Value(strategic ? goPrint(patch) : writeJson(patched)); };
  const api::schema::Decoded read = api::schema::decode(typeOf(resource), patched);
  if (const api::schema::Problem* problem = read.fatal()) {
    return failed(invalidPatch(shown(), strategic ? problem->converterMessage : problem->message));
  }
  if (api::Status wrong = wrongKind(resource, patched); wrong.code != 0) return failed(std::move(wrong));
  std::vector<std::string> strict = read.strict();
  if (!strict.empty() && validation == FieldValidation::Strict) {
    return failed(invalidPatch(shown(), api::schema::strictDecodingError(strict)));
  }
  return {api::setDefaults(resource, withKind(resource, read.value)), {}, std::move(strict)};
}

}  // namespace pilothouse::apiserver
