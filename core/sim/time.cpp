#include "core/sim/time.hpp"

#include <array>

namespace pilothouse {
namespace {

using std::chrono::floor;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Howard Hinnant's civil calendar algorithms: days since 1970-01-01 and back.
struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

Civil civilFromDays(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto dayOfEra = static_cast<unsigned>(days - era * 146097);
  const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const unsigned mp = (5 * dayOfYear + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0), month,
          dayOfYear - (153 * mp + 2) / 5 + 1};
}

std::int64_t daysFromCivil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto yearOfEra = static_cast<unsigned>(year - era * 400);
  const unsigned dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + static_cast<std::int64_t>(dayOfEra) - 719468;
}

void putDigits(char* at, int width, std::int64_t number) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

// "YYYY-MM-DDTHH:MM:SS" into 19 characters.
void putSeconds(char* at, std::int64_t epochSeconds) {
  std::int64_t days = epochSeconds / 86400;
  std::int64_t rest = epochSeconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  const Civil civil = civilFromDays(days);
  putDigits(at, 4, civil.year);
  at[4] = '-';
  putDigits(at + 5, 2, civil.month);
  at[7] = '-';
  putDigits(at + 8, 2, civil.day);
  at[10] = 'T';
  putDigits(at + 11, 2, rest / 3600);
  at[13] = ':';
  putDigits(at + 14, 2, rest / 60 % 60);
  at[16] = ':';
  putDigits(at + 17, 2, rest % 60);
}

struct CachedSecond {
  std::int64_t second = INT64_MIN;
  Value text;
};

/// Reads exactly `width` digits at `at`; -1 when there are none.
std::int64_t digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  std::int64_t number = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

unsigned daysInMonth(std::int64_t year, unsigned month) {
  static constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

Value timestamp(SimTime time) {
  static std::array<CachedSecond, 64> cache;  // a pure cache: the same text whether hit or miss
  const std::int64_t second = floor<seconds>(time.time_since_epoch()).count();
  CachedSecond& slot = cache[static_cast<std::uint64_t>(second) % cache.size()];
  if (slot.second != second) {
    char text[20];
    putSeconds(text, second);
    text[19] = 'Z';
    slot = {second, Value(std::string_view(text, sizeof(text)))};
  }
  return slot.text;
}

Value microTimestamp(SimTime time) {
  const auto second = floor<seconds>(time.time_since_epoch());
  char text[27];
  putSeconds(text, second.count());
  text[19] = '.';
  putDigits(text + 20, 6, (time.time_since_epoch() - second).count() / 1000);
  text[26] = 'Z';
  return Value(std::string_view(text, sizeof(text)));
}

std::optional<SimTime> parseTimestamp(std::string_view text) {
  const std::int64_t year = digits(text, 0, 4);
  const std::int64_t month = digits(text, 5, 2);
  const std::int64_t day = digits(text, 8, 2);
  const std::int64_t hour = digits(text, 11, 2);
  const std::int64_t minute = digits(text, 14, 2);
  const std::int64_t second = digits(text, 17, 2);
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 59 ||
      day > daysInMonth(year, static_cast<unsigned>(month))) {
    return std::nullopt;
  }
  if (year < 1678 || year > 2261) return std::nullopt;  // outside what 64 bits of nanoseconds hold
  std::size_t at = 19;
  std::int64_t nanos = 0;
  if (text[at] == '.') {
    std::int64_t unit = 100'000'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      nanos += (text[at] - '0') * unit;
    }
    if (at == first) return std::nullopt;
  }
  std::int64_t offset = 0;
  if (at + 1 == text.size() && text[at] == 'Z') {
    offset = 0;
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const std::int64_t offsetHours = digits(text, at + 1, 2);
    const std::int64_t offsetMinutes = digits(text, at + 4, 2);
    if (offsetHours < 0 || offsetHours > 23 || offsetMinutes < 0 || offsetMinutes > 59) return std::nullopt;
    offset = (offsetHours * 60 + offsetMinutes) * (text[at] == '-' ? -60 : 60);
  } else {
    return std::nullopt;
  }
  const std::int64_t days = daysFromCivil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  const std::int64_t epoch = days * 86400 + hour * 3600 + minute * 60 + second - offset;
  return SimTime(seconds(epoch) + nanoseconds(nanos));
}

}  // namespace pilothouse
