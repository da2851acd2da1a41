#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/world.hpp"
#include "core/value/json_path.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::lesson {

/// A comparison of a number or text: the members that are set must all hold.
struct Comparison {
  std::optional<Value> equals;
  std::optional<Value> notEquals;
  std::optional<double> atLeast;
  std::optional<double> atMost;
  std::optional<std::string> contains;
  [[nodiscard]] bool holds(const Value& value) const;
};

/// A question to the cluster's state, as a lesson writes it. See lessons/README.md for the form.
///
/// A leaf looks at the objects of one resource (by name, selector and `where` conditions) and compares how
/// many there are (`count`), how many of those that the step began with are gone (`gone`), or how many are
/// new
/// (`fresh`). Without any of the three at least one object must be there.
struct Check {
  enum class Kind : std::uint8_t { Objects, All, Any, Not };
  struct Where {
    std::string text;  ///< the JSONPath as written
    JsonPath path;
    Comparison comparison;  ///< of any value that the path finds; none set: the path finds something
  };

  Kind kind{};
  std::vector<Check> parts;  ///< All, Any; one for Not

  std::string group;
  std::string plural;
  std::string ns = "default";  ///< "" for all
  std::string name;
  std::string selectorText;
  LabelSelector selector = LabelSelector::everything();
  std::vector<Where> where;
  std::optional<Comparison> count;
  std::optional<Comparison> gone;
  std::optional<Comparison> fresh;
  SimDuration holdsFor{};  ///< how long it must hold without a break; only of a whole check
};

/// The objects that were there when a step began, by check leaf in order of reading: their uids, sorted.
using Baseline = std::vector<std::vector<std::string>>;
Baseline takeBaseline(const Check& check, World& world);
/// Whether the state answers yes now (`holdsFor` is the runner's business).
bool holds(const Check& check, World& world, const Baseline& baseline);

}  // namespace pilothouse::lesson
