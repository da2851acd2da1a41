#include <cstdint>

#include "core/value/document.hpp"
#include "core/value/json_path.hpp"

namespace pilothouse {

struct JsonPathTemplate::Part {
  enum class Kind : std::uint8_t { Text, Path, Range, End };
  Kind kind{};
  std::string text{};
  JsonPath path{};
  std::size_t end = 0;  ///< of a Range: the index of its End
};

namespace {

constexpr std::size_t kRangesMax = 20;  // inside of each other

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The '}' that closes the brace at `open`, quotes heeded.
std::size_t closingBrace(std::string_view text, std::size_t open) {
  char quote = '\0';
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (quote != '\0') {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == quote) {
        quote = '\0';
      }
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text[i] == '}') {
      return i;
    }
  }
  return std::string_view::npos;
}

/// The content of a quoted text: \n, \t and escaped quotes.
std::string unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != '\\' || i + 2 >= text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
  }
  return out;
}

std::string textOf(const Value& value) {
  if (value.isString()) return value.toString();
  if (value.isNull()) return {};
  return writeJson(value);
}

}  // namespace

JsonPathTemplate::Parsed JsonPathTemplate::parse(std::string_view text) {
  auto parts = std::make_shared<std::vector<Part>>();
  std::vector<std::size_t> ranges;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('{', at), text.size());
    if (open > at) parts->push_back({Part::Kind::Text, std::string(text.substr(at, open - at))});
    if (open == text.size()) break;
    const std::size_t close = closingBrace(text, open);
    if (close == std::string_view::npos) return {{}, "unclosed action"};
    std::string_view inside = trimmed(text.substr(open + 1, close - open - 1));
    at = close + 1;
    if (inside.size() >= 2 && (inside[0] == '"' || inside[0] == '\'') && inside.back() == inside[0]) {
      parts->push_back({Part::Kind::Text, unquoted(inside)});
    } else if (inside == "end") {
      if (ranges.empty()) return {{}, "not in range, nothing to end"};
      (*parts)[ranges.back()].end = parts->size();
      ranges.pop_back();
      parts->push_back({Part::Kind::End});
    } else {
      const bool range = inside.starts_with("range ") || inside == "range";
      JsonPath::Parsed path = JsonPath::parse(range ? inside.substr(5) : inside);
      if (!path.error.empty()) return {{}, std::move(path.error)};
      if (range) ranges.push_back(parts->size());
      if (ranges.size() > kRangesMax) return {{}, "expression is nested too deeply"};
      parts->push_back({range ? Part::Kind::Range : Part::Kind::Path, {}, std::move(path.path)});
    }
  }
  if (!ranges.empty()) return {{}, "unterminated range"};
  Parsed parsed;
  parsed.path.parts_ = std::move(parts);
  return parsed;
}

namespace {

/// Prints parts [from, to); ranges repeat what is between them and their end.
template <typename Parts, typename Part = typename Parts::value_type>
void printParts(const Parts& parts, std::size_t from, std::size_t to, const Value& root,
                JsonPathTemplate::Printed& out) {
  for (std::size_t i = from; i < to && out.error.empty(); ++i) {
    const Part& part = parts[i];
    if (part.kind == Part::Kind::Text) {
      out.text += part.text;
      continue;
    }
    if (part.kind == Part::Kind::End) continue;
    JsonPath::Found found = part.path.evaluate(root);
    out.error = std::move(found.error);
    if (part.kind == Part::Kind::Range) {
      for (const Value& value : found.values) printParts(parts, i + 1, part.end, value, out);
      i = part.end;
      continue;
    }
    for (std::size_t j = 0; j < found.values.size(); ++j) {
      if (j > 0) out.text += ' ';
      out.text += textOf(found.values[j]);
    }
  }
}

}  // namespace

JsonPathTemplate::Printed JsonPathTemplate::print(const Value& root) const {
  Printed out;
  if (parts_) printParts(*parts_, 0, parts_->size(), root, out);
  return out;
}

}  // namespace pilothouse
