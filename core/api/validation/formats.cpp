#include "core/api/validation/formats.hpp"

#include <algorithm>
#include <limits>

namespace pilothouse::api {
namespace {

constexpr std::size_t kLabelLengthMax = 63;
constexpr std::size_t kSubdomainLengthMax = 253;
constexpr std::size_t kPortNameLengthMax = 15;

constexpr std::string_view kQualifiedNameFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr std::string_view kDns1123LabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kDns1123SubdomainFormat =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLowerOrDigit(char c) { return isLower(c) || isDigit(c); }
bool isAlphanumeric(char c) { return isLower(c) || isUpper(c) || isDigit(c); }

template <typename Predicate>
bool all(std::string_view text, Predicate matches) {
  return std::all_of(text.begin(), text.end(), matches);
}

std::string maxLength(std::size_t length) {
  return "must be no more than " + std::to_string(length) + " characters";
}

std::string regexMessage(std::string_view message, std::string_view format,
                         std::initializer_list<std::string_view> examples) {
  std::string text(message);
  text += " (";
  if (examples.size() > 0) {
    text += "e.g. ";
    bool first = true;
    for (const std::string_view example : examples) {
      if (!first) text += " or ";
      first = false;
      text += '\'';
      text += example;
      text += "', ";
    }
  }
  text += "regex used for validation is '";
  text += format;
  text += "')";
  return text;
}

bool matchesQualifiedName(std::string_view text) {
  return !text.empty() && isAlphanumeric(text.front()) && isAlphanumeric(text.back()) &&
         all(text, [](char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool matchesDnsLabel(std::string_view text) {
  return !text.empty() && isLowerOrDigit(text.front()) && isLowerOrDigit(text.back()) &&
         all(text, [](char c) { return isLowerOrDigit(c) || c == '-'; });
}

bool matchesDnsLabelWithUnderscore(std::string_view text) {
  if (startsWith(text, "_")) text.remove_prefix(1);
  return !text.empty() && isLowerOrDigit(text.front()) && isLowerOrDigit(text.back()) &&
         all(text, [](char c) { return isLowerOrDigit(c) || c == '-' || c == '_'; });
}

template <typename Predicate>
bool everyLabel(std::string_view text, Predicate matches) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!matches(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// The last character before a generated suffix may be a dash.
std::string maskedTrailingDash(std::string_view name) {
  if (name.size() > 1 && name.back() == '-') return std::string(name.substr(0, name.size() - 2)) + "a";
  return std::string(name);
}

void addChangeDirectory(std::string_view text, Messages& messages) {
  if (text == ".") {
    messages.emplace_back("must not be '.'");
  } else if (text == "..") {
    messages.emplace_back("must not be '..'");
  } else if (startsWith(text, "..")) {
    messages.emplace_back("must not start with '..'");
  }
}

}  // namespace

Messages isQualifiedName(std::string_view text) {
  constexpr std::string_view message =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
      "character";
  Messages messages;
  std::string_view name = text;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    if (text.find('/', slash + 1) != std::string_view::npos) {
      messages.push_back("a qualified name " +
                         regexMessage(message, kQualifiedNameFormat, {"MyName", "my.name", "123-abc"}) +
                         " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
      return messages;
    }
    const std::string_view prefix = text.substr(0, slash);
    name = text.substr(slash + 1);
    if (prefix.empty()) {
      messages.emplace_back("prefix part must be non-empty");
    } else {
      for (const std::string& m : isDns1123Subdomain(prefix)) messages.push_back("prefix part " + m);
    }
  }
  if (name.empty()) {
    messages.emplace_back("name part must be non-empty");
  } else if (name.size() > kLabelLengthMax) {
    messages.push_back("name part " + maxLength(kLabelLengthMax));
  }
  if (!matchesQualifiedName(name)) {
    messages.push_back("name part " +
                       regexMessage(message, kQualifiedNameFormat, {"MyName", "my.name", "123-abc"}));
  }
  return messages;
}

Messages isLabelValue(std::string_view text) {
  Messages messages;
  if (text.size() > kLabelLengthMax) messages.push_back(maxLength(kLabelLengthMax));
  if (!text.empty() && !matchesQualifiedName(text)) {
    messages.push_back(
        regexMessage("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "
                     "or '.', and must "
                     "start and end with an alphanumeric character",
                     "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", {"MyValue", "my_value", "12345"}));
  }
  return messages;
}

Messages isDns1123Label(std::string_view text) {
  Messages messages;
  if (text.size() > kLabelLengthMax) messages.push_back(maxLength(kLabelLengthMax));
  if (matchesDnsLabel(text)) return messages;
  if (everyLabel(text, matchesDnsLabel)) {
    messages.emplace_back("must not contain dots");
  } else {
    messages.push_back(
        regexMessage("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                     "and must start "
                     "and end with an alphanumeric character",
                     kDns1123LabelFormat, {"my-name", "123-abc"}));
  }
  return messages;
}

Messages isDns1123Subdomain(std::string_view text) {
  Messages messages;
  if (text.size() > kSubdomainLengthMax) messages.push_back(maxLength(kSubdomainLengthMax));
  if (!everyLabel(text, matchesDnsLabel)) {
    messages.push_back(regexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
        "must start and end with an alphanumeric character",
        kDns1123SubdomainFormat, {"example.com"}));
  }
  return messages;
}

Messages isDns1123SubdomainWithUnderscore(std::string_view text) {
  Messages messages;
  if (text.size() > kSubdomainLengthMax) messages.push_back(maxLength(kSubdomainLengthMax));
  if (!everyLabel(text, matchesDnsLabelWithUnderscore)) {
    messages.push_back(regexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
        "and must start and end with an alphanumeric character",
        kDns1123SubdomainFormat, {"example.com"}));
  }
  return messages;
}

Messages isDns1035Label(std::string_view text) {
  Messages messages;
  if (text.size() > kLabelLengthMax) messages.push_back(maxLength(kLabelLengthMax));
  if (!matchesDnsLabel(text) || !isLower(text.front())) {
    messages.push_back(
        regexMessage("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
                     "an alphabetic "
                     "character, and end with an alphanumeric character",
                     "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  }
  return messages;
}

std::string inclusiveRange(std::int64_t low, std::int64_t high) {
  return "must be between " + std::to_string(low) + " and " + std::to_string(high) + ", inclusive";
}

Messages isPortNumber(std::int64_t port) {
  if (port >= 1 && port <= 65535) return {};
  return {inclusiveRange(1, 65535)};
}

Messages isPortName(std::string_view text) {
  Messages messages;
  if (text.size() > kPortNameLengthMax) messages.push_back(maxLength(kPortNameLengthMax));
  if (text.empty() || !all(text, [](char c) { return isLowerOrDigit(c) || c == '-'; })) {
    messages.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (std::none_of(text.begin(), text.end(), isLower)) {
    messages.emplace_back("must contain at least one letter (a-z)");
  }
  if (contains(text, "--")) messages.emplace_back("must not contain consecutive hyphens");
  if (!text.empty() && (text.front() == '-' || text.back() == '-')) {
    messages.emplace_back("must not begin or end with a hyphen");
  }
  return messages;
}

Messages isUserOrGroupId(std::int64_t id) {
  constexpr std::int64_t max = std::numeric_limits<std::int32_t>::max();
  if (id >= 0 && id <= max) return {};
  return {inclusiveRange(0, max)};
}

Messages isPercent(std::string_view text) {
  if (text.size() > 1 && text.back() == '%' && all(text.substr(0, text.size() - 1), isDigit)) return {};
  return {regexMessage("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%",
                       {"1%", "93%"})};
}

Messages isHttpHeaderName(std::string_view text) {
  if (!text.empty() && all(text, [](char c) { return isAlphanumeric(c) || c == '-'; })) return {};
  return {regexMessage("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+",
                       {"X-Header-Name"})};
}

Messages isRelaxedEnvVarName(std::string_view text) {
  Messages messages;
  if (text.empty()) messages.emplace_back("environment variable name must be non-empty");
  if (!all(text, [](char c) { return c >= ' ' && c <= '~' && c != '='; })) {
    messages.emplace_back(
        "a valid environment variable name must consist only of printable ASCII characters other than '='");
  }
  return messages;
}

Messages isConfigMapKey(std::string_view text) {
  Messages messages;
  if (text.size() > kSubdomainLengthMax) messages.push_back(maxLength(kSubdomainLengthMax));
  if (text.empty() ||
      !all(text, [](char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; })) {
    messages.push_back(
        regexMessage("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                     "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  addChangeDirectory(text, messages);
  return messages;
}

Messages isPathSegmentName(std::string_view text) {
  if (text == "." || text == "..") return {"may not be '" + std::string(text) + "'"};
  Messages messages;
  for (const std::string_view part : {"/", "%"}) {
    if (contains(text, part)) messages.push_back("may not contain '" + std::string(part) + "'");
  }
  return messages;
}

Messages nameIsDnsSubdomain(std::string_view name, bool prefix) {
  return prefix ? isDns1123Subdomain(maskedTrailingDash(name)) : isDns1123Subdomain(name);
}

Messages nameIsDnsLabel(std::string_view name, bool prefix) {
  return prefix ? isDns1123Label(maskedTrailingDash(name)) : isDns1123Label(name);
}

Messages nameIsDns1035Label(std::string_view name, bool prefix) {
  return prefix ? isDns1035Label(maskedTrailingDash(name)) : isDns1035Label(name);
}

Messages nameIsPathSegment(std::string_view name, bool prefix) {
  if (!prefix) return isPathSegmentName(name);
  Messages messages;
  for (const std::string_view part : {"/", "%"}) {
    if (contains(name, part)) messages.push_back("may not contain '" + std::string(part) + "'");
  }
  return messages;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (isUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string joined(const Messages& messages, std::string_view separator) {
  std::string text;
  for (const std::string& message : messages) {
    if (!text.empty()) text += separator;
    text += message;
  }
  return text;
}

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool endsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

}  // namespace pilothouse::api
