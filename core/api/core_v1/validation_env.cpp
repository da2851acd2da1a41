#include <algorithm>
#include <array>
#include <string>

#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

constexpr std::array<std::string_view, 9> kEnvFields = {
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs",     "status.podIP", "status.podIPs"};
constexpr std::array<std::string_view, 5> kFileFields = {
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"};
constexpr std::array<std::string_view, 6> kResourceFields = {
    "limits.cpu",   "limits.ephemeral-storage",   "limits.memory",
    "requests.cpu", "requests.ephemeral-storage", "requests.memory"};

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& all, std::string_view text) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// podshelper.ConvertDownwardAPIFieldLabel.
bool isKnownFieldLabel(std::string_view label) {
  return isOneOf(kEnvFields, label) || isOneOf(kFileFields, label) || label == "spec.restartPolicy" ||
         label == "spec.schedulerName" || label == "status.phase" || label == "spec.host";
}

// "metadata.labels['app']" taken apart (fieldpath.SplitMaybeSubscriptedPath).
bool splitSubscript(std::string_view label, std::string_view& path, std::string_view& subscript) {
  if (!endsWith(label, "']")) return false;
  const std::size_t open = label.find("['");
  if (open == std::string_view::npos || open == 0) return false;
  path = label.substr(0, open);
  subscript = label.substr(open + 2, label.size() - open - 4);
  return true;
}

void validateName(Errors& errors, const FieldPath& path, const Value& name) {
  errors.invalid(path, Value(name.asString()), isDns1123Subdomain(name.asString()));
}

void validateKeySelector(Errors& errors, const FieldPath& path, const Value& selector) {
  validateName(errors, path.child("name"), selector["name"]);
  const Value& key = selector["key"];
  if (key.asString().empty()) {
    errors.required(path.child("key"));
  } else {
    errors.invalid(path.child("key"), key, isConfigMapKey(key.asString()));
  }
}

void validateValueFrom(Errors& errors, const FieldPath& path, const Value& variable) {
  const Value& from = variable["valueFrom"];
  if (!from.isObject()) return;
  int sources = 0;
  if (from["fieldRef"].isObject()) {
    ++sources;
    validateFieldRef(errors, path.child("fieldRef"), from["fieldRef"], false);
  }
  if (from["resourceFieldRef"].isObject()) {
    ++sources;
    validateResourceFieldRef(errors, path.child("resourceFieldRef"), from["resourceFieldRef"], false);
  }
  for (const std::string_view kind : {"configMapKeyRef", "secretKeyRef"}) {
    if (!from[kind].isObject()) continue;
    ++sources;
    validateKeySelector(errors, path.child(kind), from[kind]);
  }
  if (sources == 0) {
    errors.invalid(
        path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
  } else if (!variable["value"].asString().empty()) {
    errors.invalid(path, "", "may not be specified when `value` is not empty");
  } else if (sources > 1) {
    errors.invalid(path, "", "may not have more than one field specified at a time");
  }
}

bool isAllowedDivisor(std::string_view resource, std::string_view divisor) {
  if (endsWith(resource, ".cpu")) return divisor == "1" || divisor == "1m";
  constexpr std::array<std::string_view, 13> bytes = {"1",   "1k",  "1M",  "1G",  "1T",  "1P", "1E",
                                                      "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"};
  return isOneOf(bytes, divisor);
}

void validateDivisor(Errors& errors, const FieldPath& path, std::string_view resource, const Value& divisor) {
  const auto quantity = Quantity::from(divisor);
  if (!quantity || quantity->sign() == 0 || isAllowedDivisor(resource, quantity->toString())) return;
  std::string_view kind;
  if (endsWith(resource, ".cpu")) kind = "cpu";
  if (endsWith(resource, ".memory")) kind = "memory";
  if (endsWith(resource, ".ephemeral-storage")) kind = "local ephemeral storage";
  if (contains(resource, ".hugepages-")) kind = "hugepages";
  if (kind.empty()) return;
  const std::string values =
      kind == "cpu" ? "1m and 1" : "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";
  errors.invalid(
      path.child("divisor"), Value(resource),
      "only divisor's values " + values + " are supported with the " + std::string(kind) + " resource");
}

}  // namespace

void validateFieldRef(Errors& errors, const FieldPath& path, const Value& reference, bool volume) {
  if (reference["apiVersion"].asString().empty()) return errors.required(path.child("apiVersion"));
  const Value& field = reference["fieldPath"];
  const std::string_view label = field.asString();
  if (label.empty()) return errors.required(path.child("fieldPath"));
  std::string_view base;
  std::string_view subscript;
  const bool subscripted = splitSubscript(label, base, subscript);
  const bool keyed = base == "metadata.annotations" || base == "metadata.labels";
  if (reference["apiVersion"].asString() != "v1") {
    return errors.invalid(
        path.child("fieldPath"), field,
        "error converting fieldPath: unsupported pod version: " + reference["apiVersion"].toString());
  }
  if (subscripted ? !keyed : !isKnownFieldLabel(label)) {
    return errors.invalid(
        path.child("fieldPath"), field,
        "error converting fieldPath: field label not supported: " + std::string(subscripted ? base : label));
  }
  if (subscripted) {
    const std::string key = base == "metadata.annotations" ? lowered(subscript) : std::string(subscript);
    return errors.invalid(path, Value(key), isQualifiedName(key));
  }
  if (volume && !isOneOf(kFileFields, label)) {
    errors.notSupported(
        path.child("fieldPath"), field,
        {"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"});
  } else if (!volume && !isOneOf(kEnvFields, label)) {
    errors.notSupported(
        path.child("fieldPath"), field,
        {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
         "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"});
  }
}

void validateResourceFieldRef(Errors& errors, const FieldPath& path, const Value& reference, bool volume) {
  const Value& resource = reference["resource"];
  const std::string_view name = resource.asString();
  if (volume && reference["containerName"].asString().empty()) {
    errors.required(path.child("containerName"));
  } else if (name.empty()) {
    errors.required(path.child("resource"));
  } else if (!isOneOf(kResourceFields, name) && !startsWith(name, "limits.hugepages-") &&
             !startsWith(name, "requests.hugepages-")) {
    errors.notSupported(path.child("resource"), resource,
                        {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
                         "requests.ephemeral-storage", "requests.memory"});
  }
  validateDivisor(errors, path, name, reference["divisor"]);
}

void validateEnv(Errors& errors, const FieldPath& path, const Value& variables) {
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& variable = variables.item(i);
    const Value& name = variable["name"];
    if (name.asString().empty()) {
      errors.required(at.child("name"));
    } else {
      errors.invalid(at.child("name"), name, isRelaxedEnvVarName(name.asString()));
    }
    validateValueFrom(errors, at.child("valueFrom"), variable);
  }
}

void validateEnvFrom(Errors& errors, const FieldPath& path, const Value& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& source = sources.item(i);
    const Value& prefix = source["prefix"];
    if (!prefix.asString().empty()) {
      errors.invalid(at.child("prefix"), prefix, isRelaxedEnvVarName(prefix.asString()));
    }
    int count = 0;
    for (const std::string_view kind : {"configMapRef", "secretRef"}) {
      if (!source[kind].isObject()) continue;
      ++count;
      const FieldPath of = at.child(kind);
      if (source[kind]["name"].asString().empty()) {
        errors.required(of.child("name"));
      } else {
        errors.invalid(of.child("name"), source[kind]["name"],
                       nameIsDnsSubdomain(source[kind]["name"].asString(), true));
      }
    }
    if (count == 0) errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
    if (count > 1) errors.invalid(path, "", "may not have more than one field specified at a time");
  }
}

}  // namespace pilothouse::api
