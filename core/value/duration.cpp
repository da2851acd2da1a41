#include "core/value/duration.hpp"

#include <limits>

#include "core/value/number_text.hpp"

namespace pilothouse {
namespace {

__extension__ typedef __int128 Wide;

constexpr std::int64_t kMicrosecond = 1000;
constexpr std::int64_t kMillisecond = 1000 * kMicrosecond;
constexpr std::int64_t kSecond = 1000 * kMillisecond;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {{"ns", 1},
                           {"us", kMicrosecond},
                           {"\u00b5s", kMicrosecond},
                           {"\u03bcs", kMicrosecond},
                           {"ms", kMillisecond},
                           {"s", kSecond},
                           {"m", kMinute},
                           {"h", kHour}};

std::string_view takeDigits(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

/// Numbers that pass 2^63 stay just above it.
Wide wholeNumber(std::string_view digits) {
  Wide number = 0;
  for (const char c : digits) {
    if (number <= std::numeric_limits<std::int64_t>::max()) number = number * 10 + (c - '0');
  }
  return number;
}

/// The digits behind a point, as parts of `unit`, cut below a nanosecond.
Wide fractionOf(std::string_view digits, std::int64_t unit) {
  Wide number = 0;
  Wide scale = 1;
  for (const char c : digits.substr(0, 18)) {
    number = number * 10 + (c - '0');
    scale *= 10;
  }
  return number * unit / scale;
}

std::string_view takeUnit(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] != '.' && (text[size] < '0' || text[size] > '9')) ++size;
  const std::string_view unit = text.substr(0, size);
  text.remove_prefix(size);
  return unit;
}

/// One "12.5ms"; false when malformed.
bool takeTerm(std::string_view& text, Wide& total) {
  const std::string_view whole = takeDigits(text);
  std::string_view fraction;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    fraction = takeDigits(text);
  }
  if (whole.empty() && fraction.empty()) return false;
  const std::string_view name = takeUnit(text);
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    total += wholeNumber(whole) * unit.nanoseconds + fractionOf(fraction, unit.nanoseconds);
    return total <= static_cast<Wide>(std::numeric_limits<std::int64_t>::max()) + 1;
  }
  return false;
}

/// `number` of `unit` with the fraction that is needed: "1.5ms".
std::string inUnit(std::uint64_t number, std::uint64_t unit, std::string_view name) {
  std::string text = std::to_string(number / unit);
  std::uint64_t rest = number % unit;
  if (rest != 0) text += '.';
  while (rest != 0) {
    unit /= 10;
    text += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return text.append(name);
}

std::string number(std::int64_t n, const char* unit) { return std::to_string(n) + unit; }

/// "3d4h", or "3d" when there is no rest.
std::string pair(std::int64_t large, const char* largeUnit, std::int64_t small, const char* smallUnit) {
  return small == 0 ? number(large, largeUnit) : number(large, largeUnit) + number(small, smallUnit);
}

}  // namespace

std::optional<SimDuration> parseDuration(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text == "0") return SimDuration(0);
  if (text.empty()) return std::nullopt;
  Wide total = 0;
  while (!text.empty()) {
    if (!takeTerm(text, total)) return std::nullopt;
  }
  if (!negative && total > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return SimDuration(static_cast<std::int64_t>(negative ? -total : total));
}

std::string durationText(SimDuration duration) {
  const std::int64_t count = duration.count();
  const auto magnitude =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  const std::string sign = count < 0 ? "-" : "";
  if (magnitude == 0) return "0s";
  if (magnitude < kMicrosecond) return sign + inUnit(magnitude, 1, "ns");
  if (magnitude < kMillisecond) return sign + inUnit(magnitude, kMicrosecond, "\u00b5s");
  if (magnitude < kSecond) return sign + inUnit(magnitude, kMillisecond, "ms");
  std::string text = sign;
  if (magnitude >= kHour) text += std::to_string(magnitude / kHour) + "h";
  if (magnitude >= kMinute) text += std::to_string(magnitude / kMinute % 60) + "m";
  return text + inUnit(magnitude % kMinute, kSecond, "s");
}

std::string humanDuration(SimDuration duration) {
  const std::int64_t seconds = duration.count() / kSecond;
  if (seconds < -1) return "<invalid>";
  if (duration.count() < 0) return "0s";
  if (seconds < 60 * 2) return number(seconds, "s");
  const std::int64_t minutes = seconds / 60;
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 60 * 3) return number(minutes, "m");
  const std::int64_t hours = minutes / 60;
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return number(hours, "h");
  const std::int64_t days = hours / 24;
  if (hours < 24 * 8) return pair(days, "d", hours % 24, "h");
  if (hours < 24 * 365 * 2) return number(days, "d");
  if (hours < 24 * 365 * 8) return pair(days / 365, "y", days % 365, "d");
  return number(days / 365, "y");
}

std::optional<std::int64_t> scaledIntOrPercent(const Value& intOrString, std::int64_t total, bool roundUp) {
  if (intOrString.isInt()) return intOrString.asInt();
  const std::string_view text = intOrString.asString();
  if (!text.ends_with('%')) return std::nullopt;
  const auto percent = parseInt64(text.substr(0, text.size() - 1));
  if (!percent) return std::nullopt;
  const Wide product = static_cast<Wide>(*percent) * total;
  Wide scaled = product / 100;
  if (roundUp && product % 100 > 0) ++scaled;
  if (!roundUp && product % 100 < 0) --scaled;
  if (scaled > std::numeric_limits<std::int64_t>::max()) return std::numeric_limits<std::int64_t>::max();
  if (scaled < std::numeric_limits<std::int64_t>::min()) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(scaled);
}

}  // namespace pilothouse
