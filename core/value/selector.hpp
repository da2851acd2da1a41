#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse {

/// labels.Selector (k8s.io/apimachinery/pkg/labels).
class LabelSelector {
 public:
  enum class Operator : std::uint8_t { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan };
  /// How an In or NotIn was written: "a in (b)", "a=b" or "a==b"; it matters to toString alone.
  enum class Notation : std::uint8_t { Set, Equals, DoubleEquals };
  struct Requirement {
    Key key;
    Operator op{};
    std::vector<Value> values{};
    Notation notation{};
  };

  /// Matches everything.
  static LabelSelector everything();
  static LabelSelector nothing();
  /// Equality with every label of a map (a Service's spec.selector). An empty map matches everything.
  static LabelSelector fromMap(const Value& labels);
  /// metav1.LabelSelectorAsSelector: null matches nothing, empty matches everything. Unknown operators give
  /// nothing (validation refused them before).
  static LabelSelector fromObject(const Value& selector);

  [[nodiscard]] bool matches(const Value& labels) const;
  [[nodiscard]] bool matchesNothing() const { return nothing_; }
  [[nodiscard]] bool empty() const { return !nothing_ && requirements_.empty(); }
  [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }
  /// "app=web,!old,tier in (a,b)", as labels.Selector prints itself: in the order of keys.
  [[nodiscard]] std::string toString() const;

  void add(Requirement requirement);

 private:
  bool nothing_ = false;
  std::vector<Requirement> requirements_;
};

struct ParsedLabelSelector {
  LabelSelector selector;
  std::string error{};  ///< "unable to parse requirement: …", empty when it is well-formed
};
/// labels.Parse: "app=web,env!=dev,tier in (a,b),!old,x>3".
ParsedLabelSelector parseLabelSelector(std::string_view text);

/// fields.Selector: "spec.nodeName=n1,status.phase!=Running".
struct FieldRequirement {
  std::string field;
  bool equal = true;
  std::string value;
};
struct ParsedFieldSelector {
  std::vector<FieldRequirement> requirements{};  ///< in the order of their texts
  std::string error{};
};
ParsedFieldSelector parseFieldSelector(std::string_view text);

}  // namespace pilothouse
