#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

const Key kEnv = Key::intern("env");
const Key kFailureThreshold = Key::intern("failureThreshold");
const Key kFieldRef = Key::intern("fieldRef");
const Key kGrpc = Key::intern("grpc");
const Key kHttpGet = Key::intern("httpGet");
const Key kImagePullPolicy = Key::intern("imagePullPolicy");
const Key kLifecycle = Key::intern("lifecycle");
const Key kLimits = Key::intern("limits");
const Key kLivenessProbe = Key::intern("livenessProbe");
const Key kPath = Key::intern("path");
const Key kPeriodSeconds = Key::intern("periodSeconds");
const Key kPostStart = Key::intern("postStart");
const Key kPreStop = Key::intern("preStop");
const Key kReadinessProbe = Key::intern("readinessProbe");
const Key kScheme = Key::intern("scheme");
const Key kService = Key::intern("service");
const Key kStartupProbe = Key::intern("startupProbe");
const Key kSuccessThreshold = Key::intern("successThreshold");
const Key kTerminationMessagePath = Key::intern("terminationMessagePath");
const Key kTerminationMessagePolicy = Key::intern("terminationMessagePolicy");
const Key kTimeoutSeconds = Key::intern("timeoutSeconds");
const Key kValueFrom = Key::intern("valueFrom");

constexpr std::int64_t kRoundedBelow = 9'000'000'000'000'000;  // beyond, thousandths do not fit 64 bits

Value httpGetDefaults(const Value& sent) {
  Value action = sent;
  setDefault(action, kPath, "/");
  setDefault(action, kScheme, "HTTP");
  return action;
}

Value handlerDefaults(const Value& sent) {
  Value handler = sent;
  changeMember(handler, kHttpGet, httpGetDefaults);
  return handler;
}

Value probeDefaults(const Value& sent) {
  Value probe = handlerDefaults(sent);
  setDefaultNumber(probe, kTimeoutSeconds, 1);
  setDefaultNumber(probe, kPeriodSeconds, 10);
  setDefaultNumber(probe, kSuccessThreshold, 1);
  setDefaultNumber(probe, kFailureThreshold, 3);
  changeMember(probe, kGrpc,
               [](const Value& grpc) { return grpc[kService].isString() ? grpc : grpc.with(kService, ""); });
  return probe;
}

Value lifecycleDefaults(const Value& sent) {
  Value lifecycle = sent;
  changeMember(lifecycle, kPostStart, handlerDefaults);
  changeMember(lifecycle, kPreStop, handlerDefaults);
  return lifecycle;
}

Value envDefaults(const Value& sent) {
  Value variable = sent;
  changeMember(variable, kValueFrom, [](const Value& source) {
    Value filled = source;
    changeMember(filled, kFieldRef, [](const Value& reference) {
      Value complete = reference;
      setDefault(complete, keys::apiVersion, "v1");
      return complete;
    });
    return filled;
  });
  return variable;
}

Value portDefaults(const Value& sent) {
  Value port = sent;
  setDefault(port, keys::protocol, "TCP");
  return port;
}

Value resourcesDefaults(const Value& sent) {
  Value resources = sent;
  changeMember(resources, kLimits, resourceListDefaults);
  changeMember(resources, keys::requests, resourceListDefaults);
  return resources;
}

bool isTagCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

// A repository's path is in lower case; what cannot be a reference has no tag.
bool isRepositoryPath(std::string_view path) {
  return !path.empty() && std::all_of(path.begin(), path.end(),
                                      [](char c) { return isTagCharacter(c) && (c < 'A' || c > 'Z'); });
}

}  // namespace

bool isLatestImage(std::string_view image) {
  if (image.empty() || image.find('@') != std::string_view::npos) return false;
  const std::size_t slash = image.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? image : image.substr(slash + 1);
  const std::size_t colon = last.find(':');
  if (!isRepositoryPath(last.substr(0, colon))) return false;
  return colon == std::string_view::npos || last.substr(colon + 1) == "latest";
}

Value resourceListDefaults(const Value& list) {
  std::vector<Value::Member> members;
  bool changed = false;
  for (std::size_t i = 0; i < list.memberKeys().size(); ++i) {
    const Value& value = list.memberValues()[i];
    members.push_back({list.memberKeys()[i], value});
    const auto quantity = Quantity::from(value);
    if (!quantity) continue;
    std::string text = quantity->toString();
    if (quantity->value() < kRoundedBelow && quantity->value() > -kRoundedBelow) {
      const Quantity rounded = Quantity::fromMilli(quantity->milliValue());
      if (rounded.compare(*quantity) != 0) text = rounded.toString();
    }
    if (value.isString() && value.asString() == text) continue;
    members.back().value = text;
    changed = true;
  }
  return changed ? Value::object(std::span<const Value::Member>(members)) : list;
}

Value containerDefaults(const Value& sent) {
  static const Value messagePath("/dev/termination-log");
  static const Value always("Always");
  static const Value ifNotPresent("IfNotPresent");
  Value container = sent;
  changeItems(container, keys::ports, portDefaults);
  changeItems(container, kEnv, envDefaults);
  changeMember(container, keys::resources, resourcesDefaults);
  if (!container[keys::resources].isObject()) {
    static const Value noResources = Value::emptyObject();
    container = container.with(keys::resources, noResources);
  }
  for (const Key probe : {kLivenessProbe, kReadinessProbe, kStartupProbe}) {
    changeMember(container, probe, probeDefaults);
  }
  changeMember(container, kLifecycle, lifecycleDefaults);
  if (isUnset(container[kImagePullPolicy])) {
    const bool latest = isLatestImage(container[keys::image].asString());
    container = container.with(kImagePullPolicy, latest ? always : ifNotPresent);
  }
  setDefault(container, kTerminationMessagePath, messagePath);
  setDefault(container, kTerminationMessagePolicy, "File");
  return container;
}

}  // namespace pilothouse::api
