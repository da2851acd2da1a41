#include <string>

#include "core/api/core_v1/validation_pod_parts.hpp"

namespace pilothouse::api {
namespace {

void validateHttpGet(Errors& errors, const FieldPath& path, const Value& action) {
  if (action["path"].asString().empty()) errors.required(path.child("path"));
  validatePortNumberOrName(errors, path.child("port"), action["port"]);
  const std::string_view scheme = action["scheme"].asString();
  if (scheme != "HTTP" && scheme != "HTTPS") {
    errors.notSupported(path.child("scheme"), Value(scheme), {"HTTP", "HTTPS"});
  }
  for (const Value& header : action["httpHeaders"].items()) {
    errors.invalid(path.child("httpHeaders"), Value(header["name"].asString()),
                   isHttpHeaderName(header["name"].asString()));
  }
}

void validateSleep(Errors& errors, const FieldPath& path, const Value& action, const Value& spec) {
  const std::int64_t seconds = action["seconds"].asInt();
  const Value& grace = spec["terminationGracePeriodSeconds"];
  if (!grace.isInt() || (seconds >= 0 && seconds <= grace.asInt())) return;
  errors.invalid(path, Value(seconds),
                 "must be non-negative and less than terminationGracePeriodSeconds (" +
                     std::to_string(grace.asInt()) + ")");
}

void validateAction(Errors& errors, const FieldPath& path, std::string_view kind, const Value& action,
                    const Value& spec) {
  if (kind == "exec" && action["command"].empty()) errors.required(path.child("command"));
  if (kind == "httpGet") validateHttpGet(errors, path, action);
  if (kind == "tcpSocket") validatePortNumberOrName(errors, path.child("port"), action["port"]);
  if (kind == "grpc") {
    errors.invalid(path.child("port"), Value(action["port"].asInt()), isPortNumber(action["port"].asInt()));
  }
  if (kind == "sleep") validateSleep(errors, path, action, spec);
}

void validateHandler(Errors& errors, const FieldPath& path, const Value& handler, const Value& spec,
                     std::initializer_list<std::string_view> kinds) {
  int count = 0;
  for (const std::string_view kind : kinds) {
    if (!handler[kind].isObject()) continue;
    const FieldPath at = path.child(kind);
    if (++count > 1) {
      errors.forbidden(at, "may not specify more than 1 handler type");
    } else {
      validateAction(errors, at, kind, handler[kind], spec);
    }
  }
  if (count == 0) errors.required(path, "must specify a handler type");
}

void validateProbe(Errors& errors, const FieldPath& path, const Value& probe, const Value& spec) {
  validateHandler(errors, path, probe, spec, {"exec", "httpGet", "tcpSocket", "grpc"});
  for (const std::string_view field :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
    errors.nonNegative(path.child(field), probe[field]);
  }
  const Value& grace = probe["terminationGracePeriodSeconds"];
  if (grace.isInt() && grace.asInt() <= 0) {
    errors.invalid(path.child("terminationGracePeriodSeconds"), grace, "must be greater than 0");
  }
}

void requireOneSuccess(Errors& errors, const FieldPath& path, const Value& probe) {
  const Value& successes = probe["successThreshold"];
  if (successes.asInt() != 1) errors.invalid(path.child("successThreshold"), successes, "must be 1");
}

}  // namespace

void validatePortNumberOrName(Errors& errors, const FieldPath& path, const Value& port) {
  if (port.isString()) {
    errors.invalid(path, port, isPortName(port.asString()));
  } else {
    errors.invalid(path, Value(port.asInt()), isPortNumber(port.asInt()));
  }
}

void validateProbesAndLifecycle(Errors& errors, const FieldPath& path, const Value& container,
                                const Value& spec) {
  const FieldPath lifecycle = path.child("lifecycle");
  for (const std::string_view hook : {"postStart", "preStop"}) {
    const Value& handler = container["lifecycle"][hook];
    if (!handler.isObject()) continue;
    validateHandler(errors, lifecycle.child(hook), handler, spec, {"exec", "httpGet", "tcpSocket", "sleep"});
  }
  if (const Value& probe = container["livenessProbe"]; probe.isObject()) {
    const FieldPath at = path.child("livenessProbe");
    validateProbe(errors, at, probe, spec);
    requireOneSuccess(errors, at, probe);
  }
  if (const Value& probe = container["readinessProbe"]; probe.isObject()) {
    const FieldPath at = path.child("readinessProbe");
    validateProbe(errors, at, probe, spec);
    if (const Value& grace = probe["terminationGracePeriodSeconds"]; !grace.isNull()) {
      errors.invalid(at.child("terminationGracePeriodSeconds"), grace, "must not be set for readinessProbes");
    }
  }
  if (const Value& probe = container["startupProbe"]; probe.isObject()) {
    const FieldPath at = path.child("startupProbe");
    validateProbe(errors, at, probe, spec);
    requireOneSuccess(errors, at, probe);
  }
}

}  // namespace pilothouse::api
