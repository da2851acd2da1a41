#include <cstdio>
#include <optional>
#include <string>
#include <unordered_set>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/resource_names.hpp"
#include "core/api/core_v1/validation_limits.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

constexpr std::int64_t kMilliValueMax = (1LL << 53) / 1000;  // resource.MaxMilliValue: exact as a float64

const Key kDefault = Key::intern("default");
const Key kDefaultRequest = Key::intern("defaultRequest");
const Key kLimits = Key::intern("limits");
const Key kMax = Key::intern("max");
const Key kMaxLimitRequestRatio = Key::intern("maxLimitRequestRatio");
const Key kMin = Key::intern("min");
const Key kStorage = Key::intern("storage");
const Key kLists[] = {kMax, kMin, kDefault, kDefaultRequest, kMaxLimitRequestRatio};

// What `from` has and `to` has not.
Value completed(const Value& to, const Value& from) {
  ObjectBuilder builder(to);
  for (std::size_t i = 0; i < from.memberKeys().size(); ++i) {
    if (!to.has(from.memberKeys()[i])) builder.set(from.memberKeys()[i], from.memberValues()[i]);
  }
  return builder.build();
}

void complete(Value& item, Key to, Key from) {
  if (item[from].empty()) return;
  const Value completed_ = completed(item[to], item[from]);
  if (!(completed_ == item[to])) item = item.with(to, completed_);
}

Value itemDefaults(const Value& sent) {
  Value item = sent;
  for (const Key list : kLists) changeMember(item, list, resourceListDefaults);
  if (item[keys::type].asString() != "Container") return item;
  complete(item, kDefault, kMax);
  complete(item, kDefaultRequest, kDefault);
  complete(item, kDefaultRequest, kMin);
  return item;
}

void validateType(Errors& errors, const FieldPath& path, std::string_view type) {
  const Messages wrong = isQualifiedName(type);
  if (!wrong.empty()) return errors.invalid(path, Value(type), wrong);
  if (contains(type, "/") || type == "Pod" || type == "Container" || type == "PersistentVolumeClaim") return;
  errors.invalid(path, Value(type), "must be a standard limit type or fully qualified");
}

void validateQuantities(Errors& errors, const FieldPath& path, std::string_view type, const Value& list) {
  for (std::size_t i = 0; i < list.memberKeys().size(); ++i) {
    const std::string_view name = list.memberKeys()[i].text();
    const FieldPath at = path.key(name);
    if (type == "Pod" || type == "Container") {
      validateContainerResourceName(errors, at, name);
    } else {
      validateResourceName(errors, at, name);
    }
    validateResourceQuantity(errors, at, name, list.memberValues()[i]);
  }
}

/// What an item says of one resource.
struct Limits {
  std::optional<Quantity> min, max, limit, request, ratio;
};

void refuse(Errors& errors, const FieldPath& path, std::string_view list, std::string_view resource,
            const Quantity& bad, const std::string& detail) {
  const FieldPath of = path.child(list);
  errors.invalid(of.key(resource), Value(bad.toString()), detail);
}

bool greater(const std::optional<Quantity>& a, const std::optional<Quantity>& b) {
  return a && b && a->compare(*b) > 0;
}

void validateRatio(Errors& errors, const FieldPath& path, std::string_view resource, const Limits& l) {
  if (!l.ratio) return;
  const auto refused = [&](const std::string& detail) {
    refuse(errors, path, "maxLimitRequestRatio", resource, *l.ratio, detail);
  };
  if (l.ratio->compare(Quantity::fromValue(1)) < 0)
    refused("ratio " + l.ratio->toString() + " is less than 1");
  if (!l.min || !l.max) return;
  const bool exact =
      l.ratio->value() < kMilliValueMax && l.min->value() < kMilliValueMax && l.max->value() < kMilliValueMax;
  const auto number = [&](const Quantity& q) {
    return static_cast<double>(exact ? q.milliValue() : q.value());
  };
  const double ratio = exact ? number(*l.ratio) / 1000 : number(*l.ratio);
  const double most = number(*l.max) / number(*l.min);
  if (ratio <= most) return;
  char text[64];
  std::snprintf(text, sizeof text, "%f", most);
  refused("ratio " + l.ratio->toString() + " is greater than max/min = " + text);
}

void validateOrder(Errors& errors, const FieldPath& path, std::string_view resource, const Limits& l) {
  const auto compare = [&](const std::optional<Quantity>& low, std::string_view lowName,
                           const std::optional<Quantity>& high, std::string_view highName,
                           std::string_view list, const std::optional<Quantity>& bad) {
    if (!greater(low, high)) return;
    refuse(errors, path, list, resource, *bad,
           std::string(lowName) + " value " + low->toString() + " is greater than " + std::string(highName) +
               " value " + high->toString());
  };
  compare(l.min, "min", l.max, "max", "min", l.min);
  compare(l.min, "min", l.request, "default request", "defaultRequest", l.request);
  compare(l.request, "default request", l.max, "max", "defaultRequest", l.request);
  compare(l.request, "default request", l.limit, "default limit", "defaultRequest", l.request);
  compare(l.min, "min", l.limit, "default", "default", l.limit);
  compare(l.limit, "default", l.max, "max", "default", l.limit);
  validateRatio(errors, path, resource, l);
  if (!isOvercommitAllowed(resource) && l.limit && l.request && l.limit->compare(*l.request) != 0) {
    refuse(errors, path, "defaultRequest", resource, *l.request,
           "default value " + l.limit->toString() + " must equal to defaultRequest value " +
               l.request->toString() + " in " + std::string(resource));
  }
}

void validateItem(Errors& errors, const FieldPath& path, const Value& item) {
  const std::string_view type = item[keys::type].asString();
  const bool pod = type == "Pod";
  for (const Key list : kLists) {
    if (pod && (list == kDefault || list == kDefaultRequest)) {
      if (!item[list].empty()) {
        errors.forbidden(path.child(list.text()), "may not be specified when `type` is 'Pod'");
      }
      continue;
    }
    validateQuantities(errors, path.child(list.text()), type, item[list]);
  }
  if (type == "PersistentVolumeClaim" && !item[kMin].has(kStorage) && !item[kMax].has(kStorage)) {
    errors.required(path.child("limits"),
                    "either minimum or maximum storage value is required, but neither was provided");
  }
  Value all;
  for (const Key list : kLists) all = completed(all, item[list]);
  for (const Key resource : all.memberKeys()) {
    validateOrder(errors, path, resource.text(),
                  {Quantity::from(item[kMin][resource]), Quantity::from(item[kMax][resource]),
                   pod ? std::nullopt : Quantity::from(item[kDefault][resource]),
                   pod ? std::nullopt : Quantity::from(item[kDefaultRequest][resource]),
                   Quantity::from(item[kMaxLimitRequestRatio][resource])});
  }
}

}  // namespace

Value limitRangeDefaults(const Value& limitRange) {
  Value object = limitRange;
  changeMember(object, keys::spec, [](Value spec) {
    changeItems(spec, kLimits, itemDefaults);
    return spec;
  });
  return object;
}

void validateLimitRange(Errors& errors, const Value& limitRange) {
  validateObjectMeta(errors, limitRange, true, &nameIsDnsSubdomain);
  const FieldPath path("spec.limits");
  const Value& items = limitRange[keys::spec][kLimits];
  std::unordered_set<std::string_view> types;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value type(items.item(i)[keys::type].asString());
    validateType(errors, at.child("type"), type.asString());
    if (!types.insert(items.item(i)[keys::type].asString()).second) errors.duplicate(at.child("type"), type);
    validateItem(errors, at, items.item(i));
  }
}

void validateLimitRangeUpdate(Errors& errors, const Value& limitRange, const Value& stored) {
  validateObjectMetaUpdate(errors, limitRange, stored);
  validateLimitRange(errors, limitRange);
}

}  // namespace pilothouse::api
