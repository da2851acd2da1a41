#include "core/value/selector.hpp"

#include <algorithm>

#include "core/value/number_text.hpp"

namespace pilothouse {
namespace {

using Operator = LabelSelector::Operator;
using Notation = LabelSelector::Notation;
using Requirement = LabelSelector::Requirement;

const Key kMatchLabels = Key::intern("matchLabels");
const Key kMatchExpressions = Key::intern("matchExpressions");
const Key kKey = Key::intern("key");
const Key kOperator = Key::intern("operator");
const Key kValues = Key::intern("values");

bool compares(const Requirement& requirement, const Value& value) {
  if (requirement.values.size() != 1) return false;
  const auto label = parseInt64(value.asString());
  const auto bound = parseInt64(requirement.values[0].asString());
  if (!label || !bound) return false;
  return requirement.op == Operator::GreaterThan ? *label > *bound : *label < *bound;
}

bool meets(const Requirement& requirement, const Value& value) {
  const bool has = !value.isNull();
  const auto& wanted = requirement.values;
  switch (requirement.op) {
    case Operator::In:
      return has && std::find(wanted.begin(), wanted.end(), value) != wanted.end();
    case Operator::NotIn:
      return !has || std::find(wanted.begin(), wanted.end(), value) == wanted.end();
    case Operator::Exists:
      return has;
    case Operator::DoesNotExist:
      return !has;
    case Operator::GreaterThan:
    case Operator::LessThan:
      return has && compares(requirement, value);
  }
  return false;
}

std::string operatorText(const Requirement& requirement) {
  switch (requirement.op) {
    case Operator::In:
      return requirement.notation == Notation::Set      ? " in "
             : requirement.notation == Notation::Equals ? "="
                                                        : "==";
    case Operator::NotIn:
      return requirement.notation == Notation::Set ? " notin " : "!=";
    case Operator::GreaterThan:
      return ">";
    case Operator::LessThan:
      return "<";
    case Operator::Exists:
    case Operator::DoesNotExist:
      return {};
  }
  return {};
}

std::string textOf(const Requirement& requirement) {
  const std::string key(requirement.key.text());
  if (requirement.op == Operator::DoesNotExist) return "!" + key;
  if (requirement.op == Operator::Exists) return key;
  std::vector<std::string> values;
  for (const Value& value : requirement.values) values.push_back(value.toString());
  std::sort(values.begin(), values.end());
  std::string list;
  for (std::size_t i = 0; i < values.size(); ++i) list += (i > 0 ? "," : "") + values[i];
  const bool set = requirement.notation == Notation::Set &&
                   (requirement.op == Operator::In || requirement.op == Operator::NotIn);
  return key + operatorText(requirement) + (set ? "(" + list + ")" : list);
}

/// One of matchExpressions; false for an operator that is none.
bool readExpression(const Value& expression, Requirement& requirement) {
  const std::string_view name = expression[kOperator].asString();
  requirement.key = Key::intern(expression[kKey].asString());
  if (name == "In") {
    requirement.op = Operator::In;
  } else if (name == "NotIn") {
    requirement.op = Operator::NotIn;
  } else if (name == "Exists") {
    requirement.op = Operator::Exists;
  } else if (name == "DoesNotExist") {
    requirement.op = Operator::DoesNotExist;
  } else {
    return false;
  }
  const auto values = expression[kValues].items();
  requirement.values.assign(values.begin(), values.end());
  return true;
}

}  // namespace

LabelSelector LabelSelector::everything() { return {}; }

LabelSelector LabelSelector::nothing() {
  LabelSelector selector;
  selector.nothing_ = true;
  return selector;
}

LabelSelector LabelSelector::fromMap(const Value& labels) {
  LabelSelector selector;
  const auto keys = labels.memberKeys();
  selector.requirements_.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    selector.requirements_.push_back({keys[i], Operator::In, {labels.memberValues()[i]}, Notation::Equals});
  }
  return selector;
}

LabelSelector LabelSelector::fromObject(const Value& selector) {
  if (!selector.isObject()) return nothing();
  LabelSelector result = fromMap(selector[kMatchLabels]);
  for (const Value& expression : selector[kMatchExpressions].items()) {
    Requirement requirement;
    if (!readExpression(expression, requirement)) return nothing();
    result.add(std::move(requirement));
  }
  return result;
}

bool LabelSelector::matches(const Value& labels) const {
  if (nothing_) return false;
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& requirement) {
    return meets(requirement, labels[requirement.key]);
  });
}

std::string LabelSelector::toString() const {
  std::string text;
  for (const Requirement& requirement : requirements_) {
    if (!text.empty()) text += ',';
    text += textOf(requirement);
  }
  return text;
}

void LabelSelector::add(Requirement requirement) {
  const auto place = std::upper_bound(requirements_.begin(), requirements_.end(), requirement,
                                      [](const auto& a, const auto& b) { return textLess(a.key, b.key); });
  requirements_.insert(place, std::move(requirement));
}

}  // namespace pilothouse
