#include <algorithm>
#include <string>
#include <vector>

#include "core/value/document.hpp"
#include "core/value/number_text.hpp"
#include "core/value/utf8.hpp"
#include "core/value/yaml_scalar.hpp"

namespace pilothouse {
namespace {

constexpr std::size_t kBestWidth = 80;        // libyaml folds longer lines
constexpr std::size_t kSimpleKeyBytes = 128;  // longer keys are written with '?'

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// The number at `at`, and where it ends; capped, since only the order counts.
std::size_t numberAt(std::string_view text, std::size_t at, std::uint64_t& number) {
  while (at < text.size() && isDigit(text[at])) {
    if (number < 1'000'000'000'000'000'000u)
      number = number * 10 + static_cast<std::uint64_t>(text[at] - '0');
    ++at;
  }
  return at;
}

/// go-yaml's order of keys: numbers inside of texts by their value, letters behind all other characters.
bool naturalLess(std::string_view a, std::string_view b) {
  bool inDigits = false;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == b[i]) {
      inDigits = isDigit(a[i]);
      continue;
    }
    const bool aLetter = isLetter(a[i]);
    const bool bLetter = isLetter(b[i]);
    if (aLetter && bLetter) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
    if (aLetter || bLetter) return inDigits ? aLetter : bLetter;
    std::uint64_t aNumber = 0;
    std::uint64_t bNumber = 0;
    if (a[i] == '0' || b[i] == '0') {
      // A zero inside of a number counts as a digit of it.
      for (std::size_t j = i; j-- > 0 && isDigit(a[j]);) {
        if (a[j] != '0') {
          aNumber = bNumber = 1;
          break;
        }
      }
    }
    const std::size_t aEnd = numberAt(a, i, aNumber);
    const std::size_t bEnd = numberAt(b, i, bNumber);
    if (aNumber != bNumber) return aNumber < bNumber;
    if (aEnd != bEnd) return aEnd < bEnd;
    return a[i] < b[i];
  }
  return a.size() < b.size();
}

enum class Style : std::uint8_t { Plain, SingleQuoted, DoubleQuoted, Literal };

/// Which styles can hold a text, found as libyaml's analysis finds it.
struct Analysis {
  bool plain = true;
  bool singleQuoted = true;
  bool literal = true;
  bool multiline = false;
};

bool isPrintable(char32_t c) {
  return c == '\n' || (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c < 0x2028) || (c > 0x2029 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD && c != 0xFEFF);
}

bool startsLikeSyntax(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...")) return true;
  const bool alone = text.size() == 1 || text[1] == ' ' || text[1] == '\t';
  if (text[0] == '?' || text[0] == ':' || text[0] == '-') return alone;
  return std::string_view("#,[]{}&*!|>'\"%@`").find(text[0]) != std::string_view::npos;
}

Analysis analyse(std::string_view text) {
  Analysis can;
  if (text.empty()) {
    can.literal = false;
    return can;
  }
  bool syntax = startsLikeSyntax(text);
  bool special = false;
  bool spaceBreak = false;
  bool breakSpace = false;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Character character = utf8::next(text, at);
    const char32_t c = character.code;
    const char before = at > 0 ? text[at - 1] : '\0';
    const char after = at + 1 < text.size() ? text[at + 1] : ' ';
    if (!isPrintable(c)) special = true;
    if (c == '\n') {
      can.multiline = true;
      spaceBreak = spaceBreak || before == ' ';
    }
    if (c == ' ' && before == '\n') breakSpace = true;
    if (at > 0 && c == ':' && (after == ' ' || after == '\t')) syntax = true;
    if (at > 0 && c == '#' && (before == ' ' || before == '\t' || before == '\n')) syntax = true;
    at += character.size;
  }
  const bool edges = text.front() == ' ' || text.front() == '\n' || text.back() == ' ' || text.back() == '\n';
  can.plain = !(syntax || special || spaceBreak || breakSpace || edges || can.multiline);
  can.singleQuoted = !(special || spaceBreak || breakSpace);
  can.literal = !(special || spaceBreak || text.back() == ' ');
  return can;
}

class YamlWriter {
 public:
  std::string write(const Value& root) && {
    if (isBlock(root)) {
      writeBlock(root, 0);
    } else {
      writeScalar(root, 2, false);
    }
    if (out_.empty() || out_.back() != '\n') out_ += '\n';
    return std::move(out_);
  }

 private:
  static bool isBlock(const Value& value) { return (value.isObject() || value.isArray()) && !value.empty(); }

  void put(std::string_view ascii) {
    out_ += ascii;
    column_ += ascii.size();
  }
  void putCharacter(std::string_view bytes) {
    out_ += bytes;
    ++column_;
  }
  void newLine(std::size_t indent) {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    out_.append(indent, ' ');
    column_ = indent;
  }

  /// The cursor stands where the first key or '-' goes.
  void writeBlock(const Value& value, std::size_t indent) {
    value.isObject() ? writeMembers(value, indent) : writeItems(value, indent);
  }

  void writeItems(const Value& value, std::size_t indent) {
    bool first = true;
    for (const Value& item : value.items()) {
      if (!first) newLine(indent);
      first = false;
      put("- ");
      isBlock(item) ? writeBlock(item, indent + 2) : writeScalar(item, indent + 2, false);
    }
  }

  void writeMembers(const Value& value, std::size_t indent) {
    const auto keys = value.memberKeys();
    std::vector<std::size_t> order(keys.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [keys](std::size_t a, std::size_t b) {
      return naturalLess(keys[a].text(), keys[b].text());
    });
    bool first = true;
    for (const std::size_t i : order) {
      if (!first) newLine(indent);
      first = false;
      writeKey(keys[i].text(), indent);
      const Value& member = value.memberValues()[i];
      if (!isBlock(member)) {
        put(" ");
        writeScalar(member, indent + 2, false);
      } else {
        // A list stands as far left as its key.
        const std::size_t inner = member.isObject() ? indent + 2 : indent;
        newLine(inner);
        writeBlock(member, inner);
      }
    }
  }

  void writeKey(std::string_view key, std::size_t indent) {
    if (key.size() <= kSimpleKeyBytes && key.find('\n') == std::string_view::npos) {
      writeText(key, indent + 2, true);
    } else {
      put("? ");
      writeText(key, indent + 2, false);
      newLine(indent);
    }
    put(":");
  }

  void writeScalar(const Value& value, std::size_t indent, bool isKey) {
    switch (value.type()) {
      case Value::Type::Null:
        return put("null");
      case Value::Type::Bool:
        return put(value.asBool() ? "true" : "false");
      case Value::Type::Int:
        return put(std::to_string(value.asInt()));
      case Value::Type::Double:
        return put(doubleTextShort(value.asDouble()));
      case Value::Type::Array:
        return put("[]");
      case Value::Type::Object:
        return put("{}");
      case Value::Type::String:
        return writeText(value.asString(), indent, isKey);
    }
  }

  static Style styleOf(std::string_view text, bool isKey) {
    const Analysis can = analyse(text);
    if (can.multiline && can.literal && !isKey) return Style::Literal;
    if (can.multiline) return Style::DoubleQuoted;
    if (yaml::resolvePlain(text).tag != yaml::Tag::String || yaml::isBase60(text)) return Style::DoubleQuoted;
    if (can.plain) return Style::Plain;
    return can.singleQuoted ? Style::SingleQuoted : Style::DoubleQuoted;
  }

  void writeText(std::string_view text, std::size_t indent, bool isKey) {
    switch (styleOf(text, isKey)) {
      case Style::Plain:
        return writeFolded(text, indent, !isKey, false);
      case Style::SingleQuoted:
        put("'");
        writeFolded(text, indent, !isKey, true);
        return put("'");
      case Style::DoubleQuoted:
        return writeDoubleQuoted(text, indent, !isKey);
      case Style::Literal:
        return writeLiteral(text, indent);
    }
  }

  void writeFolded(std::string_view text, std::size_t indent, bool mayFold, bool quoted) {
    bool afterSpace = false;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = utf8::next(text, at).size;
      const bool space = text[at] == ' ';
      const bool inside = !quoted || (at > 0 && at + 1 < text.size());
      const bool single = at + 1 >= text.size() || text[at + 1] != ' ';
      if (space && mayFold && !afterSpace && column_ > kBestWidth && inside && single) {
        newLine(indent);
      } else {
        if (quoted && text[at] == '\'') put("'");
        putCharacter(text.substr(at, size));
      }
      afterSpace = space;
      at += size;
    }
  }

  void writeDoubleQuoted(std::string_view text, std::size_t indent, bool mayFold) {
    put("\"");
    bool afterSpace = false;
    for (std::size_t at = 0; at < text.size();) {
      const utf8::Character character = utf8::next(text, at);
      const bool space = text[at] == ' ';
      if (space && mayFold && !afterSpace && column_ > kBestWidth && at > 0 && at + 1 < text.size()) {
        newLine(indent);
        if (text[at + 1] == ' ') put("\\");
      } else if (character.valid && isPrintable(character.code) && character.code != '\n' &&
                 character.code != '"' && character.code != '\\') {
        putCharacter(text.substr(at, character.size));
      } else {
        putEscape(character.code);
      }
      afterSpace = space;
      at += character.size;
    }
    put("\"");
  }

  void putEscape(char32_t code) {
    static constexpr std::string_view kCodes("\0\a\b\t\n\v\f\r\x1b\"\\", 11);
    static constexpr std::string_view kLetters = "0abtnvfre\"\\";
    put("\\");
    if (const std::size_t at = code < 0x80 ? kCodes.find(static_cast<char>(code)) : std::string_view::npos;
        at != std::string_view::npos) {
      return put(kLetters.substr(at, 1));
    }
    if (code == 0x85) return put("N");
    if (code == 0xA0) return put("_");
    if (code == 0x2028) return put("L");
    if (code == 0x2029) return put("P");
    const int digits = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 8;
    put(digits == 2 ? "x" : digits == 4 ? "u" : "U");
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      put(std::string_view("0123456789ABCDEF").substr((code >> shift) & 15, 1));
    }
  }

  void writeLiteral(std::string_view text, std::size_t indent) {
    put("|");
    if (text.front() == ' ' || text.front() == '\n') put("2");
    if (text.back() != '\n') {
      put("-");
    } else if (text.size() == 1 || text[text.size() - 2] == '\n') {
      put("+");
    }
    out_ += '\n';
    bool lineStart = true;
    for (const char c : text) {
      if (c != '\n' && lineStart) out_.append(indent, ' ');
      lineStart = c == '\n';
      out_ += c;
    }
    column_ = lineStart ? 0 : indent + 1;
  }

  std::string out_;
  std::size_t column_ = 0;  // in characters
};

}  // namespace

std::string writeYaml(const Value& value) { return YamlWriter().write(value); }

}  // namespace pilothouse
