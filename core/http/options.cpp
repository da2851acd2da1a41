#include "core/http/options.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "core/api/keys.hpp"
#include "core/http/message.hpp"
#include "core/value/go_quote.hpp"
#include "core/value/number_text.hpp"

namespace pilothouse::http {
namespace {

using apiserver::PatchType;
using apiserver::Verb;
using Type = api::FieldError::Type;

bool parseBool(std::string_view text) {
  return !(text.empty() || text == "0" || equalsIgnoringCase(text, "false"));
}

// metav1's options are kinds of a group that serves nothing.
api::Status invalidOptions(std::string_view kind, const api::FieldErrors& errors) {
  const api::Resource options{"meta.k8s.io", "v1", {}, "", kind, false, {}, {}, {}};
  return api::Status::invalid(options, "", errors);
}

api::Status notANumber(std::string_view text) {
  const bool digits =
      !text.empty() && text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string_view::npos;
  return api::Status::badRequest("strconv.ParseInt: parsing " + goQuote(text) +
                                 (digits ? ": value out of range" : ": invalid syntax"));
}

/// Reads whole numbers one after another and keeps the first failure.
struct Numbers {
  const Query& query;
  api::Status error;

  std::optional<std::int64_t> operator()(std::string_view name) {
    if (!query.has(name)) return std::nullopt;
    const std::string_view text = query.get(name);
    const auto number = parseInt64(text);
    if (!number && error.code == 0) error = notANumber(text);
    return number;
  }
};

std::string_view optionsKind(Verb verb) {
  switch (verb) {
    case Verb::Create:
      return "CreateOptions";
    case Verb::Update:
      return "UpdateOptions";
    case Verb::Patch:
      return "PatchOptions";
    default:
      return "DeleteOptions";
  }
}

void readListOptions(const Query& query, ParsedOptions& parsed) {
  apiserver::RequestOptions& options = parsed.options;
  Numbers number{query, {}};
  options.labelSelector = query.get("labelSelector");
  options.fieldSelector = query.get("fieldSelector");
  options.continueToken = query.get("continue");
  options.limit = number("limit").value_or(0);
  options.watchTimeout = std::chrono::seconds(number("timeoutSeconds").value_or(0));
  options.resourceVersion = query.get("resourceVersion");
  options.allowWatchBookmarks = parseBool(query.get("allowWatchBookmarks"));
  options.sendInitialEvents = parseBool(query.get("sendInitialEvents"));
  parsed.error = std::move(number.error);
  const std::string_view match = query.get("resourceVersionMatch");
  if (match == "NotOlderThan") {
    options.resourceVersionMatch = apiserver::ResourceVersionMatch::NotOlderThan;
  } else if (match == "Exact") {
    options.resourceVersionMatch = apiserver::ResourceVersionMatch::Exact;
  } else if (!match.empty() && parsed.error.code == 0) {
    parsed.error =
        invalidOptions("ListOptions", {{Type::NotSupported, "resourceVersionMatch",
                                        R"(supported values: "Exact", "NotOlderThan", "")", Value(match)}});
  }
}

// ValidateDryRun and ValidateFieldValidation of apimachinery; the server validates what reaches it.
void readWriteOptions(const Query& query, Verb verb, PatchType patchType, ParsedOptions& parsed) {
  apiserver::RequestOptions& options = parsed.options;
  api::FieldErrors errors;
  const bool apply = verb == Verb::Patch && patchType == PatchType::Apply;
  options.fieldManager = query.get("fieldManager");
  options.force = parseBool(query.get("force"));
  if (verb == Verb::Patch && !apply && query.has("force")) {
    errors.push_back({Type::Forbidden, "force", "may not be specified for non-apply patch", {}});
  }
  std::vector<Value> dryRuns;
  bool supported = true;
  for (const std::string_view dryRun : query.all("dryRun")) {
    dryRuns.emplace_back(dryRun);
    supported = supported && dryRun == "All";
  }
  options.dryRun = !dryRuns.empty();
  if (!supported) {
    errors.push_back({Type::NotSupported, "dryRun", R"(supported values: "All")", Value::array(dryRuns)});
  }
  const std::string_view validation = query.get("fieldValidation");
  if (validation == "Strict") {
    parsed.fieldValidation = apiserver::FieldValidation::Strict;
  } else if (validation == "Ignore") {
    parsed.fieldValidation = apiserver::FieldValidation::Ignore;
  } else if (!validation.empty() && validation != "Warn") {
    errors.push_back({Type::NotSupported, "fieldValidation",
                      R"(supported values: "", "Ignore", "Strict", "Warn")", Value(validation)});
  }
  if (!errors.empty()) parsed.error = invalidOptions(optionsKind(verb), errors);
}

void setFlag(ObjectBuilder& body, const Query& query, std::string_view name) {
  if (parseBool(query.get(name))) body.set(Key::intern(name), true);
}

void setText(ObjectBuilder& body, const Query& query, std::string_view name) {
  body.setIfAny(Key::intern(name), Value(query.get(name)));
}

void setNumber(ObjectBuilder& body, Numbers& number, std::string_view name) {
  if (const auto read = number(name)) body.set(Key::intern(name), *read);
}

}  // namespace

ParsedOptions parseOptions(const Query& query, Verb verb, PatchType patchType) {
  ParsedOptions parsed;
  switch (verb) {
    case Verb::Get:
      parsed.options.resourceVersion = query.get("resourceVersion");
      break;
    case Verb::List:
    case Verb::Watch:
      readListOptions(query, parsed);
      break;
    case Verb::DeleteCollection:
      readListOptions(query, parsed);
      if (parsed.error.code != 0) break;
      [[fallthrough]];
    default:
      readWriteOptions(query, verb, patchType, parsed);
  }
  return parsed;
}

ParsedBody deleteOptions(const Query& query) {
  ObjectBuilder body;
  Numbers number{query, {}};
  setNumber(body, number, "gracePeriodSeconds");
  setText(body, query, "propagationPolicy");
  if (query.has("orphanDependents")) {
    body.set(Key::intern("orphanDependents"), parseBool(query.get("orphanDependents")));
  }
  const Value options = body.build();
  return {options.empty() ? Value() : options, std::move(number.error)};
}

ParsedBody logOptions(const Query& query) {
  ObjectBuilder body;
  Numbers number{query, {}};
  setText(body, query, "container");
  setFlag(body, query, "follow");
  setNumber(body, number, "limitBytes");
  setFlag(body, query, "previous");
  setNumber(body, number, "sinceSeconds");
  setNumber(body, number, "tailLines");
  setFlag(body, query, "timestamps");
  if (const std::string_view since = query.get("sinceTime"); !since.empty()) {
    if (!parseTimestamp(since)) {
      return {{},
              api::Status::badRequest("parsing time " + goQuote(since) +
                                      " as \"2006-01-02T15:04:05Z07:00\": cannot parse " + goQuote(since) +
                                      " as \"2006\"")};
    }
    body.set(Key::intern("sinceTime"), Value(since));
  }
  return {body.build(), std::move(number.error)};
}

ParsedBody execOptions(const Query& query) {
  ObjectBuilder body;
  setText(body, query, "container");
  for (const std::string_view flag : {"stdin", "stdout", "stderr", "tty"}) setFlag(body, query, flag);
  std::vector<Value> command;
  for (const std::string_view word : query.all("command")) command.emplace_back(word);
  if (!command.empty()) body.set(Key::intern("command"), Value::array(command));
  return {body.build(), {}};
}

}  // namespace pilothouse::http
