#include <string>

#include "core/api/core_v1/validation_pod_parts.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kPathMax = 4095;
constexpr std::size_t kSysctlLengthMax = 253;
constexpr std::string_view kSysctlFormat =
    "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

void validateId(Errors& errors, const FieldPath& path, const Value& id) {
  if (id.isInt()) errors.invalid(path, id, isUserOrGroupId(id.asInt()));
}

void validateSeccomp(Errors& errors, const FieldPath& path, const Value& profile) {
  if (!profile.isObject()) return;
  const std::string_view type = profile["type"].asString();
  if (type.empty()) {
    errors.required(path.child("type"), "type is required when seccompProfile is set");
  } else if (type != "Localhost" && type != "RuntimeDefault" && type != "Unconfined") {
    errors.notSupported(path.child("type"), profile["type"], {"Localhost", "RuntimeDefault", "Unconfined"});
  }
  const Value& localhost = profile["localhostProfile"];
  if (type != "Localhost") {
    if (!localhost.isNull()) {
      errors.invalid(path.child("localhostProfile"), profile,
                     "can only be set when seccomp type is Localhost");
    }
  } else if (localhost.isNull()) {
    errors.required(path.child("localhostProfile"), "must be set when seccomp type is Localhost");
  } else {
    validateLocalDescendingPath(errors, path.child("localhostProfile"), localhost);
  }
}

void validateAppArmor(Errors& errors, const FieldPath& path, const Value& profile) {
  if (!profile.isObject()) return;
  const std::string_view type = profile["type"].asString();
  const Value& localhost = profile["localhostProfile"];
  const FieldPath at = path.child("localhostProfile");
  if (type == "Localhost") {
    if (localhost.asString() != trimmed(localhost.asString())) {
      errors.invalid(at, localhost, "must not be padded with whitespace");
    } else if (localhost.asString().empty()) {
      errors.required(at, "must be set when AppArmor type is Localhost");
    }
    if (localhost.asString().size() > kPathMax) errors.tooLong(at, kPathMax);
  } else if (type == "RuntimeDefault" || type == "Unconfined") {
    if (!localhost.isNull()) errors.invalid(at, localhost, "can only be set when AppArmor type is Localhost");
  } else if (type.empty()) {
    errors.required(path.child("type"), "type is required when appArmorProfile is set");
  } else {
    errors.notSupported(path.child("type"), profile["type"], {"Localhost", "RuntimeDefault", "Unconfined"});
  }
}

bool isSysctlSegment(std::string_view text) {
  const auto isEdge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || !isEdge(text.front()) || !isEdge(text.back())) return false;
  for (const char c : text) {
    if (!isEdge(c) && c != '-' && c != '_') return false;
  }
  return true;
}

bool isSysctlName(std::string_view name) {
  if (name.size() > kSysctlLengthMax) return false;
  for (const std::string_view dotted : split(name, '.')) {
    for (const std::string_view segment : split(dotted, '/')) {
      if (!isSysctlSegment(segment)) return false;
    }
  }
  return true;
}

void validateSysctls(Errors& errors, const FieldPath& path, const Value& sysctls, const Value& spec) {
  for (std::size_t i = 0; i < sysctls.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& name = sysctls.item(i)["name"];
    const std::string_view text = name.asString();
    if (text.empty()) {
      errors.required(at.child("name"));
    } else if (!isSysctlName(text)) {
      errors.invalid(at.child("name"), name,
                     "must have at most " + std::to_string(kSysctlLengthMax) +
                         " characters and match regex " + std::string(kSysctlFormat));
    }
    if (spec["hostNetwork"].asBool() && startsWith(text, "net.")) {
      errors.invalid(at.child("name"), name, "may not be specified when 'hostNetwork' is true");
    }
  }
}

}  // namespace

void validatePodSecurityContext(Errors& errors, const FieldPath& specPath, const Value& spec) {
  const FieldPath path = specPath.child("securityContext");
  const Value& context = spec["securityContext"];
  for (const std::string_view id : {"fsGroup", "runAsUser", "runAsGroup"}) {
    validateId(errors, path.child(id), context[id]);
  }
  const Value& groups = context["supplementalGroups"];
  for (std::size_t i = 0; i < groups.size(); ++i) {
    validateId(errors, path.item("supplementalGroups", i), groups.item(i));
  }
  if (spec["shareProcessNamespace"].asBool() && spec["hostPID"].asBool()) {
    errors.invalid(path.child("shareProcessNamespace"), true,
                   "ShareProcessNamespace and HostPID cannot both be enabled");
  }
  validateSysctls(errors, path.child("sysctls"), context["sysctls"], spec);
  const Value& change = context["fsGroupChangePolicy"];
  if (!change.isNull() && change.asString() != "Always" && change.asString() != "OnRootMismatch") {
    errors.notSupported(path.child("fsGroupChangePolicy"), change, {"Always", "OnRootMismatch"});
  }
  validateSeccomp(errors, path.child("seccompProfile"), context["seccompProfile"]);
  validateAppArmor(errors, path.child("appArmorProfile"), context["appArmorProfile"]);
  const Value& supplemental = context["supplementalGroupsPolicy"];
  if (!supplemental.isNull() && supplemental.asString() != "Merge" && supplemental.asString() != "Strict") {
    errors.notSupported(path.child("supplementalGroupsPolicy"), supplemental, {"Merge", "Strict"});
  }
}

void validateContainerSecurityContext(Errors& errors, const FieldPath& path, const Value& context,
                                      bool hostUsers) {
  if (!context.isObject()) return;
  validateId(errors, path.child("runAsUser"), context["runAsUser"]);
  validateId(errors, path.child("runAsGroup"), context["runAsGroup"]);
  const Value& procMount = context["procMount"];
  if (!procMount.isNull()) {
    if (procMount.asString() != "Default" && procMount.asString() != "Unmasked") {
      errors.notSupported(path.child("procMount"), procMount, {"Default", "Unmasked"});
    }
    if (hostUsers && procMount.asString() == "Unmasked") {
      errors.invalid(path.child("procMount"), procMount, "`hostUsers` must be false to use `Unmasked`");
    }
  }
  validateSeccomp(errors, path.child("seccompProfile"), context["seccompProfile"]);
  if (context["allowPrivilegeEscalation"].isBool() && !context["allowPrivilegeEscalation"].asBool()) {
    if (context["privileged"].asBool()) {
      errors.invalid(path, context,
                     "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }
    for (const Value& capability : context["capabilities"]["add"].items()) {
      if (capability.asString() != "CAP_SYS_ADMIN") continue;
      errors.invalid(path, context,
                     "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
  }
  validateAppArmor(errors, path.child("appArmorProfile"), context["appArmorProfile"]);
}

}  // namespace pilothouse::api
