#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::api {

/// A CronJob's schedule as github.com/robfig/cron reads it: five fields, or "@hourly" and the like, after an
/// optional "TZ=…" that names a time zone. Bit n of a field stands for its value n.
struct CronSchedule {
  std::uint64_t minutes = 0;
  std::uint64_t hours = 0;
  std::uint64_t daysOfMonth = 0;
  std::uint64_t months = 0;
  std::uint64_t daysOfWeek = 0;  ///< Sunday is 0
  bool anyDayOfMonth = false;    ///< "*": the days of the week decide alone, and the reverse
  bool anyDayOfWeek = false;
  std::int64_t everySeconds = 0;  ///< "@every 5m": counted from the last time; 0 for the fields above
  std::string error{};            ///< in the reader's words; empty when the text is well-formed
};
CronSchedule readCronSchedule(std::string_view text);

}  // namespace pilothouse::api
