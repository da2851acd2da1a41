#include "core/api/batch_v1/cron_schedule.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

#include "core/api/batch_v1/time_zone.hpp"
#include "core/api/quote.hpp"
#include "core/api/validation/formats.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
constexpr std::string_view kDays = "sunmontuewedthufrisat";

struct Bounds {
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::string_view names = {};  ///< three letters each; the first stands for `low`
};

struct Field {
  std::uint64_t bits = 0;
  bool any = false;
};

std::uint64_t bitsOf(std::int64_t from, std::int64_t to, std::int64_t step) {
  std::uint64_t bits = 0;
  for (std::int64_t i = from; i <= to; i += step) bits |= std::uint64_t{1} << i;
  return bits;
}

// A field's readers stop at the first error, which is kept in `error`.
std::int64_t readNumber(std::string_view text, std::string& error) {
  std::int64_t value = 0;
  std::string_view digits = text;
  if (startsWith(digits, "+")) digits.remove_prefix(1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || read.ptr != digits.data() + digits.size() || read.ec == std::errc::invalid_argument) {
    error = "failed to parse int from " + std::string(text) + ": strconv.Atoi: parsing " + quoted(text) +
            ": invalid syntax";
  } else if (read.ec != std::errc()) {
    error = "failed to parse int from " + std::string(text) + ": strconv.Atoi: parsing " + quoted(text) +
            ": value out of range";
  } else if (value < 0) {
    error = "negative number (" + std::to_string(value) + ") not allowed: " + std::string(text);
  }
  return value;
}

std::int64_t readValue(std::string_view text, const Bounds& bounds, std::string& error) {
  if (text.size() == 3) {
    const std::string name = lowered(text);
    for (std::size_t i = 0; i < bounds.names.size(); i += 3) {
      if (bounds.names.substr(i, 3) == name) return bounds.low + static_cast<std::int64_t>(i / 3);
    }
  }
  return readNumber(text, error);
}

void readRange(std::string_view text, const Bounds& bounds, Field& field, std::string& error) {
  const std::vector<std::string_view> rangeAndStep = split(text, '/');
  const std::vector<std::string_view> ends = split(rangeAndStep[0], '-');
  const std::string whole(text);
  bool any = false;
  std::int64_t from = bounds.low;
  std::int64_t to = bounds.high;
  if (ends[0] == "*" || ends[0] == "?") {
    any = true;
  } else {
    from = readValue(ends[0], bounds, error);
    if (error.empty() && ends.size() > 2) error = "too many hyphens: " + whole;
    if (error.empty()) to = ends.size() == 2 ? readValue(ends[1], bounds, error) : from;
  }
  std::int64_t step = 1;
  if (error.empty() && rangeAndStep.size() > 2) error = "too many slashes: " + whole;
  if (error.empty() && rangeAndStep.size() == 2) {
    step = readNumber(rangeAndStep[1], error);
    if (ends.size() == 1) to = bounds.high;
    if (step > 1) any = false;
  }
  if (!error.empty()) return;
  const auto number = [](std::int64_t value) { return "(" + std::to_string(value) + ")"; };
  if (from < bounds.low) {
    error = "beginning of range " + number(from) + " below minimum " + number(bounds.low) + ": " + whole;
  } else if (to > bounds.high) {
    error = "end of range " + number(to) + " above maximum " + number(bounds.high) + ": " + whole;
  } else if (from > to) {
    error = "beginning of range " + number(from) + " beyond end of range " + number(to) + ": " + whole;
  } else if (step == 0) {
    error = "step of range should be a positive number: " + whole;
  } else {
    field.bits |= bitsOf(from, to, std::min(step, bounds.high + 1));
    field.any = field.any || any;
  }
}

Field readField(std::string_view text, const Bounds& bounds, std::string& error) {
  Field field;
  for (const std::string_view part : split(text, ',')) {
    if (!error.empty()) return field;
    if (!part.empty()) readRange(part, bounds, field, error);
  }
  return field;
}

CronSchedule at(std::uint64_t minutes, std::uint64_t hours, std::uint64_t days, std::uint64_t months,
                std::uint64_t weekdays) {
  return {minutes, hours, days, months, weekdays, days == bitsOf(1, 31, 1), weekdays == bitsOf(0, 6, 1)};
}

CronSchedule readDescriptor(std::string_view text) {
  const std::uint64_t hours = bitsOf(0, 23, 1);
  const std::uint64_t days = bitsOf(1, 31, 1);
  const std::uint64_t months = bitsOf(1, 12, 1);
  const std::uint64_t weekdays = bitsOf(0, 6, 1);
  if (text == "@yearly" || text == "@annually") return at(1, 1, 2, 2, weekdays);
  if (text == "@monthly") return at(1, 1, 2, months, weekdays);
  if (text == "@weekly") return at(1, 1, days, months, 1);
  if (text == "@daily" || text == "@midnight") return at(1, 1, days, months, weekdays);
  if (text == "@hourly") return at(1, hours, days, months, weekdays);
  CronSchedule schedule;
  constexpr std::string_view every = "@every ";
  if (!startsWith(text, every)) {
    schedule.error = "unrecognized descriptor: " + std::string(text);
  } else if (const auto delay = parseDuration(text.substr(every.size()))) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*delay).count();
    schedule.everySeconds = std::max<std::int64_t>(seconds, 1);
  } else {
    schedule.error = "failed to parse duration " + std::string(text) + ": time: invalid duration " +
                     quoted(text.substr(every.size()));
  }
  return schedule;
}

std::vector<std::string_view> fieldsOf(std::string_view text) {
  std::vector<std::string_view> fields;
  constexpr std::string_view spaces = " \t\n\v\f\r";
  while (true) {
    const std::size_t begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return fields;
    text.remove_prefix(begin);
    const std::size_t size = std::min(text.find_first_of(spaces), text.size());
    fields.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

CronSchedule readFields(std::string_view text) {
  CronSchedule schedule;
  const std::vector<std::string_view> fields = fieldsOf(text);
  if (fields.size() != 5) {
    schedule.error = "expected exactly 5 fields, found " + std::to_string(fields.size()) + ": [";
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) schedule.error += ' ';
      schedule.error += fields[i];
    }
    schedule.error += ']';
    return schedule;
  }
  schedule.minutes = readField(fields[0], {0, 59}, schedule.error).bits;
  schedule.hours = readField(fields[1], {0, 23}, schedule.error).bits;
  const Field days = readField(fields[2], {1, 31}, schedule.error);
  schedule.months = readField(fields[3], {1, 12, kMonths}, schedule.error).bits;
  const Field weekdays = readField(fields[4], {0, 6, kDays}, schedule.error);
  schedule.daysOfMonth = days.bits;
  schedule.daysOfWeek = weekdays.bits;
  schedule.anyDayOfMonth = days.any;
  schedule.anyDayOfWeek = weekdays.any;
  return schedule;
}

}  // namespace

CronSchedule readCronSchedule(std::string_view text) {
  CronSchedule schedule;
  if (text.empty()) {
    schedule.error = "empty spec string";
    return schedule;
  }
  if (startsWith(text, "TZ=") || startsWith(text, "CRON_TZ=")) {
    const std::size_t space = text.find(' ');
    const std::size_t begin = text.find('=') + 1;
    if (space == std::string_view::npos) {
      // The real reader trips over a zone without a schedule, and the API server tells that.
      schedule.error = "invalid schedule format: runtime error: slice bounds out of range [:-1]";
      return schedule;
    }
    const std::string_view zone = text.substr(begin, space - begin);
    if (!isTimeZone(zone)) {
      schedule.error =
          "provided bad location " + std::string(zone) + ": unknown time zone " + std::string(zone);
      return schedule;
    }
    text = trimmed(text.substr(space));
  }
  return startsWith(text, "@") ? readDescriptor(text) : readFields(text);
}

}  // namespace pilothouse::api
