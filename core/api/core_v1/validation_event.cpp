#include <string>

#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kAction = Key::intern("action");
const Key kEventTime = Key::intern("eventTime");
const Key kInvolvedObject = Key::intern("involvedObject");
const Key kReportingComponent = Key::intern("reportingComponent");
const Key kReportingInstance = Key::intern("reportingInstance");

constexpr std::size_t kFieldLengthMax = 128;
constexpr std::size_t kNoteLengthMax = 1024;

void validateText(Errors& errors, const FieldPath& path, const Value& text, std::size_t max) {
  if (text.asString().empty() && max == kFieldLengthMax) errors.required(path);
  if (text.asString().size() > max) {
    errors.invalid(path, "", "can have at most " + std::to_string(max) + " characters");
  }
}

// The rules of events that have an eventTime, as the scheduler's and the new recorder's have.
void validateNewEvent(Errors& errors, const Value& event, std::string_view ns, std::string_view about) {
  if (about.empty() && ns != "default" && ns != "kube-system") {
    errors.invalid(FieldPath("involvedObject.namespace"), "", "does not match event.namespace");
  }
  const Value& controller = event[kReportingComponent];
  const FieldPath path("reportingController");
  if (controller.asString().empty()) errors.required(path);
  errors.invalid(path, Value(controller.asString()), isQualifiedName(controller.asString()));
  validateText(errors, FieldPath("reportingInstance"), event[kReportingInstance], kFieldLengthMax);
  validateText(errors, FieldPath("action"), event[kAction], kFieldLengthMax);
  validateText(errors, FieldPath("reason"), event[keys::reason], kFieldLengthMax);
  validateText(errors, FieldPath("message"), event[keys::message], kNoteLengthMax);
}

// legacyValidateEvent: what v1 asks.
void validateLegacy(Errors& errors, const Value& event) {
  const std::string_view ns = namespaceOf(event);
  const Value& about = event[kInvolvedObject][keys::namespace_];
  if (!isNothing(event[kEventTime])) {
    validateNewEvent(errors, event, ns, about.asString());
  } else if (about.asString().empty() ? !ns.empty() && ns != "default" : ns != about.asString()) {
    errors.invalid(FieldPath("involvedObject.namespace"), Value(about.asString()),
                   "does not match event.namespace");
  }
  errors.invalid(FieldPath("namespace"), Value(ns), isDns1123Subdomain(ns));
}

}  // namespace

void validateEvent(Errors& errors, const Value& event) {
  validateLegacy(errors, event);
  // Any name that fits into a path will do.
  validateObjectMeta(errors, event, true, &nameIsPathSegment);
}

void validateEventUpdate(Errors& errors, const Value& event, const Value& stored) {
  validateLegacy(errors, event);
  validateObjectMetaUpdate(errors, event, stored);
}

}  // namespace pilothouse::api
