#include <string>

#include "core/api/core_v1/resource_names.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

void validateHugePages(Errors& errors, const FieldPath& path, std::string_view name,
                       const Quantity& quantity) {
  const auto page = Quantity::parse(name.substr(std::string_view("hugepages-").size()));
  const bool divisible = page && page->sign() > 0 && quantity.value() % page->value() == 0;
  if (!divisible || quantity.sign() < 0) {
    errors.invalid(path, Value(quantity.toString()),
                   quantity.toString() + " is not positive integer multiple of " + std::string(name));
  }
}

struct Found {
  bool cpuOrMemory = false;
  bool hugePages = false;
};

void validateList(Errors& errors, const FieldPath& path, const Value& list, Found& found) {
  for (std::size_t i = 0; i < list.memberKeys().size(); ++i) {
    const std::string_view name = list.memberKeys()[i].text();
    const Value& value = list.memberValues()[i];
    const FieldPath at = path.key(name);
    validateContainerResourceName(errors, at, name);
    validateResourceQuantity(errors, at, name, value);
    const auto quantity = Quantity::from(value);
    if (isHugePagesName(name)) {
      found.hugePages = true;
      if (quantity) validateHugePages(errors, at, name, *quantity);
    }
    found.cpuOrMemory = found.cpuOrMemory || name == "cpu" || name == "memory";
  }
}

void validateRequestsWithinLimits(Errors& errors, const FieldPath& path, const Value& requirements) {
  const Value& requests = requirements["requests"];
  const Value& limits = requirements["limits"];
  for (std::size_t i = 0; i < requests.memberKeys().size(); ++i) {
    const Key key = requests.memberKeys()[i];
    const std::string_view name = key.text();
    const auto request = Quantity::from(requests.memberValues()[i]);
    const auto limit = Quantity::from(limits[key]);
    if (!limits.has(key)) {
      if (!isOvercommitAllowed(name)) {
        errors.required(path.child("limits"), "Limit must be set for non overcommitable resources");
      }
      continue;
    }
    if (!request || !limit) continue;
    const int order = request->compare(*limit);
    const std::string of = " " + std::string(name) + " limit of " + limit->toString();
    if (order != 0 && !isOvercommitAllowed(name)) {
      errors.invalid(path.child("requests"), Value(request->toString()), "must be equal to" + of);
    } else if (order > 0) {
      errors.invalid(path.child("requests"), Value(request->toString()),
                     "must be less than or equal to" + of);
    }
  }
}

}  // namespace

void validateResourceQuantity(Errors& errors, const FieldPath& path, std::string_view resource,
                              const Value& value) {
  const auto quantity = Quantity::from(value);
  if (!quantity) return;
  if (quantity->sign() < 0) errors.invalid(path, Value(quantity->toString()), kNotNegative);
  if (isIntegerResourceName(resource) && quantity->milliValue() % 1000 != 0) {
    errors.invalid(path, Value(quantity->toString()), "must be an integer");
  }
}

void validateResourceRequirements(Errors& errors, const FieldPath& path, const Value& requirements) {
  Found found;
  validateList(errors, path.child("limits"), requirements["limits"], found);
  validateList(errors, path.child("requests"), requirements["requests"], found);
  validateRequestsWithinLimits(errors, path, requirements);
  if (found.hugePages && !found.cpuOrMemory) errors.forbidden(path, "HugePages require cpu or memory");
  const Value& claims = requirements["claims"];
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (claims.item(i)["name"].asString().empty()) {
      errors.required(path.item("claims", i));
    } else {
      // Dynamic resource allocation is off: a pod has no claims to name.
      errors.notFound(path.item("claims", i), claims.item(i)["name"],
                      "must be one of the names in pod.spec.resourceClaims which is empty");
    }
  }
}

}  // namespace pilothouse::api
