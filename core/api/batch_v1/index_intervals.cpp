#include "core/api/batch_v1/index_intervals.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/api/quote.hpp"
#include "core/api/validation/formats.hpp"

namespace pilothouse::api {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  if (startsWith(text, "+")) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text[0] == '-' || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string notIncreasing(std::int64_t previous, std::int64_t current) {
  return "non-increasing order, previous: " + std::to_string(previous) +
         ", current: " + std::to_string(current);
}

std::string readInterval(std::string_view text, std::int64_t completions,
                         IndexIntervals::Interval& interval) {
  const std::vector<std::string_view> limits = split(text, '-');
  if (limits.size() > 2) {
    return "the fragment " + quoted(text) +
           " violates the requirement that an index interval can have at most two parts separated by '-'";
  }
  std::int64_t read[2] = {0, 0};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto value = number(limits[i]);
    if (!value) return "cannot convert string to integer for index: " + quoted(limits[i]);
    if (*value >= completions) return "too large index: " + quoted(limits[i]);
    read[i] = *value;
  }
  interval = {read[0], limits.size() == 2 ? read[1] : read[0]};
  return limits.size() == 2 && read[0] >= read[1] ? notIncreasing(read[0], read[1]) : std::string();
}

}  // namespace

IndexIntervals readIndexIntervals(std::string_view text, std::int64_t completions) {
  IndexIntervals result;
  if (text.empty()) return result;
  std::optional<std::int64_t> last;
  for (const std::string_view part : split(text, ',')) {
    IndexIntervals::Interval interval;
    std::string error = readInterval(part, completions, interval);
    if (error.empty()) {
      result.intervals.push_back(interval);
      if (last && *last >= interval.first) error = notIncreasing(*last, interval.first);
      last = interval.last;
    }
    if (result.error.empty()) result.error = std::move(error);
    if (result.error.empty()) result.total += interval.last - interval.first + 1;
  }
  if (!result.error.empty()) result.total = 0;
  return result;
}

std::int64_t firstCommonIndex(const IndexIntervals& a, const IndexIntervals& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.intervals.size() && j < b.intervals.size()) {
    const auto& one = a.intervals[i];
    const auto& other = b.intervals[j];
    if (one.first <= other.last && other.first <= one.last) return std::max(one.first, other.first);
    if (one.first <= other.first) {
      ++i;
    } else {
      ++j;
    }
  }
  return -1;
}

}  // namespace pilothouse::api
