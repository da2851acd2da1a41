// What reaches a container from outside its spec: fields, ConfigMaps and Secrets.
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"
#include "core/kubelet/runtime/process.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kBinaryData = Key::intern("binaryData");
const Key kConfigMapKeyRef = Key::intern("configMapKeyRef");
const Key kConfigMapRef = Key::intern("configMapRef");
const Key kContainerName = Key::intern("containerName");
const Key kDivisor = Key::intern("divisor");
const Key kEnv = Key::intern("env");
const Key kEnvFrom = Key::intern("envFrom");
const Key kFieldPath = Key::intern("fieldPath");
const Key kFieldRef = Key::intern("fieldRef");
const Key kKey = Key::intern("key");
const Key kLimits = Key::intern("limits");
const Key kOptional = Key::intern("optional");
const Key kPrefix = Key::intern("prefix");
const Key kResource = Key::intern("resource");
const Key kResourceFieldRef = Key::intern("resourceFieldRef");
const Key kSecretKeyRef = Key::intern("secretKeyRef");
const Key kSecretRef = Key::intern("secretRef");
const Key kServiceAccountName = Key::intern("serviceAccountName");
const Key kValueFrom = Key::intern("valueFrom");

std::string decodeBase64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t digit = 0;
    if (c >= 'A' && c <= 'Z') {
      digit = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      digit = static_cast<std::uint32_t>(c - 'a') + 26;
    } else if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0') + 52;
    } else if (c == '+' || c == '/') {
      digit = c == '+' ? 62 : 63;
    } else {
      continue;
    }
    bits = bits << 6 | digit;
    if (++count == 4) {
      out += static_cast<char>(bits >> 16 & 255);
      out += static_cast<char>(bits >> 8 & 255);
      out += static_cast<char>(bits & 255);
      bits = 0;
      count = 0;
    }
  }
  if (count == 3) {
    out += static_cast<char>(bits >> 10 & 255);
    out += static_cast<char>(bits >> 2 & 255);
  } else if (count == 2) {
    out += static_cast<char>(bits >> 4 & 255);
  }
  return out;
}

// limits.cpu or requests.memory over the divisor, rounded up.
std::string resourceText(const Value& pod, const Value& container, const Value& reference) {
  const Value* spec = &container;
  for (const Value& other : pod.get(keys::spec, keys::containers).items()) {
    if (other[keys::name] == reference[kContainerName]) spec = &other;
  }
  const std::string_view resource = reference[kResource].asString();
  const std::size_t dot = resource.find('.');
  if (dot == std::string_view::npos) return "";
  const std::string_view name = resource.substr(dot + 1);
  const Key part = resource.substr(0, dot) == "limits" ? kLimits : keys::requests;
  const Value& amount = (*spec)[keys::resources][part][name];
  const Value& divisor = reference[kDivisor];
  const bool cpu = name == "cpu";
  const std::int64_t value = cpu ? quantityMilli(amount) : quantityValue(amount);
  std::int64_t unit = cpu ? quantityMilli(divisor) : quantityValue(divisor);
  if (unit <= 0) unit = cpu ? 1000 : 1;
  return std::to_string(value / unit + (value % unit > 0 ? 1 : 0));
}

struct Resolution {
  Value pod;
  Value container;
  Value podIp;
  Value hostIp;
  std::vector<ObjectName> names;
  std::vector<Value> objects;
  std::vector<Value> env;
  std::string error;

  [[nodiscard]] const Value& object(const api::Resource& resource, const Value& name) const {
    static const Value none;
    for (std::size_t i = 0; i < names.size() && i < objects.size(); ++i) {
      if (names[i].resource == &resource && names[i].name == name) return objects[i];
    }
    return none;
  }
  void set(const Value& name, Value value) {
    const auto at = std::find_if(env.begin(), env.end(),
                                 [&name](const Value& variable) { return variable[keys::name] == name; });
    Value variable = Value::object({{keys::name, name}, {keys::value, std::move(value)}});
    if (at == env.end()) {
      env.push_back(std::move(variable));
    } else {
      *at = std::move(variable);
    }
  }
  void fromWhole(const Value& source);
  void fromKey(const Value& variable, const Value& reference, const api::Resource& resource,
               std::string_view kind);
  void resolve();
};

std::string missing(std::string_view kind, const Value& name) {
  return std::string(kind) + " \"" + name.toString() + "\" not found";
}

void Resolution::fromWhole(const Value& source) {
  const bool secret = !source[kSecretRef].isNull();
  const Value& reference = source[secret ? kSecretRef : kConfigMapRef];
  const api::Resource& resource = secret ? api::resources::secrets : api::resources::configMaps;
  const Value& found = object(resource, reference[keys::name]);
  if (found.isNull()) {
    if (!reference[kOptional].asBool() && error.empty()) {
      error = missing(secret ? "secret" : "configmap", reference[keys::name]);
    }
    return;
  }
  for (const Key key : found[keys::data].memberKeys()) {
    set(source[kPrefix].toString() + std::string(key.text()), keyText(found, key.text()).value_or(""));
  }
}

void Resolution::fromKey(const Value& variable, const Value& reference, const api::Resource& resource,
                         std::string_view kind) {
  const Value& found = object(resource, reference[keys::name]);
  const bool optional = reference[kOptional].asBool();
  if (found.isNull()) {
    if (!optional && error.empty())
      error = missing(kind == "Secret" ? "secret" : "configmap", reference[keys::name]);
    return;
  }
  const auto text = keyText(found, reference[kKey].asString());
  if (text) return set(variable[keys::name], *text);
  if (!optional && error.empty()) {
    error = "couldn't find key " + reference[kKey].toString() + " in " + std::string(kind) + " " +
            std::string(api::namespaceOf(pod)) + "/" + reference[keys::name].toString();
  }
}

void Resolution::resolve() {
  for (const Value& source : container[kEnvFrom].items()) fromWhole(source);
  for (const Value& variable : container[kEnv].items()) {
    const Value& from = variable[kValueFrom];
    if (from.isNull()) {
      set(variable[keys::name], expandVariables(variable[keys::value].asString(), Value::array(env)));
    } else if (const Value& field = from[kFieldRef]; !field.isNull()) {
      set(variable[keys::name], fieldText(pod, field[kFieldPath].asString(), podIp, hostIp));
    } else if (const Value& resource = from[kResourceFieldRef]; !resource.isNull()) {
      set(variable[keys::name], resourceText(pod, container, resource));
    } else if (const Value& map = from[kConfigMapKeyRef]; !map.isNull()) {
      fromKey(variable, map, api::resources::configMaps, "ConfigMap");
    } else if (const Value& secret = from[kSecretKeyRef]; !secret.isNull()) {
      fromKey(variable, secret, api::resources::secrets, "Secret");
    }
  }
}

bool isLiteral(const Value& container) {
  if (!container[kEnvFrom].empty()) return false;
  for (const Value& variable : container[kEnv].items()) {
    if (!variable[kValueFrom].isNull()) return false;
    if (variable[keys::value].asString().find('$') != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> keyText(const Value& object, std::string_view key) {
  const Value& data = object[keys::data][key];
  if (data.isString()) {
    const bool secret = object[keys::kind].asString() == "Secret";
    return secret ? decodeBase64(data.asString()) : data.toString();
  }
  const Value& binary = object[kBinaryData][key];
  if (binary.isString()) return decodeBase64(binary.asString());
  return std::nullopt;
}

std::string fieldText(const Value& pod, std::string_view path, const Value& podIp, const Value& hostIp) {
  const Value& metadata = api::meta(pod);
  if (path == "metadata.name") return metadata[keys::name].toString();
  if (path == "metadata.namespace") return metadata[keys::namespace_].toString();
  if (path == "metadata.uid") return metadata[keys::uid].toString();
  if (path == "spec.nodeName") return pod.get(keys::spec, keys::nodeName).toString();
  if (path == "spec.serviceAccountName") return pod.get(keys::spec, kServiceAccountName).toString();
  if (path == "status.podIP" || path == "status.podIPs") return podIp.toString();
  if (path == "status.hostIP" || path == "status.hostIPs") return hostIp.toString();
  const bool label = path.substr(0, 15) == "metadata.labels";
  const Value& map = metadata[label ? keys::labels : keys::annotations];
  const std::size_t open = path.find("['");
  if (open != std::string_view::npos && path.size() > open + 4) {
    return map[path.substr(open + 2, path.size() - open - 4)].toString();
  }
  // The whole map, as a downwardAPI volume shows it.
  std::string text;
  for (std::size_t i = 0; i < map.size(); ++i) {
    text += std::string(map.memberKeys()[i].text()) + "=\"" + map.memberValues()[i].toString() + "\"\n";
  }
  return text;
}

void readObjects(client::Client& client, const Value& ns, std::vector<ObjectName> names,
                 Function<void(std::vector<Value>)> done) {
  struct Reading {
    std::vector<ObjectName> names;
    std::vector<Value> objects;
    Function<void(std::vector<Value>)> done;
  };
  struct Next {
    static void read(client::Client& client, const Value& ns, const std::shared_ptr<Reading>& reading) {
      const std::size_t at = reading->objects.size();
      if (at == reading->names.size()) return reading->done(std::move(reading->objects));
      const ObjectName& name = reading->names[at];
      auto done = [&client, ns, reading](client::Response response) {
        reading->objects.push_back(response.ok() ? std::move(response.body) : Value());
        read(client, ns, reading);
      };
      if (name.tokenRequest.isNull()) return client.get(*name.resource, ns, name.name, std::move(done));
      client::Request request;
      request.verb = apiserver::Verb::Create;
      request.fieldValidation = apiserver::FieldValidation::Ignore;
      request.resource = name.resource;
      request.subresource = Key::intern("token");
      request.namespace_ = ns;
      request.name = name.name;
      request.body = name.tokenRequest;
      client.send(std::move(request), std::move(done));
    }
  };
  Next::read(client, ns, std::make_shared<Reading>(Reading{std::move(names), {}, std::move(done)}));
}

void resolveEnvironment(client::Client& client, const Value& pod, const Value& container, const Value& podIp,
                        const Value& hostIp, Function<void(ResolvedEnvironment)> done) {
  if (isLiteral(container)) return done({container[kEnv], ""});
  auto resolution = std::make_shared<Resolution>();
  resolution->pod = pod;
  resolution->container = container;
  resolution->podIp = podIp;
  resolution->hostIp = hostIp;
  const auto need = [&resolution](const api::Resource& resource, const Value& reference) {
    if (reference.isNull()) return;
    for (const ObjectName& known : resolution->names) {
      if (known.resource == &resource && known.name == reference[keys::name]) return;
    }
    resolution->names.push_back({&resource, reference[keys::name]});
  };
  for (const Value& source : container[kEnvFrom].items()) {
    need(api::resources::configMaps, source[kConfigMapRef]);
    need(api::resources::secrets, source[kSecretRef]);
  }
  for (const Value& variable : container[kEnv].items()) {
    need(api::resources::configMaps, variable[kValueFrom][kConfigMapKeyRef]);
    need(api::resources::secrets, variable[kValueFrom][kSecretKeyRef]);
  }
  readObjects(client, api::meta(pod)[keys::namespace_], resolution->names,
              [resolution, done = std::move(done)](std::vector<Value> objects) mutable {
                resolution->objects = std::move(objects);
                resolution->resolve();
                done({Value::array(resolution->env), resolution->error});
              });
}

}  // namespace pilothouse::kubelet
