#include <cstdlib>

#include "core/value/go_quote.hpp"
#include "core/value/json_path_step.hpp"
#include "core/value/number_text.hpp"

namespace pilothouse {
namespace {

using Step = JsonPath::Step;
using Steps = std::vector<Step>;

constexpr int kNestingMax = 20;  // filters and unions inside of each other

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool isQuoted(std::string_view text) {
  return text.size() >= 2 && (text[0] == '\'' || text[0] == '"') && text.back() == text[0];
}

std::string unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

/// Splits at commas outside of quotes.
std::vector<std::string_view> splitUnion(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != '\0') {
      if (text[i] == quote) quote = '\0';
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text[i] == ',') {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

class PathParser {
 public:
  PathParser(std::string_view text, int nesting) : text_(text), nesting_(nesting) {}

  bool parse(Steps& steps, std::string& error) {
    if (nesting_ > kNestingMax) return fail(error, "expression is nested too deeply");
    text_ = trimmed(text_);
    if (literal(steps)) return true;
    if (text_.starts_with('$') || text_.starts_with('@')) ++at_;
    while (at_ < text_.size()) {
      if (!step(steps, error)) return false;
    }
    return true;
  }

 private:
  static bool fail(std::string& error, std::string why) {
    error = std::move(why);
    return false;
  }

  /// A filter's side that is no path: a quoted text, a number, true or false.
  bool literal(Steps& steps) {
    if (nesting_ == 0 || text_.empty()) return false;
    Value value;
    if (isQuoted(text_)) {
      value = Value(unquoted(text_));
    } else if (text_ == "true" || text_ == "false") {
      value = Value(text_ == "true");
    } else if (const auto number = parseInt64(text_)) {
      value = Value(*number);
    } else if ((text_[0] >= '0' && text_[0] <= '9') || text_[0] == '-') {
      const std::string copy(text_);
      char* end = nullptr;
      const double number = std::strtod(copy.c_str(), &end);
      if (end != copy.c_str() + copy.size()) return false;
      value = Value(number);
    } else {
      return false;
    }
    Step step;
    step.kind = Step::Kind::Literal;
    step.literal = std::move(value);
    steps.push_back(std::move(step));
    return true;
  }

  bool step(Steps& steps, std::string& error) {
    if (text_.substr(at_).starts_with("..")) {
      at_ += 2;
      steps.push_back({Step::Kind::Recursive});
      if (at_ < text_.size() && text_[at_] != '[') field(steps);
      return true;
    }
    if (text_[at_] == '[') return bracket(steps, error);
    if (text_[at_] == '.') {
      ++at_;
      if (at_ == text_.size()) return true;  // "." alone is the root
    }
    if (text_[at_] == '[') return bracket(steps, error);
    return field(steps) || fail(error, "unrecognized character in action: " + goQuote(text_.substr(at_, 1)));
  }

  bool field(Steps& steps) {
    if (text_[at_] == '*') {
      ++at_;
      steps.push_back({Step::Kind::Wildcard});
      return true;
    }
    Step step;
    step.kind = Step::Kind::Field;
    const std::size_t start = at_;
    while (at_ < text_.size() && std::string_view(".[] ").find(text_[at_]) == std::string_view::npos) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      step.name += text_[at_++];
    }
    if (at_ == start) return false;
    steps.push_back(std::move(step));
    return true;
  }

  /// Behind the ']' of the bracket at at_.
  std::size_t closing() const {
    int depth = 0;
    char quote = '\0';
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != '\0') {
        if (c == '\\') ++i;
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[') {
        ++depth;
      } else if (c == ']' && --depth == 0) {
        return i + 1;
      }
    }
    return std::string_view::npos;
  }

  bool bracket(Steps& steps, std::string& error) {
    const std::size_t end = closing();
    if (end == std::string_view::npos) return fail(error, "unterminated array");
    const std::string_view inside = trimmed(text_.substr(at_ + 1, end - at_ - 2));
    at_ = end;
    if (inside.starts_with("?(")) {
      if (!inside.ends_with(")")) return fail(error, "unterminated filter");
      return filter(inside.substr(2, inside.size() - 3), steps, error);
    }
    const auto parts = splitUnion(inside);
    if (parts.size() == 1) return element(inside, steps, error);
    Step step;
    step.kind = Step::Kind::Union;
    for (const std::string_view part : parts) {
      step.paths.emplace_back();
      const std::string_view item = trimmed(part);
      const bool path = item.starts_with('.') || item.starts_with('@') || item.starts_with('$');
      if (!(path ? PathParser(item, nesting_ + 1).parse(step.paths.back(), error)
                 : element(item, step.paths.back(), error))) {
        return false;
      }
    }
    steps.push_back(std::move(step));
    return true;
  }

  /// "*", "'name'", "3" or "1:5:2".
  static bool element(std::string_view text, Steps& steps, std::string& error) {
    Step step;
    if (text == "*") {
      step.kind = Step::Kind::Wildcard;
    } else if (isQuoted(text)) {
      step.kind = Step::Kind::Field;
      step.name = unquoted(text);
    } else if (!slice(text, step)) {
      return fail(error, "invalid array index " + std::string(text));
    }
    steps.push_back(std::move(step));
    return true;
  }

  static bool slice(std::string_view text, Step& step) {
    step.kind = Step::Kind::Slice;
    std::vector<std::string_view> parts;
    for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':')) {
      parts.push_back(trimmed(text.substr(0, colon)));
      text.remove_prefix(colon + 1);
    }
    parts.push_back(trimmed(text));
    if (parts.size() > 3) return false;
    const auto read = [](std::string_view part, std::optional<std::int64_t>& number) {
      number = parseInt64(part);
      return part.empty() || number.has_value();
    };
    std::optional<std::int64_t> stride;
    if (!read(parts[0], step.start)) return false;
    if (parts.size() == 1) {
      step.index = true;
      return step.start.has_value();
    }
    if (!read(parts[1], step.end) || (parts.size() == 3 && !read(parts[2], stride))) return false;
    step.stride = stride.value_or(1);
    return step.stride > 0;
  }

  bool filter(std::string_view text, Steps& steps, std::string& error) {
    Step step;
    step.kind = Step::Kind::Filter;
    char quote = '\0';
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
      if (quote != '\0') {
        if (text[at] == quote) quote = '\0';
      } else if (text[at] == '\'' || text[at] == '"') {
        quote = text[at];
      } else if (std::string_view("!<>=").find(text[at]) != std::string_view::npos) {
        break;
      }
    }
    std::size_t end = at;
    while (end < text.size() && std::string_view("!<>=").find(text[end]) != std::string_view::npos) ++end;
    step.comparison = std::string(text.substr(at, end - at));
    constexpr std::string_view kKnown[] = {"", "==", "!=", "<", ">", "<=", ">="};
    bool known = false;
    for (const std::string_view one : kKnown) known = known || step.comparison == one;
    if (!known) return fail(error, "unrecognized filter operator " + step.comparison);
    step.paths.resize(2);
    if (!PathParser(text.substr(0, at), nesting_ + 1).parse(step.paths[0], error)) return false;
    if (!step.comparison.empty() && !PathParser(text.substr(end), nesting_ + 1).parse(step.paths[1], error)) {
      return false;
    }
    steps.push_back(std::move(step));
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int nesting_;
};

}  // namespace

JsonPath::Parsed JsonPath::parse(std::string_view text) {
  Parsed parsed;
  text = trimmed(text);
  if (text.starts_with('{')) {
    if (!text.ends_with('}')) return {{}, "unclosed action"};
    text = text.substr(1, text.size() - 2);
  }
  auto steps = std::make_shared<std::vector<Step>>();
  if (!PathParser(text, 0).parse(*steps, parsed.error)) return parsed;
  parsed.path.steps_ = std::move(steps);
  return parsed;
}

}  // namespace pilothouse
