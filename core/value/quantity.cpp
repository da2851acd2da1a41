#include "core/value/quantity.hpp"

#include <algorithm>
#include <limits>

#include "core/value/number_text.hpp"

namespace pilothouse {
namespace {

__extension__ typedef __int128 Wide;
using Format = Quantity::Format;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kNano = 1'000'000'000;
constexpr std::int64_t kMicro = 1'000'000;

constexpr Wide power10(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}
/// 10^28 units: sums of two still fit.
constexpr Wide kCap = power10(37);

constexpr std::string_view kFormatWrong =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
constexpr std::string_view kNumeric = "unable to parse numeric part of quantity";
constexpr std::string_view kSuffix = "unable to parse quantity's suffix";

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t digitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && isDigit(text[end])) ++end;
  return end - at;
}

struct Suffix {
  std::string_view text;
  int base;
  int exponent;
};
constexpr Suffix kSuffixes[] = {{"", 10, 0},   {"m", 10, -3}, {"k", 10, 3},  {"M", 10, 6},
                                {"G", 10, 9},  {"T", 10, 12}, {"P", 10, 15}, {"E", 10, 18},
                                {"Ki", 2, 10}, {"Mi", 2, 20}, {"Gi", 2, 30}, {"Ti", 2, 40},
                                {"Pi", 2, 50}, {"Ei", 2, 60}, {"u", 10, -6}, {"n", 10, -9}};

/// The parts of a quantity's text, found as parseQuantityString finds them.
struct Parts {
  bool negative = false;
  std::string_view whole;  ///< without leading zeros
  std::string_view fraction;
  bool anyNumber = false;  ///< something stands before the suffix
  Suffix suffix{"", 10, 0};
  Format format = Format::DecimalSI;
  std::string_view error;
};

bool readSuffix(std::string_view text, Parts& parts) {
  for (const Suffix& known : kSuffixes) {
    if (known.text != text) continue;
    parts.suffix = known;
    parts.format = known.base == 2 ? Format::BinarySI : Format::DecimalSI;
    return true;
  }
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return false;
  const auto exponent = parseInt64(text.substr(1));
  if (!exponent) return false;
  parts.suffix = {text, 10, static_cast<int>(std::clamp<std::int64_t>(*exponent, -100'000'000, 100'000'000))};
  parts.format = Format::DecimalExponent;
  return true;
}

Parts split(std::string_view text) {
  Parts parts;
  if (text.empty()) {
    parts.error = kFormatWrong;
    return parts;
  }
  std::size_t at = text[0] == '-' || text[0] == '+' ? 1 : 0;
  parts.negative = text[0] == '-';
  const std::size_t start = at;
  while (at < text.size() && text[at] == '0') ++at;
  parts.whole = text.substr(at, digitsAt(text, at));
  at += parts.whole.size();
  if (at < text.size() && text[at] == '.') {
    parts.fraction = text.substr(at + 1, digitsAt(text, at + 1));
    at += 1 + parts.fraction.size();
  }
  parts.anyNumber = at > start || at == text.size();
  const std::size_t suffixStart = at;
  while (at < text.size() && std::string_view("eEinumkKMGTP").find(text[at]) != std::string_view::npos) ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  at += digitsAt(text, at);
  if (at < text.size()) {
    parts.error = kFormatWrong;
  } else if (!readSuffix(text.substr(suffixStart), parts)) {
    parts.error = kSuffix;
  }
  return parts;
}

/// whole.fraction × 10^exponent in nano units, rounded up.
Wide decimalNano(const Parts& parts) {
  const auto digit = [&](std::size_t i) {
    return i < parts.whole.size() ? parts.whole[i] : parts.fraction[i - parts.whole.size()];
  };
  const std::size_t count = parts.whole.size() + parts.fraction.size();
  std::size_t first = 0;
  while (first < count && digit(first) == '0') ++first;
  if (first == count) return 0;
  const std::int64_t point = static_cast<std::int64_t>(parts.whole.size()) + parts.suffix.exponent + 9;
  const std::int64_t places = point - static_cast<std::int64_t>(first);
  if (places > 37) return kCap;
  Wide nano = 0;
  std::size_t at = first;
  for (std::int64_t i = 0; i < places; ++i, ++at) nano = nano * 10 + (at < count ? digit(at) - '0' : 0);
  for (; at < count; ++at) {
    if (digit(at) != '0') return std::min<Wide>(nano + 1, kCap);
  }
  return std::min(nano, kCap);
}

/// whole.fraction × 2^exponent in nano units, rounded up and capped at 2^63-1 units.
Wide binaryNano(const Parts& parts) {
  const Wide cap = static_cast<Wide>(kMax) * kNano;
  const Wide unit = (static_cast<Wide>(1) << parts.suffix.exponent) * kNano;
  Wide nano = 0;
  for (const char c : parts.whole) {
    nano = nano * 10 + (c - '0') * unit;
    if (nano > cap) return cap;
  }
  Wide below =
      0;  // the fraction's part, from the last digit to the first; what is cut off is only remembered
  bool cut = false;
  for (std::size_t i = parts.fraction.size(); i-- > 0;) {
    below += (parts.fraction[i] - '0') * unit;
    cut = cut || below % 10 != 0;
    below /= 10;
  }
  return std::min<Wide>(nano + below + (cut ? 1 : 0), cap);
}

/// Kubernetes reads short numbers on a fast path; only there "Ki" alone counts as zero.
bool fastPath(const Parts& parts) {
  const auto whole =
      static_cast<int>(std::min<std::size_t>(std::max<std::size_t>(parts.whole.size(), 1), 99));
  if (parts.format != Format::BinarySI) {
    const auto fraction = static_cast<int>(std::min<std::size_t>(parts.fraction.size(), 99));
    return whole + fraction <= 18 && parts.suffix.exponent - fraction >= -9;
  }
  return parts.fraction.empty() && 15 - whole - parts.suffix.exponent * 3 / 10 - 1 >= 0;
}

std::int64_t rounded(Wide nano, std::int64_t unit) {
  const Wide whole = nano / unit;
  const Wide up = nano % unit == 0 ? whole : whole + (nano > 0 ? 1 : -1);
  return static_cast<std::int64_t>(std::clamp<Wide>(up, kMin, kMax));
}

std::string digitsOf(Wide number) {
  const bool negative = number < 0;
  if (negative) number = -number;
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(number % 10));
    number /= 10;
  } while (number != 0);
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

std::string suffixText(int base, int exponent, Format format) {
  if (format == Format::DecimalExponent) return exponent == 0 ? "" : "e" + std::to_string(exponent);
  for (const Suffix& known : kSuffixes) {
    if (known.base == base && known.exponent == exponent) return std::string(known.text);
  }
  return {};
}

std::string decimalText(Wide nano, Format format) {
  int exponent = -9;
  const int most = format == Format::DecimalSI ? 18 : 99;
  while (exponent < most && nano % 1000 == 0) {
    nano /= 1000;
    exponent += 3;
  }
  return digitsOf(nano) + suffixText(10, exponent, format);
}

std::string binaryText(Wide units) {
  int exponent = 0;
  while (exponent < 60 && units % 1024 == 0) {
    units /= 1024;
    exponent += 10;
  }
  return digitsOf(units) + (exponent == 0 ? "" : suffixText(2, exponent, Format::BinarySI));
}

Wide capped(Wide nano) { return std::clamp<Wide>(nano, -kCap, kCap); }

/// number × scale of the usual short forms, or nothing: up to nine digits and one suffix.
bool quick(std::string_view text, std::int64_t& number, int& base, int& exponent) {
  const std::size_t digits = digitsAt(text, 0);
  if (digits == 0 || digits > 9 || text.size() - digits > 2) return false;
  number = 0;
  for (std::size_t i = 0; i < digits; ++i) number = number * 10 + (text[i] - '0');
  const std::string_view suffix = text.substr(digits);
  for (std::size_t i = 0; i < 12; ++i) {  // up to Ti: nine digits of it fit in 128 bits with room
    if (kSuffixes[i].text != suffix) continue;
    base = kSuffixes[i].base;
    exponent = kSuffixes[i].exponent;
    return true;
  }
  return false;
}

/// In units of 10^-places, rounded up; `places` is 0 or 3.
std::int64_t inPlaces(const Value& value, int places) {
  const std::int64_t scale = places == 3 ? 1000 : 1;
  if (value.isString()) {
    const std::string_view text = value.asString();
    std::int64_t number = 0;
    int base = 10;
    int exponent = 0;
    if (quick(text, number, base, exponent)) {
      if (base == 10 && exponent < 0) return places == 3 ? number : (number + 999) / 1000;
      const Wide unit = base == 2 ? static_cast<Wide>(1) << exponent : power10(exponent);
      return static_cast<std::int64_t>(std::min<Wide>(number * unit * scale, kMax));
    }
  } else if (value.isInt()) {
    return static_cast<std::int64_t>(std::clamp<Wide>(static_cast<Wide>(value.asInt()) * scale, kMin, kMax));
  } else if (!value.isDouble()) {
    return 0;
  }
  const auto quantity = Quantity::from(value);
  if (!quantity) return 0;
  return places == 3 ? quantity->milliValue() : quantity->value();
}

}  // namespace

struct Quantity::Reading {
  Parts parts;
  Quantity quantity;
  std::string_view error;
};

Quantity::Reading Quantity::read(std::string_view text) {
  Reading reading{split(text), {}, {}};
  const Parts& parts = reading.parts;
  reading.error = parts.error;
  if (reading.error.empty() && !parts.anyNumber && !fastPath(parts)) reading.error = kNumeric;
  if (!reading.error.empty()) return reading;
  const bool binary = parts.format == Format::BinarySI;
  const Wide nano = binary ? binaryNano(parts) : decimalNano(parts);
  reading.quantity.nano_ = parts.negative ? -nano : nano;
  reading.quantity.format_ = binary && nano > 0 && nano < kNano ? Format::DecimalSI : parts.format;
  return reading;
}

Quantity Quantity::fromValue(std::int64_t value, Format format) {
  Quantity quantity;
  quantity.nano_ = static_cast<Wide>(value) * kNano;
  quantity.format_ = format;
  return quantity;
}

Quantity Quantity::fromMilli(std::int64_t milli, Format format) {
  Quantity quantity;
  quantity.nano_ = static_cast<Wide>(milli) * kMicro;
  quantity.format_ = format;
  return quantity;
}

std::optional<Quantity> Quantity::parse(std::string_view text) {
  const Reading reading = read(text);
  if (!reading.error.empty()) return std::nullopt;
  return reading.quantity;
}

std::string_view Quantity::parseError(std::string_view text) { return read(text).error; }

std::optional<std::string> Quantity::storedText(std::string_view text) {
  const Reading reading = read(text);
  if (!reading.error.empty()) return std::nullopt;
  const Parts& parts = reading.parts;
  // ParseQuantity keeps the text of what it takes for canonical without looking closer.
  if (fastPath(parts) && !(parts.whole.empty() && parts.fraction.empty())) {
    if (parts.format == Format::BinarySI) {
      const auto whole = parseInt64(parts.whole);
      if (whole && (*whole & 7) != 0) return std::string(text);
    } else {
      const std::string shifted = std::string(parts.whole) + std::string(parts.fraction);
      const int scale = parts.suffix.exponent - static_cast<int>(parts.fraction.size());
      if (scale % 3 == 0 && !shifted.ends_with("000") && !parts.whole.empty()) return std::string(text);
    }
  }
  return reading.quantity.toString();
}

std::optional<Quantity> Quantity::from(const Value& value) {
  if (value.isInt()) return fromValue(value.asInt());
  if (value.isDouble()) return parse(doubleText(value.asDouble()));
  if (!value.isString()) return std::nullopt;
  return parse(value.asString());
}

std::int64_t Quantity::value() const { return rounded(nano_, kNano); }

std::int64_t Quantity::milliValue() const { return rounded(nano_, kMicro); }

std::string Quantity::toString() const {
  if (nano_ == 0) return "0";
  if (format_ == Format::BinarySI && nano_ % kNano == 0) {
    const Wide units = nano_ / kNano;
    if (units <= -1024 || units >= 1024) return binaryText(units);
  }
  return decimalText(nano_, format_ == Format::BinarySI ? Format::DecimalSI : format_);
}

int Quantity::sign() const { return nano_ > 0 ? 1 : nano_ < 0 ? -1 : 0; }

int Quantity::compare(const Quantity& other) const {
  return nano_ < other.nano_ ? -1 : nano_ > other.nano_ ? 1 : 0;
}

Quantity operator+(const Quantity& a, const Quantity& b) {
  Quantity sum = a;
  if (a.nano_ == 0) sum.format_ = b.format_;
  sum.nano_ = capped(a.nano_ + b.nano_);
  return sum;
}

Quantity operator-(const Quantity& a, const Quantity& b) {
  Quantity difference = a;
  if (a.nano_ == 0) difference.format_ = b.format_;
  difference.nano_ = capped(a.nano_ - b.nano_);
  return difference;
}

std::int64_t quantityValue(const Value& value) { return inPlaces(value, 0); }

std::int64_t quantityMilli(const Value& value) { return inPlaces(value, 3); }

}  // namespace pilothouse
