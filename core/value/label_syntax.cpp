#include "core/value/label_syntax.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse {
namespace {

constexpr std::size_t kNameMax = 63;
constexpr std::size_t kPrefixMax = 253;

bool isLowerAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool isAlnum(char c) { return isLowerAlnum(c) || (c >= 'A' && c <= 'Z'); }

/// ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]
bool isName(std::string_view text) {
  return !text.empty() && isAlnum(text.front()) && isAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool isDnsLabel(std::string_view text) {
  return !text.empty() && isLowerAlnum(text.front()) && isLowerAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return isLowerAlnum(c) || c == '-'; });
}

bool isSubdomain(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!isDnsLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

class Problems {
 public:
  void add(std::string_view problem) {
    if (!text_.empty()) text_ += "; ";
    text_ += problem;
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

constexpr std::string_view kNameRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

void checkPrefix(std::string_view prefix, Problems& problems) {
  if (prefix.empty()) {
    problems.add("prefix part must be non-empty");
    return;
  }
  if (prefix.size() > kPrefixMax) problems.add("prefix part must be no more than 253 characters");
  if (!isSubdomain(prefix)) {
    problems.add(
        "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
        "or "
        "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
        "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  }
}

}  // namespace

std::string qualifiedNameErrors(std::string_view text) {
  Problems problems;
  const std::size_t slash = text.find('/');
  std::string_view name = text;
  if (slash != std::string_view::npos) {
    name = text.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      return "a qualified name " + std::string(kNameRule) +
             " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    }
    checkPrefix(text.substr(0, slash), problems);
  }
  if (name.empty()) problems.add("name part must be non-empty");
  if (name.size() > kNameMax) problems.add("name part must be no more than 63 characters");
  if (!isName(name)) problems.add("name part " + std::string(kNameRule));
  return std::move(problems).text();
}

std::string labelValueErrors(std::string_view text) {
  Problems problems;
  if (text.size() > kNameMax) problems.add("must be no more than 63 characters");
  if (!text.empty() && !isName(text)) {
    problems.add(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
        "must "
        "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
        "used "
        "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
  }
  return std::move(problems).text();
}

}  // namespace pilothouse
