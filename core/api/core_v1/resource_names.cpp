#include "core/api/core_v1/resource_names.hpp"

#include <string>

namespace pilothouse::api {
namespace {

constexpr std::string_view kStorage = "storage";  // of a claim; a quota counts requests.storage
constexpr std::string_view kQuotaNames[] = {"cpu",
                                            "memory",
                                            "ephemeral-storage",
                                            "requests.cpu",
                                            "requests.memory",
                                            "requests.storage",
                                            "requests.ephemeral-storage",
                                            "limits.cpu",
                                            "limits.memory",
                                            "limits.ephemeral-storage",
                                            "pods",
                                            "resourcequotas",
                                            "services",
                                            "replicationcontrollers",
                                            "secrets",
                                            "persistentvolumeclaims",
                                            "configmaps",
                                            "services.nodeports",
                                            "services.loadbalancers"};

bool isContainerName(std::string_view name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" || isHugePagesName(name);
}

bool isNative(std::string_view name) { return !contains(name, "/") || contains(name, "kubernetes.io/"); }

bool isExtended(std::string_view name) {
  return !isNative(name) && !startsWith(name, "requests.") &&
         isQualifiedName("requests." + std::string(name)).empty();
}

}  // namespace

bool isHugePagesName(std::string_view name) { return startsWith(name, "hugepages-"); }

bool isQuotaResourceName(std::string_view name) {
  for (const std::string_view standard : kQuotaNames) {
    if (name == standard) return true;
  }
  return isHugePagesName(name) || startsWith(name, "requests.hugepages-");
}

bool isOvercommitAllowed(std::string_view name) { return isNative(name) && !isHugePagesName(name); }

bool isIntegerResourceName(std::string_view name) {
  return isExtended(name) || name == "pods" || name == "services" || name == "secrets" ||
         name == "configmaps" || name == "replicationcontrollers" || name == "resourcequotas" ||
         name == "persistentvolumeclaims" || name == "services.nodeports" || name == "services.loadbalancers";
}

void validateResourceName(Errors& errors, const FieldPath& path, std::string_view name) {
  const Value bad(name);
  if (const Messages wrong = isQualifiedName(name); !wrong.empty()) {
    errors.invalid(path, bad, wrong);
  } else if (!contains(name, "/") && name != kStorage && !isQuotaResourceName(name)) {
    errors.invalid(path, bad, "must be a standard resource type or fully qualified");
  }
}

void validateContainerResourceName(Errors& errors, const FieldPath& path, std::string_view name) {
  validateResourceName(errors, path, name);
  if (!contains(name, "/")) {
    if (!isContainerName(name)) {
      errors.invalid(path, Value(name), "must be a standard resource for containers");
    }
  } else if (!isNative(name) && !isExtended(name)) {
    errors.invalid(path, Value(name), "doesn't follow extended resource name standard");
  }
}

void validateQuotaResourceName(Errors& errors, const FieldPath& path, std::string_view name) {
  validateResourceName(errors, path, name);
  if (!contains(name, "/") && !isQuotaResourceName(name)) {
    errors.invalid(path, Value(name), "must be a standard resource for quota");
  }
}

}  // namespace pilothouse::api
