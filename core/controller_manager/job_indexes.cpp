#include "core/controller_manager/job_indexes.hpp"

#include <algorithm>

#include "core/api/batch_v1/index_intervals.hpp"
#include "core/api/object.hpp"
#include "core/controller_manager/job_keys.hpp"
#include "core/value/number_text.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kRules = Key::intern("rules");
const Key kSucceededCount = Key::intern("succeededCount");
const Key kSucceededIndexes = Key::intern("succeededIndexes");

}  // namespace

JobIndexes JobIndexes::parse(std::string_view text, std::int64_t completions) {
  JobIndexes parsed;
  // Read without the limit first: an interval that reaches beyond it counts up to it.
  const api::IndexIntervals read = api::readIndexIntervals(text, INT64_MAX);
  for (const api::IndexIntervals::Interval& interval : read.intervals) {
    if (interval.first >= completions) continue;
    parsed.merge({interval.first, std::min(interval.last, completions - 1)});
  }
  return parsed;
}

void JobIndexes::add(std::int64_t index) { merge({index, index}); }

void JobIndexes::add(const JobIndexes& others) {
  for (const Interval& interval : others.intervals_) merge(interval);
}

// Mostly at or near the end: the search from there is short.
void JobIndexes::merge(Interval interval) {
  if (interval.last < interval.first) return;
  auto at = std::lower_bound(
      intervals_.begin(), intervals_.end(), interval.first,
      [](const Interval& existing, std::int64_t first) { return existing.last + 1 < first; });
  if (at == intervals_.end() || at->first > interval.last + 1) {
    intervals_.insert(at, interval);
    return;
  }
  at->first = std::min(at->first, interval.first);
  at->last = std::max(at->last, interval.last);
  auto next = at + 1;
  while (next != intervals_.end() && next->first <= at->last + 1) {
    at->last = std::max(at->last, next->last);
    ++next;
  }
  intervals_.erase(at + 1, next);
}

bool JobIndexes::has(std::int64_t index) const {
  const auto at =
      std::lower_bound(intervals_.begin(), intervals_.end(), index,
                       [](const Interval& interval, std::int64_t i) { return interval.last < i; });
  return at != intervals_.end() && at->first <= index;
}

std::int64_t JobIndexes::total() const {
  std::int64_t count = 0;
  for (const Interval& interval : intervals_) count += interval.last - interval.first + 1;
  return count;
}

std::int64_t JobIndexes::common(const JobIndexes& others) const {
  std::int64_t count = 0;
  auto a = intervals_.begin();
  auto b = others.intervals_.begin();
  while (a != intervals_.end() && b != others.intervals_.end()) {
    const std::int64_t overlap = std::min(a->last, b->last) - std::max(a->first, b->first) + 1;
    count += std::max<std::int64_t>(overlap, 0);
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return count;
}

std::string JobIndexes::toString() const {
  std::string text;
  for (const Interval& interval : intervals_) {
    if (!text.empty()) text += ',';
    text += std::to_string(interval.first);
    if (interval.last == interval.first) continue;
    text += interval.last == interval.first + 1 ? ',' : '-';
    text += std::to_string(interval.last);
  }
  return text;
}

std::vector<std::int64_t> JobIndexes::firstAbsent(std::int64_t count, std::int64_t completions) const {
  std::vector<std::int64_t> found;
  std::int64_t candidate = 0;
  const auto take = [&](std::int64_t end) {
    while (candidate < end && static_cast<std::int64_t>(found.size()) < count) found.push_back(candidate++);
  };
  for (const Interval& interval : intervals_) {
    take(std::min(interval.first, completions));
    candidate = std::max(candidate, interval.last + 1);
  }
  take(completions);
  return found;
}

std::int64_t completionIndex(const Value& pod) {
  const auto index = parseInt64(api::annotations(pod)[job::kCompletionIndex].asString());
  return index && *index >= 0 ? *index : kNoCompletionIndex;
}

std::string matchSuccessPolicy(const Value& successPolicy, std::int64_t completions,
                               const JobIndexes& succeeded) {
  if (succeeded.empty()) return {};
  const auto rules = successPolicy[kRules].items();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Value& count = rules[i][kSucceededCount];
    bool met = false;
    if (const Value& indexes = rules[i][kSucceededIndexes]; !indexes.isNull()) {
      const JobIndexes required = JobIndexes::parse(indexes.asString(), completions);
      if (required.empty()) continue;
      const std::int64_t both = required.common(succeeded);
      met = both == required.total() || (!count.isNull() && both >= count.asInt());
    } else {
      met = !count.isNull() && succeeded.total() >= count.asInt();
    }
    if (met) return "Matched rules at index " + std::to_string(i);
  }
  return {};
}

}  // namespace pilothouse::controller_manager
