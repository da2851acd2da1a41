#include "core/kubectl/output.hpp"

#include <utility>

#include "core/api/keys.hpp"

namespace pilothouse::kubectl {
namespace {

const Key kCauses = Key::intern("causes");
const Key kField = Key::intern("field");
constexpr std::string_view kRefused = "connection refused";

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool isInvalid(const api::Status& status) { return status.reason == "Invalid"; }

// StandardErrorMessage.
std::string messageFor(const Failure& failure) {
  const api::Status& status = failure.status;
  if (status.code == 0) return failure.text;
  if (status.code == 504 && endsWith(status.message, kRefused)) {
    return "The connection to the server control-plane:6443 was refused - did you specify the right host or "
           "port?";
  }
  if (status.reason.empty()) return "Error from server: " + status.message;
  return "Error from server (" + status.reason + "): " + status.message;
}

std::string causeText(const Value& cause) {
  const std::string field = cause[kField].toString();
  return field.empty() ? cause[keys::message].toString() : field + ": " + cause[keys::message].toString();
}

void reportInvalid(const Failure& failure, const Output& output) {
  const Value& details = failure.status.details;
  const auto causes = details[kCauses].items();
  const std::string kind = details[keys::kind].toString();
  const std::string name = details[keys::name].toString();
  std::string head = "The request is invalid";
  if (!kind.empty() || !name.empty()) {
    head = "The " + kind + " \"" + name + "\" is invalid";
  } else if (causes.empty() && !failure.status.message.empty()) {
    head += ": " + failure.status.message;
  }
  const auto place = [&](std::size_t i) {
    return i < failure.causes.size() ? failure.causes[i] : failure.at;
  };
  if (causes.empty()) return output.say({true, head, failure.at, failure.field});
  if (causes.size() == 1) {
    return output.say({true, head + ": " + causeText(causes[0]), place(0), causes[0][kField].toString()});
  }
  output.say({true, head + ": ", failure.at, ""});
  for (std::size_t i = 0; i < causes.size(); ++i) {
    output.say({true, "* " + causeText(causes[i]), place(i), causes[i][kField].toString()});
  }
}

}  // namespace

void report(const std::vector<Failure>& failures, const Output& output) {
  if (failures.size() == 1) {
    const Failure& only = failures.front();
    if (only.status.code != 0 && isInvalid(only.status)) return reportInvalid(only, output);
    std::string text = messageFor(only);
    if (only.status.code == 0 && text.rfind("error: ", 0) != 0) text.insert(0, "error: ");
    return output.say({true, std::move(text), only.at, only.field});
  }
  for (const Failure& failure : failures) output.say({true, messageFor(failure), failure.at, failure.field});
}

api::Status withSource(api::Status status, std::string_view verb, std::string_view source) {
  std::string message("error when ");
  message.append(verb).append(" \"").append(source).append("\": ").append(status.message);
  status.message = std::move(message);
  return status;
}

}  // namespace pilothouse::kubectl
