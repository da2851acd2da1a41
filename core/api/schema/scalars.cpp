#include "core/api/schema/scalars.hpp"

#include <cmath>
#include <cstdint>

#include "core/sim/time.hpp"
#include "core/value/document.hpp"
#include "core/value/duration.hpp"
#include "core/value/go_quote.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api::schema {
namespace {

Scalar read(Value value) { return {std::move(value), {}, {}, {}}; }

Scalar wrongType(const Value& value, std::string wanted) {
  return {{}, std::string(jsonKind(value)), std::move(wanted), {}};
}

Scalar malformed(std::string message) { return {{}, {}, {}, std::move(message)}; }

Scalar readInteger(const Value& value, std::string goName, bool narrow) {
  if (!value.isNumber()) return wrongType(value, std::move(goName));
  Value whole = value;
  if (value.isDouble()) {
    const double d = value.asDouble();
    // JSON made from YAML has 2.0 as 2.
    const bool exact = d == std::trunc(d) && std::fabs(d) < 9.2e18;
    if (!exact) return {{}, "number " + writeJson(value), std::move(goName), {}};
    whole = Value(static_cast<std::int64_t>(d));
  }
  if (narrow && (whole.asInt() > INT32_MAX || whole.asInt() < INT32_MIN)) {
    return {{}, "number " + writeJson(value), std::move(goName), {}};
  }
  return read(whole);
}

// base64.StdEncoding without line breaks: the offset of the first wrong byte, or npos.
std::size_t firstCorrupt(std::string_view text) {
  const auto isDigit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  std::string_view digits = text;
  std::size_t significant = 0;
  std::size_t at = 0;
  for (; at < digits.size(); ++at) {
    if (digits[at] == '\n' || digits[at] == '\r') continue;
    if (!isDigit(digits[at])) break;
    ++significant;
  }
  if (at == text.size()) return significant % 4 == 0 ? std::string_view::npos : at - significant % 4;
  if (text[at] != '=' || significant % 4 < 2) return at;
  std::size_t padding = 4 - significant % 4;
  std::size_t rest = at;
  for (; rest < text.size() && padding > 0; ++rest) {
    if (text[rest] == '\n' || text[rest] == '\r') continue;
    if (text[rest] != '=') return rest - 1;
    --padding;
  }
  while (rest < text.size() && (text[rest] == '\n' || text[rest] == '\r')) ++rest;
  if (padding > 0) return text.size();
  return rest == text.size() ? std::string_view::npos : rest;
}

Scalar readBytes(const Value& value) {
  if (!value.isString()) return wrongType(value, "[]uint8");
  const std::size_t wrong = firstCorrupt(value.asString());
  if (wrong == std::string_view::npos) return read(value);
  return malformed("illegal base64 data at input byte " + std::to_string(wrong));
}

Scalar readQuantity(const Value& value) {
  const bool plain = value.isString() || value.isNumber();
  const std::string text = value.isString() ? value.toString() : plain ? writeJson(value) : "{}";
  if (const auto stored = Quantity::storedText(text)) {
    return read(value.isString() && *stored == text ? value : Value(*stored));
  }
  return malformed(std::string(Quantity::parseError(text)));
}

struct TimePart {
  std::string_view name;
  std::size_t digits;
  std::string_view what;  ///< for "month out of range"
  int least;
  int most;
};
constexpr TimePart kTimeParts[] = {
    {"2006", 4, "", 0, 9999},   {"-", 0, "", 0, 0}, {"01", 2, "month", 1, 12}, {"-", 0, "", 0, 0},
    {"02", 2, "day", 1, 31},    {"T", 0, "", 0, 0}, {"15", 2, "hour", 0, 23},  {":", 0, "", 0, 0},
    {"04", 2, "minute", 0, 59}, {":", 0, "", 0, 0}, {"05", 2, "second", 0, 59}};

// time.ParseError for a text that is no RFC 3339 time: reading stops at the first part that is wrong.
std::string timeError(std::string_view text, std::string_view layout) {
  const std::string parsing = "parsing time " + goQuote(text);
  std::string_view rest = text;
  const auto cannot = [&](std::string_view part) {
    return parsing + " as " + goQuote(layout) + ": cannot parse " + goQuote(rest) + " as " + goQuote(part);
  };
  for (const TimePart& part : kTimeParts) {
    if (part.digits == 0) {
      if (rest.empty() || rest.front() != part.name.front()) return cannot(part.name);
      rest.remove_prefix(1);
      continue;
    }
    int number = 0;
    for (std::size_t i = 0; i < part.digits; ++i) {
      if (i >= rest.size() || rest[i] < '0' || rest[i] > '9') return cannot(part.name);
      number = number * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(part.digits);
    if (number < part.least || number > part.most)
      return parsing + ": " + std::string(part.what) + " out of range";
  }
  if (!rest.empty() && rest.front() == 'Z') {
    rest.remove_prefix(1);
    return rest.empty() ? parsing + ": day out of range" : parsing + ": extra text: " + goQuote(rest);
  }
  return cannot("Z07:00");
}

Scalar readTime(const Value& value, bool micro) {
  if (!value.isString()) return wrongType(value, "string");
  const auto time = parseTimestamp(value.asString());
  if (!time) {
    return malformed(timeError(value.asString(),
                               micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00"));
  }
  Value canonical = micro ? microTimestamp(*time) : timestamp(*time);
  return read(canonical == value ? value : canonical);
}

Scalar readDuration(const Value& value) {
  if (!value.isString()) return wrongType(value, "string");
  const auto duration = parseDuration(value.asString());
  if (!duration) return malformed("time: invalid duration " + goQuote(value.asString()));
  const std::string canonical = durationText(*duration);
  return read(canonical == value.asString() ? value : Value(canonical));
}

}  // namespace

std::string_view jsonKind(const Value& value) {
  switch (value.type()) {
    case Value::Type::Bool:
      return "bool";
    case Value::Type::Int:
    case Value::Type::Double:
      return "number";
    case Value::Type::String:
      return "string";
    case Value::Type::Array:
      return "array";
    case Value::Type::Object:
      return "object";
    case Value::Type::Null:
      break;
  }
  return "null";
}

Scalar readScalar(Type type, const Value& value) {
  switch (type.kind()) {
    case Kind::String:
      return value.isString() ? read(value) : wrongType(value, type.goName());
    case Kind::Bool:
      return value.isBool() ? read(value) : wrongType(value, type.goName());
    case Kind::Int32:
      return readInteger(value, type.goName(), true);
    case Kind::Int64:
      return readInteger(value, type.goName(), false);
    case Kind::Float64:
      return value.isNumber() ? read(value) : wrongType(value, type.goName());
    case Kind::Bytes:
      return readBytes(value);
    case Kind::Quantity:
      return readQuantity(value);
    case Kind::IntOrString:
      return value.isString() ? read(value) : readInteger(value, "int32", true);
    case Kind::Time:
      return readTime(value, false);
    case Kind::MicroTime:
      return readTime(value, true);
    case Kind::Duration:
      return readDuration(value);
    default:
      return read(value);
  }
}

}  // namespace pilothouse::api::schema
