#include "core/api/status.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/quote.hpp"
#include "core/value/document.hpp"

namespace pilothouse::api {
namespace {

const Key kCauses = Key::intern("causes");
const Key kField = Key::intern("field");
const Key kGroup = Key::intern("group");
const Key kRetryAfterSeconds = Key::intern("retryAfterSeconds");

struct TypeWords {
  std::string_view reason;
  std::string_view words;
};

TypeWords wordsOf(FieldError::Type type) {
  switch (type) {
    case FieldError::Type::Required:
      return {"FieldValueRequired", "Required value"};
    case FieldError::Type::Invalid:
      return {"FieldValueInvalid", "Invalid value"};
    case FieldError::Type::NotSupported:
      return {"FieldValueNotSupported", "Unsupported value"};
    case FieldError::Type::Duplicate:
      return {"FieldValueDuplicate", "Duplicate value"};
    case FieldError::Type::Forbidden:
      return {"FieldValueForbidden", "Forbidden"};
    case FieldError::Type::NotFound:
      return {"FieldValueNotFound", "Not found"};
    case FieldError::Type::TooLong:
      return {"FieldValueTooLong", "Too long"};
    case FieldError::Type::TooMany:
      return {"FieldValueTooMany", "Too many"};
    case FieldError::Type::TypeInvalid:
      return {"FieldValueTypeInvalid", "Invalid value"};
    case FieldError::Type::Internal:
      return {"InternalError", "Internal error"};
  }
  return {};
}

bool showsValue(const FieldError& error) {
  if (error.omitsValue) return false;
  switch (error.type) {
    case FieldError::Type::Required:
    case FieldError::Type::Forbidden:
    case FieldError::Type::TooLong:
    case FieldError::Type::Internal:
      return false;
    case FieldError::Type::TooMany:
      return !error.badValue.isNull();
    default:
      return true;
  }
}

// Since 1.33 structures are printed as JSON; a nil pointer is the text "null".
std::string valueText(const Value& value) {
  if (value.isNull()) return quoted("null");
  return value.isString() ? quoted(value.asString()) : writeJson(value);
}

// utilerrors.Aggregate: one error as it is, several in brackets, equal ones once.
std::string aggregated(const FieldErrors& errors) {
  std::vector<std::string> texts;
  for (const FieldError& error : errors) {
    std::string text = error.text();
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
  }
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return texts.size() > 1 ? "[" + joined + "]" : joined;
}

Value detailsOf(std::string_view name, std::string_view group, std::string_view kind,
                std::vector<Value> causes = {}, int retryAfterSeconds = 0) {
  ObjectBuilder details;
  if (!causes.empty()) details.set(kCauses, Value::array(causes));
  details.setIfAny(kGroup, group);
  details.setIfAny(keys::kind, kind);
  details.setIfAny(keys::name, name);
  if (retryAfterSeconds != 0) details.set(kRetryAfterSeconds, retryAfterSeconds);
  return details.build();
}

Value detailsOf(const Resource& resource, std::string_view name) {
  return detailsOf(name, resource.group, resource.plural.text());
}

// `pods "x"`, `deployments.apps "x"`.
std::string named(const Resource& resource, std::string_view name) {
  return resource.groupResource() + " " + quoted(name);
}

}  // namespace

std::string FieldError::text() const { return field + ": " + textWithoutField(); }

std::string FieldError::textWithoutField() const {
  std::string text(wordsOf(type).words);
  if (showsValue(*this)) text += ": " + valueText(badValue);
  if (!detail.empty()) text += ": " + detail;
  return text;
}

std::string_view FieldError::causeReason() const { return wordsOf(type).reason; }

Value Status::toValue() const {
  ObjectBuilder object;
  object.set(keys::apiVersion, "v1");
  object.set(keys::code, code);
  if (!details.isNull()) object.set(Key::intern("details"), details);
  object.set(keys::kind, "Status");
  object.setIfAny(keys::message, message);
  object.set(keys::metadata, Value::emptyObject());
  object.setIfAny(keys::reason, reason);
  object.set(keys::status, "Failure");
  return object.build();
}

Status Status::notFound(const Resource& resource, std::string_view name) {
  return {404, "NotFound", named(resource, name) + " not found", detailsOf(resource, name)};
}

Status Status::alreadyExists(const Resource& resource, std::string_view name) {
  return {409, "AlreadyExists", named(resource, name) + " already exists", detailsOf(resource, name)};
}

Status Status::conflict(const Resource& resource, std::string_view name, std::string_view why) {
  return {409, "Conflict",
          "Operation cannot be fulfilled on " + named(resource, name) + ": " + std::string(why),
          detailsOf(resource, name)};
}

Status Status::invalid(const Resource& resource, std::string_view name, const FieldErrors& errors) {
  std::vector<Value> causes;
  causes.reserve(errors.size());
  for (const FieldError& error : errors) {
    ObjectBuilder cause;
    cause.setIfAny(kField, error.field);
    cause.setIfAny(keys::message, error.textWithoutField());
    cause.setIfAny(keys::reason, error.causeReason());
    causes.push_back(cause.build());
  }
  std::string message = resource.groupKind() + " " + quoted(name) + " is invalid";
  if (!errors.empty()) message += ": " + aggregated(errors);
  return {422, "Invalid", std::move(message), detailsOf(name, resource.group, resource.kind, causes)};
}

Status Status::badRequest(std::string message) { return {400, "BadRequest", std::move(message), {}}; }

Status Status::forbidden(const Resource& resource, std::string_view name, std::string_view why) {
  const std::string subject = name.empty() ? resource.groupResource() : named(resource, name);
  return {403, "Forbidden", subject + " is forbidden: " + std::string(why), detailsOf(resource, name)};
}

Status Status::methodNotSupported(const Resource& resource, std::string_view verb) {
  return {405, "MethodNotAllowed",
          std::string(verb) + " is not supported on resources of kind " + quoted(resource.groupResource()),
          detailsOf(resource, "")};
}

Status Status::gone(std::string message) { return {410, "Expired", std::move(message), {}}; }

Status Status::resourceVersionTooLarge(std::uint64_t wanted, std::uint64_t current) {
  const Value cause = Value::object(
      {{keys::message, "Too large resource version"}, {keys::reason, "ResourceVersionTooLarge"}});
  return {504, "Timeout",
          "Timeout: Too large resource version: " + std::to_string(wanted) +
              ", current: " + std::to_string(current),
          detailsOf("", "", "", {cause}, 1)};
}

Status Status::serverTimeout(const Resource& resource, std::string_view verb, int retryAfterSeconds) {
  return {500, "ServerTimeout",
          "The " + std::string(verb) + " operation against " + resource.groupResource() +
              " could not be completed at this time, please try again.",
          detailsOf(verb, resource.group, resource.plural.text(), {}, retryAfterSeconds)};
}

Status Status::timeout(std::string message) {
  return {504, "Timeout", "Timeout: " + std::move(message), Value::emptyObject()};
}

Status Status::internalError(std::string message) {
  const Value cause = Value::object({{keys::message, message}});
  return {500, "InternalError", "Internal error occurred: " + message, detailsOf("", "", "", {cause})};
}

Status Status::unsupportedMediaType(std::string message) {
  return {415, "UnsupportedMediaType", std::move(message), {}};
}

}  // namespace pilothouse::api
