#include "core/apiserver/admission/limit_ranger.hpp"

#include <algorithm>
#include <cstdio>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/admission/resource_amounts.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAnnotation = Key::intern("kubernetes.io/limit-ranger");
const Key kDefault = Key::intern("default");
const Key kDefaultRequest = Key::intern("defaultRequest");
const Key kInitContainers = Key::intern("initContainers");
const Key kLimits = Key::intern("limits");
const Key kMax = Key::intern("max");
const Key kMaxLimitRequestRatio = Key::intern("maxLimitRequestRatio");
const Key kMin = Key::intern("min");

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += separator;
    all += text;
  }
  return all;
}

/// Sets what is missing of one list; names of what was set.
std::vector<std::string> fill(Value& container, Key kind, const Value& defaults) {
  std::vector<std::string> set;
  for (std::size_t i = 0; i < defaults.memberKeys().size(); ++i) {
    const Key name = defaults.memberKeys()[i];
    if (container[keys::resources][kind].has(name)) continue;
    container = container.withPath({keys::resources, kind, name}, defaults.memberValues()[i]);
    set.emplace_back(name.text());
  }
  return set;
}

void fillAll(Value& spec, Key containers, std::string_view called, const Value& item,
             std::vector<std::string>& told) {
  for (std::size_t i = 0; i < spec[containers].size(); ++i) {
    Value container = spec[containers].item(i);
    const auto limits = fill(container, kLimits, item[kDefault]);
    const auto requests = fill(container, keys::requests, item[kDefaultRequest]);
    if (limits.empty() && requests.empty()) continue;
    const std::string whose = std::string(called) + " " + container[keys::name].toString();
    if (!requests.empty()) told.push_back(joined(requests, ", ") + " request for " + whose);
    if (!limits.empty()) told.push_back(joined(limits, ", ") + " limit for " + whose);
    spec = spec.with(containers, spec[containers].withItem(i, std::move(container)));
  }
}

/// Checks one thing's requests and limits against an item of a LimitRange.
class Checker {
 public:
  Checker(const Value& item, std::vector<std::string>& errors) : item_(item), errors_(errors) {
    type_ = item[keys::type].toString();
  }

  void check(const ResourceAmounts& requests, const ResourceAmounts& limits) {
    for (const auto& [name, bound] : resourceAmounts(item_[kMin])) minimum(name, bound, requests, limits);
    for (const auto& [name, bound] : resourceAmounts(item_[kMax])) maximum(name, bound, requests, limits);
    for (const auto& [name, bound] : resourceAmounts(item_[kMaxLimitRequestRatio])) {
      ratio(name, bound, requests, limits);
    }
  }
  void checkRequests(const ResourceAmounts& requests) {
    for (const auto& [name, bound] : resourceAmounts(item_[kMin])) minimum(name, bound, requests, {});
    for (const auto& [name, bound] : resourceAmounts(item_[kMax])) {
      const std::string start = begin("maximum ", name, bound);
      const auto request = requests.find(name);
      if (request == requests.end()) {
        errors_.push_back(start + ".  No request is specified");
      } else if (request->second.compare(bound) > 0) {
        errors_.push_back(start + ", but request is " + request->second.toString());
      }
    }
  }

 private:
  std::string begin(std::string_view word, const std::string& name, const Quantity& bound) const {
    return std::string(word) + name + " usage per " + type_ + " is " + bound.toString();
  }

  void minimum(const std::string& name, const Quantity& bound, const ResourceAmounts& requests,
               const ResourceAmounts& limits) {
    const std::string start = begin("minimum ", name, bound);
    const auto request = requests.find(name);
    const auto limit = limits.find(name);
    if (request == requests.end()) {
      errors_.push_back(start + ".  No request is specified");
    } else if (request->second.compare(bound) < 0) {
      errors_.push_back(start + ", but request is " + request->second.toString());
    } else if (limit != limits.end() && limit->second.compare(bound) < 0) {
      errors_.push_back(start + ", but limit is " + limit->second.toString());
    }
  }

  void maximum(const std::string& name, const Quantity& bound, const ResourceAmounts& requests,
               const ResourceAmounts& limits) {
    const std::string start = begin("maximum ", name, bound);
    const auto request = requests.find(name);
    const auto limit = limits.find(name);
    if (limit == limits.end()) {
      errors_.push_back(start + ".  No limit is specified");
    } else if (limit->second.compare(bound) > 0) {
      errors_.push_back(start + ", but limit is " + limit->second.toString());
    } else if (request != requests.end() && request->second.compare(bound) > 0) {
      errors_.push_back(start + ", but request is " + request->second.toString());
    }
  }

  void ratio(const std::string& name, const Quantity& bound, const ResourceAmounts& requests,
             const ResourceAmounts& limits) {
    const std::string start =
        name + " max limit to request ratio per " + type_ + " is " + bound.toString() + ", but ";
    const auto request = requests.find(name);
    const auto limit = limits.find(name);
    if (request == requests.end() || request->second.sign() == 0) {
      errors_.push_back(start + "no request is specified or request is 0");
    } else if (limit == limits.end() || limit->second.sign() == 0) {
      errors_.push_back(start + "no limit is specified or limit is 0");
    } else {
      const double observed =
          static_cast<double>(limit->second.milliValue()) / static_cast<double>(request->second.milliValue());
      if (observed * 1000 <= static_cast<double>(bound.milliValue())) return;
      char text[64];
      std::snprintf(text, sizeof(text), "%.6f", observed);
      errors_.push_back(start + "provided ratio is " + text);
    }
  }

  const Value& item_;
  std::vector<std::string>& errors_;
  std::string type_;
};

// utilerrors.Aggregate: one as it is, several in brackets, equal ones once.
std::string aggregated(const std::vector<std::string>& errors) {
  std::vector<std::string> once;
  for (const std::string& error : errors) {
    if (std::find(once.begin(), once.end(), error) == once.end()) once.push_back(error);
  }
  return once.size() > 1 ? "[" + joined(once, ", ") + "]" : joined(once, "");
}

}  // namespace

Value withLimitDefaults(const Value& pod, const std::vector<Value>& ranges) {
  std::vector<std::string> told;
  Value spec = pod[keys::spec];
  for (const Value& range : ranges) {
    for (const Value& item : range.get(keys::spec, kLimits).items()) {
      if (item[keys::type].asString() != "Container") continue;
      fillAll(spec, keys::containers, "container", item, told);
      fillAll(spec, kInitContainers, "init container", item, told);
    }
  }
  if (told.empty()) return pod;
  return pod.with(keys::spec, std::move(spec))
      .withPath({keys::metadata, keys::annotations, kAnnotation},
                "LimitRanger plugin set: " + joined(told, "; "));
}

std::string podLimitError(const Value& pod, const std::vector<Value>& ranges) {
  const Value& spec = pod[keys::spec];
  for (const Value& range : ranges) {
    std::vector<std::string> errors;
    for (const Value& item : range.get(keys::spec, kLimits).items()) {
      Checker checker(item, errors);
      const std::string_view type = item[keys::type].asString();
      if (type == "Container") {
        for (const Key containers : {keys::containers, kInitContainers}) {
          for (const Value& container : spec[containers].items()) {
            const Value& resources = container[keys::resources];
            checker.check(resourceAmounts(resources[keys::requests]), resourceAmounts(resources[kLimits]));
          }
        }
      } else if (type == "Pod") {
        checker.check(podAmounts(spec, keys::requests), podAmounts(spec, kLimits));
      }
    }
    if (!errors.empty()) return aggregated(errors);
  }
  return {};
}

std::string claimLimitError(const Value& claim, const std::vector<Value>& ranges) {
  for (const Value& range : ranges) {
    std::vector<std::string> errors;
    for (const Value& item : range.get(keys::spec, kLimits).items()) {
      if (item[keys::type].asString() != "PersistentVolumeClaim") continue;
      Checker(item, errors)
          .checkRequests(resourceAmounts(claim.get(keys::spec, keys::resources, keys::requests)));
    }
    if (!errors.empty()) return aggregated(errors);
  }
  return {};
}

}  // namespace pilothouse::apiserver
