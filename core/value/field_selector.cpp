#include <algorithm>

#include "core/value/selector.hpp"

namespace pilothouse {
namespace {

/// Splits at commas that no backslash escapes; the backslashes stay.
std::vector<std::string_view> splitTerms(std::string_view text) {
  std::vector<std::string_view> terms;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      terms.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  terms.push_back(text.substr(start));
  return terms;
}

/// The code point that starts at `at`, whole.
std::string_view characterAt(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(at, end - at);
}

/// Leaves the literal value in `value`, or a complaint in `error`.
void unescape(std::string_view text, std::string& value, std::string& error) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ',' || c == '=') {
      error = "invalid field selector: unescaped character in value: " + std::to_string(static_cast<int>(c));
      return;
    }
    if (c != '\\') {
      value += c;
      continue;
    }
    const std::string_view escaped = i + 1 < text.size() ? characterAt(text, i + 1) : std::string_view();
    if (escaped != "\\" && escaped != "," && escaped != "=") {
      error = "invalid field selector: invalid escape sequence: \\" + std::string(escaped);
      return;
    }
    value += escaped;
    ++i;
  }
}

/// field, operator and value of a term; false when there is no operator.
bool splitTerm(std::string_view term, FieldRequirement& requirement, std::string_view& value) {
  for (std::size_t i = 0; i < term.size(); ++i) {
    const std::string_view rest = term.substr(i);
    const bool differs = rest.starts_with("!=");
    if (!differs && rest[0] != '=') continue;
    requirement.field = std::string(term.substr(0, i));
    requirement.equal = !differs;
    value = rest.substr(differs || rest.starts_with("==") ? 2 : 1);
    return true;
  }
  return false;
}

}  // namespace

ParsedFieldSelector parseFieldSelector(std::string_view text) {
  ParsedFieldSelector result;
  std::vector<std::string_view> terms = splitTerms(text);
  std::sort(terms.begin(), terms.end());
  for (const std::string_view term : terms) {
    if (term.empty()) continue;
    FieldRequirement requirement;
    std::string_view value;
    if (!splitTerm(term, requirement, value)) {
      return {{},
              "invalid selector: '" + std::string(text) + "'; can't understand '" + std::string(term) + "'"};
    }
    std::string error;
    unescape(value, requirement.value, error);
    if (!error.empty()) return {{}, std::move(error)};
    result.requirements.push_back(std::move(requirement));
  }
  return result;
}

}  // namespace pilothouse
