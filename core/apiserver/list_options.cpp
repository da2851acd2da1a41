#include "core/apiserver/list_options.hpp"

#include "core/api/keys.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/continue_token.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const Key kContinue = Key::intern("continue");

using Type = api::FieldError::Type;

void forbid(api::FieldErrors& errors, const char* field, std::string why) {
  errors.push_back({Type::Forbidden, field, std::move(why), {}});
}

void checkWatch(const RequestOptions& options, api::FieldErrors& errors) {
  const ResourceVersionMatch match = options.resourceVersionMatch;
  const bool notOlder = match == ResourceVersionMatch::NotOlderThan;
  if (options.sendInitialEvents && !notOlder) {
    forbid(errors, "resourceVersionMatch",
           "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
  if (match == ResourceVersionMatch::Unset) return;
  if (!options.sendInitialEvents) {
    forbid(errors, "resourceVersionMatch",
           "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  if (!notOlder) {
    errors.push_back(
        {Type::NotSupported, "resourceVersionMatch", "supported values: \"NotOlderThan\"", Value("Exact")});
  }
  if (!options.continueToken.empty()) {
    forbid(errors, "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  }
}

void checkList(const RequestOptions& options, api::FieldErrors& errors) {
  if (options.resourceVersionMatch != ResourceVersionMatch::Unset) {
    if (options.resourceVersion.empty()) {
      forbid(errors, "resourceVersionMatch",
             "resourceVersionMatch is forbidden unless resourceVersion is provided");
    }
    if (!options.continueToken.empty()) {
      forbid(errors, "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
    }
    if (options.resourceVersionMatch == ResourceVersionMatch::Exact && options.resourceVersion == "0") {
      forbid(errors, "resourceVersionMatch",
             "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }
  }
  if (options.sendInitialEvents) {
    forbid(errors, "sendInitialEvents", "sendInitialEvents is forbidden for list");
  }
}

std::string invalidVersion(std::string_view text) {
  const std::string quoted = api::quoted(text);
  bool digits = !text.empty();
  for (const char c : text) digits = digits && c >= '0' && c <= '9';
  return "resourceVersion: Invalid value: " + quoted + ": strconv.ParseUint: parsing " + quoted +
         (digits ? ": value out of range" : ": invalid syntax");
}

}  // namespace

api::Status validateListOptions(const RequestOptions& options, bool isWatch) {
  static const api::Resource kListOptions{"meta.k8s.io", "v1", {}, "", "ListOptions", false, {}, {}, {}};
  api::FieldErrors errors;
  if (isWatch) {
    checkWatch(options, errors);
  } else {
    checkList(options, errors);
  }
  return errors.empty() ? api::Status() : api::Status::invalid(kListOptions, "", errors);
}

std::optional<std::uint64_t> parseVersion(std::string_view text) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t version = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    version = version * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return version;
}

api::Status malformedVersion(std::string_view text) { return {500, "", invalidVersion(text), {}}; }

api::Status malformedListVersion(std::string_view text) {
  return api::Status::badRequest("invalid resource version: " + invalidVersion(text));
}

api::Status malformedContinue(std::string_view token) {
  std::string why;
  const std::size_t bad = token.find_first_not_of(kBase64Url);
  if (bad != std::string_view::npos) {
    why = "illegal base64 data at input byte " + std::to_string(bad);
  } else if (token.size() % 4 == 1) {
    why = "illegal base64 data at input byte " + std::to_string(token.size() - 1);
  } else {
    why = "unexpected end of JSON input";
  }
  return api::Status::badRequest("invalid continue token: continue key is not valid: " + why);
}

Value expiredList(std::string_view after) {
  if (after.empty()) {
    return api::Status::gone("The resourceVersion for the provided list is too old.").toValue();
  }
  const api::Status status = api::Status::gone(
      "The provided continue parameter is too old to display a consistent list result. You can start a new "
      "list "
      "without the continue parameter, or use the continue token in this response to retrieve the remainder "
      "of "
      "the results. Continuing with the provided token results in an inconsistent list - objects that were "
      "created, modified, or deleted between the time the first chunk was returned and now may show up in "
      "the "
      "list.");
  return status.toValue().withPath({keys::metadata, kContinue},
                                   Value(encodeContinue({-1, std::string(after)})));
}

}  // namespace pilothouse::apiserver
