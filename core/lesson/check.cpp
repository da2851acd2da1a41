#include "core/lesson/check.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::lesson {
namespace {

void forEachMatch(const Check& check, World& world, const std::function<void(const Value&)>& visit) {
  world.forEach(check.group, check.plural, check.ns, [&](const Value& object) {
    if (!check.name.empty() && api::name(object) != check.name) return;
    if (!check.selector.matches(api::labels(object))) return;
    for (const Check::Where& where : check.where) {
      const std::vector<Value> found = where.path.find(object);
      const bool any = std::any_of(found.begin(), found.end(),
                                   [&](const Value& value) { return where.comparison.holds(value); });
      if (!any) return;
    }
    visit(object);
  });
}

// In the order in which takeBaseline filled them.
void addBaseline(const Check& check, World& world, Baseline& baseline) {
  if (check.kind != Check::Kind::Objects) {
    for (const Check& part : check.parts) addBaseline(part, world, baseline);
    return;
  }
  std::vector<std::string> uids;
  if (check.gone || check.fresh) {
    forEachMatch(check, world, [&uids](const Value& object) { uids.emplace_back(api::uid(object)); });
    std::sort(uids.begin(), uids.end());
  }
  baseline.push_back(std::move(uids));
}

std::int64_t countOf(std::size_t n) { return static_cast<std::int64_t>(n); }

bool leafHolds(const Check& check, World& world, const std::vector<std::string>& before) {
  std::vector<std::string> now;
  forEachMatch(check, world, [&now](const Value& object) { now.emplace_back(api::uid(object)); });
  const auto known = [&before](const std::string& uid) {
    return std::binary_search(before.begin(), before.end(), uid);
  };
  const std::int64_t kept = std::count_if(now.begin(), now.end(), known);
  if (check.count && !check.count->holds(Value(countOf(now.size())))) return false;
  if (check.gone && !check.gone->holds(Value(countOf(before.size()) - kept))) return false;
  if (check.fresh && !check.fresh->holds(Value(countOf(now.size()) - kept))) return false;
  return check.count || check.gone || check.fresh || !now.empty();
}

bool holdsFrom(const Check& check, World& world, const Baseline& baseline, std::size_t& next) {
  switch (check.kind) {
    case Check::Kind::Objects: {
      static const std::vector<std::string> kNothing;
      const std::size_t at = next++;
      return leafHolds(check, world, at < baseline.size() ? baseline[at] : kNothing);
    }
    case Check::Kind::Not:
      return !holdsFrom(check.parts.front(), world, baseline, next);
    case Check::Kind::All:
    case Check::Kind::Any:
      break;
  }
  // Every part is asked, so that each leaf meets its own baseline.
  std::size_t yes = 0;
  for (const Check& part : check.parts) yes += holdsFrom(part, world, baseline, next) ? 1 : 0;
  return check.kind == Check::Kind::All ? yes == check.parts.size() : yes > 0;
}

}  // namespace

bool Comparison::holds(const Value& value) const {
  if (equals && !(*equals == value)) return false;
  if (notEquals && *notEquals == value) return false;
  if (atLeast && !(value.isNumber() && value.asDouble() >= *atLeast)) return false;
  if (atMost && !(value.isNumber() && value.asDouble() <= *atMost)) return false;
  return !contains || value.asString().find(*contains) != std::string_view::npos;
}

Baseline takeBaseline(const Check& check, World& world) {
  Baseline baseline;
  addBaseline(check, world, baseline);
  return baseline;
}

bool holds(const Check& check, World& world, const Baseline& baseline) {
  std::size_t next = 0;
  return holdsFrom(check, world, baseline, next);
}

}  // namespace pilothouse::lesson
