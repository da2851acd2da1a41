#include "web/editor/yaml_colors.hpp"

#include <algorithm>

namespace pilothouse::web {

namespace {

constexpr auto npos = std::string_view::npos;

/// Longer lines are data, not something to read; colouring them would only cost time.
constexpr std::size_t kColoredMax = 4000;

class Line {
 public:
  Line(std::string_view text, std::vector<YamlRun>* runs) : text_(text), runs_(runs) {}

  void run(std::size_t begin, std::size_t end, YamlToken token) {
    if (runs_ != nullptr && end > begin) runs_->push_back({begin, end, token});
  }

  /// The end of a quotation that is open at `from`, or npos when the line ends first.
  [[nodiscard]] std::size_t closing(std::size_t from, char quote) const {
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '\'' && i + 1 < text_.size() && text_[i + 1] == '\'') {
          ++i;
        } else {
          return i + 1;
        }
      }
    }
    return npos;
  }

  /// Where the comment begins, outside quotations; npos for none.
  [[nodiscard]] std::size_t comment(std::size_t from) const {
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (text_[i] == '#' && (i == 0 || text_[i - 1] == ' ' || text_[i - 1] == '\t')) return i;
    }
    return npos;
  }

  /// Where the ':' that ends a key stands, from `from`; npos when there is no key.
  [[nodiscard]] std::size_t keyEnd(std::size_t from) const {
    if (from >= text_.size()) return npos;
    std::size_t i = from;
    if (text_[i] == '"' || text_[i] == '\'') {
      i = closing(i + 1, text_[i]);
      if (i == npos) return npos;
      return i < text_.size() && text_[i] == ':' ? i : npos;
    }
    if (text_[i] == '{' || text_[i] == '[' || text_[i] == '#') return npos;
    for (; i < text_.size(); ++i) {
      if (text_[i] == ':' && (i + 1 == text_.size() || text_[i + 1] == ' ')) return i;
      if (text_[i] == '#' && i > from && text_[i - 1] == ' ') return npos;
    }
    return npos;
  }

 private:
  std::string_view text_;
  std::vector<YamlRun>* runs_;
};

std::size_t skipSpaces(std::string_view text, std::size_t from) {
  while (from < text.size() && (text[from] == ' ' || text[from] == '\t')) ++from;
  return from;
}

YamlToken scalarToken(std::string_view scalar) {
  while (!scalar.empty() && scalar.back() == ' ') scalar.remove_suffix(1);
  if (scalar.empty()) return YamlToken::Plain;
  if (scalar == "true" || scalar == "false" || scalar == "null" || scalar == "~" || scalar == "yes" ||
      scalar == "no") {
    return YamlToken::Number;
  }
  const bool number = std::all_of(scalar.begin(), scalar.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
  if (number) return YamlToken::Number;
  return YamlToken::String;
}

/// What stands after "key:" or "- ".
YamlLineState value(Line& line, std::string_view text, std::size_t at, int indent) {
  YamlLineState next;
  at = skipSpaces(text, at);
  if (at >= text.size()) return next;
  if (text[at] == '&' || text[at] == '*' || text[at] == '!') {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    line.run(at, end, YamlToken::Mark);
    at = skipSpaces(text, end);
    if (at >= text.size()) return next;
  }
  const char first = text[at];
  const std::size_t hash = line.comment(at);
  const std::size_t end = std::min(hash, text.size());
  if (first == '|' || first == '>') {
    line.run(at, end, YamlToken::Mark);
    next.block = indent;
  } else if (first == '"' || first == '\'') {
    const std::size_t closed = line.closing(at + 1, first);
    line.run(at, closed == npos ? text.size() : closed, YamlToken::String);
    if (closed == npos) {
      next.quote = first;
      return next;
    }
    const std::size_t late = line.comment(closed);
    if (late != npos) line.run(late, text.size(), YamlToken::Comment);
    return next;
  } else if (first != '{' && first != '[') {
    line.run(at, end, scalarToken(text.substr(at, end - at)));
  }
  if (hash != npos) line.run(hash, text.size(), YamlToken::Comment);
  return next;
}

}  // namespace

YamlLineState colorYamlLine(std::string_view text, YamlLineState state, std::vector<YamlRun>* runs) {
  if (runs != nullptr) runs->clear();
  text = text.substr(0, kColoredMax);
  Line line(text, runs);
  std::size_t at = skipSpaces(text, 0);
  if (state.quote != 0) {
    const std::size_t closed = line.closing(0, state.quote);
    line.run(0, closed == npos ? text.size() : closed, YamlToken::String);
    return closed == npos ? state : YamlLineState();
  }
  if (state.block >= 0) {
    if (at >= text.size()) return state;
    if (static_cast<int>(at) > state.block) {
      line.run(at, text.size(), YamlToken::String);
      return state;
    }
  }
  if (at >= text.size()) return {};
  if (text.substr(0, 3) == "---" || text.substr(0, 3) == "...") {
    line.run(0, 3, YamlToken::Mark);
    return value(line, text, 3, 0);
  }
  if (text[at] == '#') {
    line.run(at, text.size(), YamlToken::Comment);
    return {};
  }
  auto indent = static_cast<int>(at);
  while (at < text.size() && text[at] == '-' && (at + 1 == text.size() || text[at + 1] == ' ')) {
    line.run(at, at + 1, YamlToken::Mark);
    indent = static_cast<int>(at);
    at = skipSpaces(text, at + 1);
  }
  const std::size_t colon = line.keyEnd(at);
  if (colon == npos) return value(line, text, at, indent);
  line.run(at, colon, YamlToken::Key);
  line.run(colon, colon + 1, YamlToken::Mark);
  return value(line, text, colon + 1, static_cast<int>(at));
}

}  // namespace pilothouse::web
