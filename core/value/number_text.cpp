#include "core/value/number_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace pilothouse {
namespace {

/// Digits d1d2…dn and the exponent of 0.d1d2…dn.
struct Decimal {
  std::string digits;
  int point = 0;
};

Decimal shortestDecimal(double magnitude) {
  std::array<char, 40> text{};
  for (int precision = 0; precision <= 16; ++precision) {
    std::snprintf(text.data(), text.size(), "%.*e", precision, magnitude);
    if (std::strtod(text.data(), nullptr) == magnitude) break;
  }
  Decimal decimal;
  const char* c = text.data();
  for (; *c != '\0' && *c != 'e'; ++c) {
    if (*c >= '0' && *c <= '9') decimal.digits += *c;
  }
  decimal.point = *c == 'e' ? std::atoi(c + 1) + 1 : 1;
  while (decimal.digits.size() > 1 && decimal.digits.back() == '0') decimal.digits.pop_back();
  return decimal;
}

std::string scientific(const Decimal& decimal, std::size_t exponentDigits) {
  std::string out(1, decimal.digits[0]);
  if (decimal.digits.size() > 1) out += "." + decimal.digits.substr(1);
  const int exponent = decimal.point - 1;
  out += exponent < 0 ? "e-" : "e+";
  const std::string digits = std::to_string(std::abs(exponent));
  if (digits.size() < exponentDigits) out.append(exponentDigits - digits.size(), '0');
  return out + digits;
}

std::string positional(const Decimal& decimal) {
  const std::string& digits = decimal.digits;
  if (decimal.point <= 0) return "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + digits;
  const auto point = static_cast<std::size_t>(decimal.point);
  if (digits.size() <= point) return digits + std::string(point - digits.size(), '0');
  return digits.substr(0, point) + "." + digits.substr(point);
}

}  // namespace

std::string doubleText(double number) {
  if (!std::isfinite(number)) return "null";
  const std::string sign = std::signbit(number) ? "-" : "";
  const double magnitude = std::fabs(number);
  if (magnitude == 0) return sign + "0";
  const Decimal decimal = shortestDecimal(magnitude);
  return sign + (magnitude < 1e-6 || magnitude >= 1e21 ? scientific(decimal, 1) : positional(decimal));
}

std::string doubleTextShort(double number) {
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  const std::string sign = std::signbit(number) ? "-" : "";
  if (number == 0) return sign + "0";
  const Decimal decimal = shortestDecimal(std::fabs(number));
  const int exponent = decimal.point - 1;
  return sign + (exponent < -4 || exponent >= 6 ? scientific(decimal, 2) : positional(decimal));
}

std::optional<std::int64_t> parseInt64(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  std::uint64_t magnitude = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (magnitude > (limit - digit) / 10) return std::nullopt;
    magnitude = magnitude * 10 + digit;
  }
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

}  // namespace pilothouse
