#include "core/value/json_path.hpp"

#include <algorithm>
#include <optional>

#include "core/value/go_print.hpp"
#include "core/value/json_path_step.hpp"

namespace pilothouse {
namespace {

using Step = JsonPath::Step;
using Steps = std::vector<Step>;
using Values = std::vector<Value>;

constexpr std::size_t kFoundMax = 1u << 20;

class Evaluation {
 public:
  std::string error;

  Values run(const Steps& steps, const Value& root) {
    Values current{root};
    for (const Step& step : steps) {
      Values next;
      for (const Value& value : current) {
        if (!error.empty() || next.size() > kFoundMax) break;
        apply(step, value, next);
      }
      current = std::move(next);
    }
    return current;
  }

 private:
  void apply(const Step& step, const Value& value, Values& found) {
    switch (step.kind) {
      case Step::Kind::Field:
        if (const Value& member = value[std::string_view(step.name)];
            !member.isNull() || value.has(Key::intern(step.name))) {
          found.push_back(member);
        }
        return;
      case Step::Kind::Slice:
        return slice(step, value, found);
      case Step::Kind::Wildcard:
        found.insert(found.end(), value.items().begin(), value.items().end());
        found.insert(found.end(), value.memberValues().begin(), value.memberValues().end());
        return;
      case Step::Kind::Recursive:
        return descend(value, found);
      case Step::Kind::Filter:
        for (const Value& item : value.items()) {
          if (matches(step, item)) found.push_back(item);
        }
        return;
      case Step::Kind::Union:
        for (const Steps& path : step.paths) {
          const Values part = run(path, value);
          found.insert(found.end(), part.begin(), part.end());
        }
        return;
      case Step::Kind::Literal:
        found.push_back(step.literal);
    }
  }

  void slice(const Step& step, const Value& value, Values& found) {
    if (value.isNull()) return;
    if (!value.isArray()) {
      error = goPrint(value) + " is not array or slice";
      return;
    }
    const auto size = static_cast<std::int64_t>(value.size());
    std::int64_t start = step.start.value_or(0);
    if (start < 0) start += size;
    if (step.index) {
      if (start < 0 || start >= size) {
        error =
            "array index out of bounds: index " + std::to_string(start) + ", length " + std::to_string(size);
        return;
      }
      found.push_back(value.item(static_cast<std::size_t>(start)));
      return;
    }
    std::int64_t end = step.end.value_or(size);
    if (end < 0) end += size;
    end = std::min(end, size);
    for (std::int64_t i = std::max<std::int64_t>(start, 0); i < end; i += std::min(step.stride, size)) {
      found.push_back(value.item(static_cast<std::size_t>(i)));
    }
  }

  /// The value and everything below, each before its parts.
  void descend(const Value& value, Values& found) {
    if (found.size() > kFoundMax) return;
    if (!value.isArray() && !value.isObject()) return;
    found.push_back(value);
    for (const Value& item : value.items()) descend(item, found);
    for (const Value& member : value.memberValues()) descend(member, found);
  }

  bool matches(const Step& step, const Value& item) {
    const Values left = run(step.paths[0], item);
    if (step.comparison.empty()) return !left.empty();
    if (left.empty()) return false;
    const Values right = run(step.paths[1], item);
    if (right.empty()) return false;
    return compare(left[0], step.comparison, right[0]);
  }

  static bool compare(const Value& a, std::string_view comparison, const Value& b) {
    if (comparison == "==") return a == b;
    if (comparison == "!=") return !(a == b);
    int order = 0;
    if (a.isNumber() && b.isNumber()) {
      order = a.asDouble() < b.asDouble() ? -1 : a.asDouble() > b.asDouble() ? 1 : 0;
    } else if (a.isString() && b.isString()) {
      order = a.asString().compare(b.asString());
    } else {
      return false;
    }
    if (comparison == "<") return order < 0;
    if (comparison == ">") return order > 0;
    return comparison == "<=" ? order <= 0 : order >= 0;
  }
};

}  // namespace

JsonPath::Found JsonPath::evaluate(const Value& root) const {
  if (!steps_) return {};
  Evaluation evaluation;
  Values values = evaluation.run(*steps_, root);
  if (!evaluation.error.empty()) return {{}, std::move(evaluation.error)};
  return {std::move(values)};
}

std::vector<Value> JsonPath::find(const Value& root) const { return evaluate(root).values; }

}  // namespace pilothouse
