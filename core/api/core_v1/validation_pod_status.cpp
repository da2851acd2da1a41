#include <string>

#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/ip.hpp"

namespace pilothouse::api {
namespace {

const Key kEphemeralContainerStatuses = Key::intern("ephemeralContainerStatuses");
const Key kExitCode = Key::intern("exitCode");
const Key kHostIps = Key::intern("hostIPs");
const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
const Key kIp = Key::intern("ip");
const Key kNominatedNodeName = Key::intern("nominatedNodeName");
const Key kQosClass = Key::intern("qosClass");
const Key kRestartPolicy = Key::intern("restartPolicy");
const Key kState = Key::intern("state");
const Key kTerminated = Key::intern("terminated");

void validateConditions(Errors& errors, const Value& conditions) {
  const FieldPath path("metadata.conditions");
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::string_view type = conditions.item(i)[keys::type].asString();
    if (type == "PodScheduled" || type == "Ready" || type == "Initialized") continue;
    if (const Messages wrong = isQualifiedName(type); !wrong.empty()) {
      const FieldPath at = path.item(i);
      errors.invalid(at.child("Type"), Value(type), wrong);
    }
  }
}

bool isRestartable(const Value& spec, std::string_view containerName) {
  for (const Value& container : spec["initContainers"].items()) {
    if (container[keys::name].asString() == containerName) {
      return container[kRestartPolicy].asString() == "Always";
    }
  }
  return false;
}

// ValidateContainerStateTransition: what ended for good does not run again.
void validateTransitions(Errors& errors, const FieldPath& path, const Value& now, const Value& before,
                         std::string_view restartPolicy, const Value* initSpec) {
  if (restartPolicy == "Always" || now.sameAs(before)) return;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Value& old = before.item(i);
    const Value& terminated = old[kState][kTerminated];
    if (!terminated.isObject()) continue;
    if (terminated[kExitCode].asInt() != 0 && restartPolicy == "OnFailure") continue;
    if (initSpec != nullptr && isRestartable(*initSpec, old[keys::name].asString())) continue;
    for (const Value& status : now.items()) {
      if (!(status[keys::name] == old[keys::name]) || status[kState][kTerminated].isObject()) continue;
      const FieldPath at = path.item(i);
      errors.forbidden(at.child("state"), "may not be transitioned to non-terminated state");
    }
  }
}

// validatePodIPs and what validateHostIPs has in common with it.
void validateIps(Errors& errors, const FieldPath& path, const Value& ips) {
  std::size_t v4 = 0;
  for (std::size_t i = 0; i < ips.size(); ++i) {
    const Value& ip = ips.item(i)[kIp];
    validateIp(errors, path.item(i), ip);
    const auto parsed = parseIp(ip.asString());
    v4 += parsed && parsed->isV4 ? 1 : 0;
  }
  if (ips.size() > 1 && (ips.size() > 2 || v4 != 1)) {
    errors.invalid(path, ips, "may specify no more than one IP for each IP family");
  }
}

void validateAddresses(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  if (!(now[keys::podIPs] == before[keys::podIPs])) {
    validateIps(errors, path.child("podIPs"), now[keys::podIPs]);
  }
  const Value& hostIps = now[kHostIps];
  if (hostIps.empty() || hostIps == before[kHostIps]) return;
  const FieldPath at = path.child("hostIPs");
  if (!(now[keys::hostIP] == hostIps.item(0)[kIp])) {
    const FieldPath first = at.item(0);
    errors.invalid(first.child("ip"), hostIps.item(0)[kIp], "must be equal to `hostIP`");
  }
  validateIps(errors, at, hostIps);
}

}  // namespace

void validatePodStatusUpdate(Errors& errors, const Value& pod, const Value& stored) {
  validatePodMetadataAndSpec(errors, pod, stored);
  const Value& now = pod[keys::status];
  const Value& before = stored[keys::status];
  if (now.sameAs(before)) return;
  const FieldPath path("status");
  const Value& spec = stored[keys::spec];
  if (!now[keys::conditions].sameAs(before[keys::conditions]))
    validateConditions(errors, now[keys::conditions]);
  const Value& nominated = now[kNominatedNodeName];
  if (!nominated.asString().empty() && !(nominated == before[kNominatedNodeName])) {
    errors.invalid(path.child("nominatedNodeName"), nominated, isNodeName(nominated.asString()));
  }
  errors.immutable(path.child("qosClass"), now[kQosClass], before[kQosClass]);
  const std::string_view restartPolicy = spec[kRestartPolicy].asString();
  validateTransitions(errors, path.child("containerStatuses"), now[keys::containerStatuses],
                      before[keys::containerStatuses], restartPolicy, nullptr);
  validateTransitions(errors, path.child("initContainerStatuses"), now[kInitContainerStatuses],
                      before[kInitContainerStatuses], restartPolicy, &spec);
  validateTransitions(errors, path.child("ephemeralContainerStatuses"), now[kEphemeralContainerStatuses],
                      before[kEphemeralContainerStatuses], "Never", nullptr);
  validateAddresses(errors, path, now, before);
}

}  // namespace pilothouse::api
