#include "core/api/validation/conditions.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kReasonMax = 1024;
constexpr std::size_t kMessageMax = 32 * 1024;

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isWord(char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '_'; }

// "CamelCase": a letter, then words that commas and colons join.
bool isReason(std::string_view text) {
  if (!isLetter(text.front()) || !isWord(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return isWord(c) || c == ',' || c == ':'; });
}

void validateReason(Errors& errors, const FieldPath& path, const Value& reason) {
  if (reason.asString().empty()) return errors.required(path, "must be set");
  if (!isReason(reason.asString())) {
    errors.invalid(
        path, reason,
        "a condition reason must start with alphabetic character, optionally followed by a string "
        "of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' "
        "(e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or "
        "'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')");
  }
  if (reason.asString().size() > kReasonMax) errors.tooLong(path, kReasonMax);
}

}  // namespace

void validateConditions(Errors& errors, const FieldPath& path, const Value& conditions) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& condition = conditions.item(i);
    const std::string_view type = condition[keys::type].asString();
    if (!seen.insert(type).second) errors.duplicate(at.child("type"), condition[keys::type]);
    if (type.empty()) {
      errors.required(at.child("type"), "must be set");
    } else {
      errors.invalid(at.child("type"), condition[keys::type], isQualifiedName(type));
    }
    const Value& status = condition[keys::status];
    if (status.asString() != "True" && status.asString() != "False" && status.asString() != "Unknown") {
      errors.notSupported(at.child("status"), Value(status.asString()), {"False", "True", "Unknown"});
    }
    const Value& generation = condition[keys::observedGeneration];
    if (generation.asInt() < 0) {
      errors.invalid(at.child("observedGeneration"), generation, "must be greater than or equal to zero");
    }
    if (condition[keys::lastTransitionTime].isNull()) {
      errors.required(at.child("lastTransitionTime"), "must be set");
    }
    validateReason(errors, at.child("reason"), condition[keys::reason]);
    if (condition[keys::message].asString().size() > kMessageMax) {
      errors.tooLong(at.child("message"), kMessageMax);
    }
  }
}

}  // namespace pilothouse::api
