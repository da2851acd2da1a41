#include "core/value/yaml_scalar.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/value/number_text.hpp"

namespace pilothouse::yaml {
namespace {

struct Word {
  std::string_view text;
  Tag tag;
  bool truth;
};
constexpr Word kWords[] = {
    {"y", Tag::Bool, true},      {"Y", Tag::Bool, true},      {"yes", Tag::Bool, true},
    {"Yes", Tag::Bool, true},    {"YES", Tag::Bool, true},    {"true", Tag::Bool, true},
    {"True", Tag::Bool, true},   {"TRUE", Tag::Bool, true},   {"on", Tag::Bool, true},
    {"On", Tag::Bool, true},     {"ON", Tag::Bool, true},     {"n", Tag::Bool, false},
    {"N", Tag::Bool, false},     {"no", Tag::Bool, false},    {"No", Tag::Bool, false},
    {"NO", Tag::Bool, false},    {"false", Tag::Bool, false}, {"False", Tag::Bool, false},
    {"FALSE", Tag::Bool, false}, {"off", Tag::Bool, false},   {"Off", Tag::Bool, false},
    {"OFF", Tag::Bool, false},   {"", Tag::Null, false},      {"~", Tag::Null, false},
    {"null", Tag::Null, false},  {"Null", Tag::Null, false},  {"NULL", Tag::Null, false}};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t digitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && isDigit(text[end])) ++end;
  return end - at;
}

/// A number of one or two digits between the bounds; moves `at` behind it.
bool takeSmall(std::string_view text, std::size_t& at, int low, int high) {
  const std::size_t digits = std::min<std::size_t>(digitsAt(text, at), 2);
  if (digits == 0) return false;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) number = number * 10 + (text[at + i] - '0');
  at += digits;
  return number >= low && number <= high;
}

bool takeChar(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

/// "2006-1-2", with a time and a zone or neither.
bool isTimestamp(std::string_view text) {
  if (digitsAt(text, 0) != 4) return false;
  std::size_t at = 4;
  if (!takeChar(text, at, '-') || !takeSmall(text, at, 1, 12)) return false;
  if (!takeChar(text, at, '-') || !takeSmall(text, at, 1, 31)) return false;
  if (at == text.size()) return true;
  const bool zoned = text[at] == 'T' || text[at] == 't';
  if (!zoned && text[at] != ' ') return false;
  ++at;
  if (!takeSmall(text, at, 0, 23) || !takeChar(text, at, ':') || !takeSmall(text, at, 0, 59) ||
      !takeChar(text, at, ':') || !takeSmall(text, at, 0, 59)) {
    return false;
  }
  if (takeChar(text, at, '.')) {
    if (digitsAt(text, at) == 0) return false;
    at += digitsAt(text, at);
  }
  if (!zoned) return at == text.size();
  if (takeChar(text, at, 'Z')) return at == text.size();
  if (!takeChar(text, at, '+') && !takeChar(text, at, '-')) return false;
  return takeSmall(text, at, 0, 23) && takeChar(text, at, ':') && takeSmall(text, at, 0, 59) &&
         at == text.size();
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool isFloat(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t whole = digitsAt(text, at);
  at += whole;
  if (takeChar(text, at, '.')) {
    const std::size_t fraction = digitsAt(text, at);
    if (whole == 0 && fraction == 0) return false;
    at += fraction;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t exponent = digitsAt(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

struct Based {
  std::string_view digits;
  unsigned base;
};

/// Base by prefix, as strconv.ParseInt(text, 0, 64) takes it.
Based basedOn(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return {text, 10};
  switch (text[1]) {
    case 'x':
    case 'X':
      return {text.substr(2), 16};
    case 'o':
    case 'O':
      return {text.substr(2), 8};
    case 'b':
    case 'B':
      return {text.substr(2), 2};
    default:
      return {text.substr(1), 8};
  }
}

unsigned digitValue(char c) {
  if (isDigit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 99;
}

/// An integer of any size: int64 where it fits, otherwise the nearest double.
std::optional<Value> integer(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const Based based = basedOn(text);
  if (based.digits.empty()) return std::nullopt;
  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  std::uint64_t magnitude = 0;
  double approximate = 0;
  bool fits = true;
  for (const char c : based.digits) {
    const unsigned digit = digitValue(c);
    if (digit >= based.base) return std::nullopt;
    fits = fits && magnitude <= (limit - digit) / based.base;
    if (fits) magnitude = magnitude * based.base + digit;
    approximate = approximate * based.base + digit;
  }
  if (fits) return Value(static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude));
  if (based.base == 10) approximate = std::strtod(std::string(based.digits).c_str(), nullptr);
  return Value(negative ? -approximate : approximate);
}

std::optional<double> infinite(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  const std::string_view word = !text.empty() && (text[0] == '-' || text[0] == '+') ? text.substr(1) : text;
  if (word == ".inf" || word == ".Inf" || word == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

}  // namespace

Value throughJson(double number) {
  if (!std::isfinite(number)) return number;
  const auto whole = parseInt64(doubleText(number));
  return whole ? Value(*whole) : Value(number);
}

Scalar resolvePlain(std::string_view text) {
  const char first = text.empty() ? '~' : text[0];
  const bool numeric = isDigit(first) || first == '+' || first == '-' || first == '.';
  if (!numeric) {
    if (text.size() <= 5) {
      for (const Word& word : kWords) {
        if (word.text == text) return {word.tag, word.tag == Tag::Bool ? Value(word.truth) : Value()};
      }
      if (text == "<<") return {Tag::Merge, Value(text)};
    }
    return {Tag::String, Value(text)};
  }
  if (const auto special = infinite(text)) return {Tag::Float, Value(*special)};
  if (first != '.' && isTimestamp(text)) return {Tag::Timestamp, Value(text)};
  std::string plain(text);
  if (first != '.') std::erase(plain, '_');
  if (first != '.') {
    if (auto number = integer(plain)) return {Tag::Int, std::move(*number)};
  }
  if (!isFloat(plain)) return {Tag::String, Value(text)};
  const double number = std::strtod(plain.c_str(), nullptr);
  // ParseFloat reports what is out of range, and the text stays a text.
  if (!std::isfinite(number)) return {Tag::String, Value(text)};
  return {Tag::Float, throughJson(number)};
}

bool isBase60(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (at >= text.size() || !isDigit(text[at])) return false;
  while (at < text.size() && (isDigit(text[at]) || text[at] == '_')) ++at;
  bool any = false;
  while (takeChar(text, at, ':')) {
    const std::size_t digits = digitsAt(text, at);
    if (digits == 0 || digits > 2 || (digits == 2 && text[at] > '5')) return false;
    at += digits;
    any = true;
  }
  if (takeChar(text, at, '.')) {
    while (at < text.size() && (isDigit(text[at]) || text[at] == '_')) ++at;
  }
  return any && at == text.size();
}

const char* tagName(Tag tag) {
  switch (tag) {
    case Tag::String:
      return "!!str";
    case Tag::Null:
      return "!!null";
    case Tag::Bool:
      return "!!bool";
    case Tag::Int:
      return "!!int";
    case Tag::Float:
      return "!!float";
    case Tag::Timestamp:
      return "!!timestamp";
    case Tag::Merge:
      return "!!merge";
  }
  return "!!str";
}

std::optional<std::string> decodeBase64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  std::size_t padding = 0;
  std::size_t count = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    ++count;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t at =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(c);
    if (at == std::string_view::npos || padding > 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(at);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>((bits >> have) & 0xFF);
  }
  if (count % 4 != 0 || padding > 2) return std::nullopt;
  return out;
}

}  // namespace pilothouse::yaml
