#include <string>
#include <unordered_set>

#include "core/api/core_v1/validation_pod_parts.hpp"

namespace pilothouse::api {
namespace {

using Names = std::unordered_set<std::string_view>;

void validatePorts(Errors& errors, const FieldPath& path, const Value& ports) {
  Names names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& port = ports.item(i);
    const Value& name = port["name"];
    if (!name.asString().empty()) {
      const Messages wrong = isPortName(name.asString());
      errors.invalid(at.child("name"), name, wrong);
      if (wrong.empty() && !names.insert(name.asString()).second) errors.duplicate(at.child("name"), name);
    }
    const Value& number = port["containerPort"];
    if (number.asInt() == 0) {
      errors.required(at.child("containerPort"));
    } else {
      errors.invalid(at.child("containerPort"), number, isPortNumber(number.asInt()));
    }
    if (port["hostPort"].asInt() != 0) {
      errors.invalid(at.child("hostPort"), port["hostPort"], isPortNumber(port["hostPort"].asInt()));
    }
    const std::string_view protocol = port["protocol"].asString();
    if (protocol.empty()) {
      errors.required(at.child("protocol"));
    } else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
      errors.notSupported(at.child("protocol"), port["protocol"], {"SCTP", "TCP", "UDP"});
    }
  }
}

// A text that must be one of three or fewer values, and be there.
void validateOneOf(Errors& errors, const FieldPath& path, const Value& value,
                   std::initializer_list<std::string_view> supported) {
  if (value.asString().empty()) return errors.required(path);
  for (const std::string_view one : supported) {
    if (value.asString() == one) return;
  }
  errors.notSupported(path, value, supported);
}

void validateResizePolicy(Errors& errors, const FieldPath& path, const Value& policies,
                          std::string_view podRestartPolicy) {
  Names resources;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    const Value& policy = policies.item(i);
    if (!resources.insert(policy["resourceName"].asString()).second) {
      errors.duplicate(path.item(i), policy["resourceName"]);
    }
    validateOneOf(errors, path, policy["resourceName"], {"cpu", "memory"});
    validateOneOf(errors, path, policy["restartPolicy"], {"NotRequired", "RestartContainer"});
    if (podRestartPolicy == "Never" && policy["restartPolicy"].asString() != "NotRequired") {
      errors.invalid(path, policy["restartPolicy"], "must be 'NotRequired' when `restartPolicy` is 'Never'");
    }
  }
}

// validateContainerCommon.
void validateCommon(Errors& errors, const FieldPath& path, const Value& container, const PodContext& pod) {
  const Value& name = container["name"];
  if (name.asString().empty()) {
    errors.required(path.child("name"));
  } else {
    errors.invalid(path.child("name"), name, isDns1123Label(name.asString()));
  }
  const Value& image = container["image"];
  if (image.asString().empty()) errors.required(path.child("image"));
  validateOneOf(errors, path.child("terminationMessagePolicy"), container["terminationMessagePolicy"],
                {"File", "FallbackToLogsOnError"});
  validatePorts(errors, path.child("ports"), container["ports"]);
  validateEnv(errors, path.child("env"), container["env"]);
  validateEnvFrom(errors, path.child("envFrom"), container["envFrom"]);
  validateVolumeMounts(errors, path, container, pod.volumes);
  validateOneOf(errors, path.child("imagePullPolicy"), container["imagePullPolicy"],
                {"Always", "IfNotPresent", "Never"});
  validateResourceRequirements(errors, path.child("resources"), container["resources"]);
  validateResizePolicy(errors, path.child("resizePolicy"), container["resizePolicy"],
                       pod.spec["restartPolicy"].asString());
  validateContainerSecurityContext(errors, path.child("securityContext"), container["securityContext"],
                                   pod.spec["hostUsers"].asBool(true));
}

using HostPorts = std::unordered_set<std::string>;

// AccumulateUniqueHostPorts.
void validateHostPorts(Errors& errors, const FieldPath& path, const Value& ports, HostPorts& taken) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Value& port = ports.item(i);
    if (port["hostPort"].asInt() == 0) continue;
    std::string text = port["protocol"].toString() + "/" + port["hostIP"].toString() + "/" +
                       std::to_string(port["hostPort"].asInt());
    const FieldPath at = path.item("ports", i);
    if (taken.count(text) > 0) {
      errors.duplicate(at.child("hostPort"), Value(text));
    } else {
      taken.insert(std::move(text));
    }
  }
}

void validateMain(Errors& errors, const FieldPath& specPath, const PodContext& pod) {
  const Value& containers = pod.spec["containers"];
  if (containers.empty()) return errors.required(specPath.child("containers"));
  Names names;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath at = specPath.item("containers", i);
    const Value& container = containers.item(i);
    validateCommon(errors, at, container, pod);
    if (!names.insert(container["name"].asString()).second) {
      errors.duplicate(at.child("name"), container["name"]);
    }
    validateProbesAndLifecycle(errors, at, container, pod.spec);
    if (!container["restartPolicy"].isNull()) {
      errors.forbidden(at.child("restartPolicy"), "may not be set for non-init containers");
    }
  }
  HostPorts taken;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    validateHostPorts(errors, specPath.item("containers", i), containers.item(i)["ports"], taken);
  }
}

void forbidInInitContainer(Errors& errors, const FieldPath& path, const Value& container) {
  for (const std::string_view field : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
    if (!container[field].isObject()) continue;
    errors.forbidden(path.child(field), "may not be set for init containers without restartPolicy=Always");
  }
}

void validateInit(Errors& errors, const FieldPath& specPath, const PodContext& pod) {
  const Value& containers = pod.spec["initContainers"];
  Names names;
  for (const Value& container : pod.spec["containers"].items()) names.insert(container["name"].asString());
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath at = specPath.item("initContainers", i);
    const Value& container = containers.item(i);
    validateCommon(errors, at, container, pod);
    const Value& restartPolicy = container["restartPolicy"];
    if (!restartPolicy.isNull() && restartPolicy.asString() != "Always") {
      errors.notSupported(at.child("restartPolicy"), restartPolicy, {"Always"});
    }
    if (names.count(container["name"].asString()) > 0) {
      errors.duplicate(at.child("name"), container["name"]);
    } else if (!container["name"].asString().empty()) {
      names.insert(container["name"].asString());
    }
    HostPorts taken;  // init containers run one after the other
    validateHostPorts(errors, at, container["ports"], taken);
    if (restartPolicy.asString() == "Always") {
      validateProbesAndLifecycle(errors, at, container, pod.spec);
    } else {
      forbidInInitContainer(errors, at, container);
      if (!container["resizePolicy"].empty()) {
        errors.invalid(at.child("resizePolicy"), container["resizePolicy"],
                       "must not be set for init containers");
      }
    }
  }
}

}  // namespace

void validateContainers(Errors& errors, const FieldPath& specPath, const PodContext& pod) {
  validateMain(errors, specPath, pod);
  validateInit(errors, specPath, pod);
}

}  // namespace pilothouse::api
