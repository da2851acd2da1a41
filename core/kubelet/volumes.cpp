// Volumes whose content comes from the API server. emptyDir, hostPath and claims need no waiting here.
//
// Nearly every pod has a volume with its ServiceAccount's token and hardly any looks at it: its content is
// fetched when somebody runs a command in the pod, or when a container's own command names the folder.
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kArgs = Key::intern("args");
const Key kAudience = Key::intern("audience");
const Key kAudiences = Key::intern("audiences");
const Key kBoundObjectRef = Key::intern("boundObjectRef");
const Key kCommand = Key::intern("command");
const Key kConfigMap = Key::intern("configMap");
const Key kDownwardApi = Key::intern("downwardAPI");
const Key kExpirationSeconds = Key::intern("expirationSeconds");
const Key kFieldPath = Key::intern("fieldPath");
const Key kFieldRef = Key::intern("fieldRef");
const Key kKey = Key::intern("key");
const Key kOptional = Key::intern("optional");
const Key kPath = Key::intern("path");
const Key kProjected = Key::intern("projected");
const Key kSecret = Key::intern("secret");
const Key kSecretName = Key::intern("secretName");
const Key kServiceAccountName = Key::intern("serviceAccountName");
const Key kServiceAccountToken = Key::intern("serviceAccountToken");
const Key kSources = Key::intern("sources");
const Key kToken = Key::intern("token");
const Key kVolumes = Key::intern("volumes");

// exponentialbackoff of nestedpendingoperations.
constexpr SimDuration kFirstDelay = std::chrono::milliseconds(500);
constexpr SimDuration kLongestDelay = std::chrono::seconds(122);

constexpr std::string_view kRootCa = "kube-root-ca.crt";
constexpr std::string_view kFolder = "serviceaccount";
constexpr std::int64_t kTokenSeconds = 3600;

/// One piece of a volume's content.
struct Source {
  const Value* volume;
  const Value* spec;  ///< the configMap, secret, downwardAPI or serviceAccountToken
  const api::Resource* resource = nullptr;
  Value name;
  bool token = false;
};

// A token, the cluster's certificate, the namespace: what the ServiceAccount admission adds.
bool isApiAccess(const Value& volume) {
  bool token = false;
  for (const Value& source : volume[kProjected][kSources].items()) {
    if (!source[kServiceAccountToken].isNull()) token = true;
    const Value& map = source[kConfigMap];
    if (!source[kSecret].isNull() || (!map.isNull() && map[keys::name].asString() != kRootCa)) return false;
  }
  return token;
}

const Value& serviceAccountName(const Value& pod) {
  static const Value none("default");
  const Value& name = pod.get(keys::spec, kServiceAccountName);
  return name.asString().empty() ? none : name;
}

// TokenRequest of pkg/kubelet/token, bound to the pod.
Value tokenRequest(const Value& pod, const Value& source) {
  const Value& metadata = api::meta(pod);
  const Value reference = Value::object({{keys::apiVersion, "v1"},
                                         {keys::kind, "Pod"},
                                         {keys::name, metadata[keys::name]},
                                         {keys::uid, metadata[keys::uid]}});
  ObjectBuilder spec;
  spec.set(kAudiences, source[kAudience].isNull() ? Value::emptyArray() : Value::array({source[kAudience]}))
      .set(kBoundObjectRef, reference)
      .set(kExpirationSeconds, source[kExpirationSeconds].asInt(kTokenSeconds));
  return Value::object({{keys::apiVersion, "authentication.k8s.io/v1"},
                        {keys::kind, "TokenRequest"},
                        {keys::metadata, Value::emptyObject()},
                        {keys::spec, spec.build()}});
}

void addSource(std::vector<Source>& sources, const Value& volume, const Value& parent, const Value& pod) {
  if (const Value& token = parent[kServiceAccountToken]; !token.isNull()) {
    const api::Resource* accounts = api::findResource("", "serviceaccounts");
    if (accounts != nullptr) sources.push_back({&volume, &token, accounts, serviceAccountName(pod), true});
  }
  if (const Value& map = parent[kConfigMap]; !map.isNull()) {
    sources.push_back({&volume, &map, &api::resources::configMaps, map[keys::name]});
  }
  if (const Value& secret = parent[kSecret]; !secret.isNull()) {
    // A volume's secret has secretName, a projected one has name.
    const Value& name = secret.has(kSecretName) ? secret[kSecretName] : secret[keys::name];
    sources.push_back({&volume, &secret, &api::resources::secrets, name});
  }
  if (const Value& downward = parent[kDownwardApi]; !downward.isNull()) {
    sources.push_back({&volume, &downward, nullptr, {}});
  }
}

std::vector<Source> sourcesOf(const Value& pod, bool apiAccess) {
  std::vector<Source> sources;
  for (const Value& volume : pod.get(keys::spec, kVolumes).items()) {
    if (isApiAccess(volume) != apiAccess) continue;
    addSource(sources, volume, volume, pod);
    for (const Value& projected : volume[kProjected][kSources].items()) {
      addSource(sources, volume, projected, pod);
    }
  }
  return sources;
}

std::vector<ObjectName> objectsOf(const std::vector<Source>& sources, const Value& pod) {
  std::vector<ObjectName> names;
  for (const Source& source : sources) {
    if (source.resource == nullptr) continue;
    names.push_back({source.resource, source.name});
    if (source.token) names.back().tokenRequest = tokenRequest(pod, *source.spec);
  }
  return names;
}

// The files of one source; an error in the volume plugin's words.
std::string fill(const Source& source, const Value& object, const Value& pod, const Value& hostIp,
                 ObjectBuilder& files) {
  const auto items = (*source.spec)[keys::items].items();
  if (source.resource == nullptr) {
    for (const Value& item : items) {
      files.set(Key::intern(item[kPath].asString()),
                fieldText(pod, item[kFieldRef][kFieldPath].asString(), Value(), hostIp));
    }
    return "";
  }
  if (source.token) {
    const Value& token = object.get(keys::status, kToken);
    if (!token.isString()) return "failed to fetch token: serviceaccount \"" + source.name.toString() + "\"";
    files.set(Key::intern((*source.spec)[kPath].asString()), token);
    return "";
  }
  const bool secret = source.resource == &api::resources::secrets;
  const bool optional = (*source.spec)[kOptional].asBool();
  if (object.isNull()) {
    if (optional) return "";
    return std::string(secret ? "secret" : "configmap") + " \"" + source.name.toString() + "\" not found";
  }
  if (items.empty()) {
    for (const Key key : object[keys::data].memberKeys()) {
      files.set(key, keyText(object, key.text()).value_or(""));
    }
    return "";
  }
  for (const Value& item : items) {
    const auto text = keyText(object, item[kKey].asString());
    if (!text && !optional) return "references non-existent config key: " + item[kKey].toString();
    if (text) files.set(Key::intern(item[kPath].asString()), *text);
  }
  return "";
}

}  // namespace

namespace {

/// Files by volume, or the error of the first volume that cannot be made.
struct Mounted {
  Value contents;
  std::string error;
};

Mounted fillAll(const Value& pod, bool apiAccess, const std::vector<Value>& objects, const Value& hostIp) {
  ObjectBuilder contents;
  std::size_t next = 0;
  for (const Source& source : sourcesOf(pod, apiAccess)) {
    const Value object = source.resource == nullptr ? Value() : objects[next++];
    const Key name = Key::intern((*source.volume)[keys::name].asString());
    ObjectBuilder files(contents.build()[name]);
    const std::string error = fill(source, object, pod, hostIp, files);
    // What a program reads later is as much as there is.
    if (!error.empty() && !apiAccess) {
      return {{}, "MountVolume.SetUp failed for volume \"" + std::string(name.text()) + "\" : " + error};
    }
    contents.set(name, files.build());
  }
  return {contents.build(), ""};
}

bool namesFolder(const Value& words) {
  for (const Value& word : words.items()) {
    if (word.asString().find(kFolder) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

bool PodWorker::readsApiAccess(const Value& containerSpec) {
  return namesFolder(containerSpec[kCommand]) || namesFolder(containerSpec[kArgs]);
}

void PodWorker::fetchApiAccess(Function<void()> done) {
  const std::vector<Source> sources = sourcesOf(pod_, true);
  if (apiAccess_ || sources.empty() || sandbox_ == 0) return done();
  readObjects(context_.client, api::meta(pod_)[keys::namespace_], objectsOf(sources, pod_),
              [weak = weak(), pod = pod_, done = std::move(done)](std::vector<Value> objects) mutable {
                const auto self = weak.lock();
                if (self == nullptr) return;
                self->apiAccess_ = true;
                const Value contents = fillAll(pod, true, objects, self->context_.hostIp).contents;
                for (std::size_t i = 0; i < contents.size(); ++i) {
                  self->context_.runtime.containers().setVolume(
                      self->sandbox_, contents.memberKeys()[i].text(), contents.memberValues()[i]);
                }
                done();
              });
}

void PodWorker::mountVolumes() {
  const std::vector<Source> sources = sourcesOf(pod_, false);
  if (sources.empty()) {
    volumesReady_ = true;
    return step();
  }
  stage_ = Stage::Volumes;
  readObjects(context_.client, api::meta(pod_)[keys::namespace_], objectsOf(sources, pod_),
              [weak = weak(), epoch = epoch_, pod = pod_](const std::vector<Value>& objects) {
                const auto self = weak.lock();
                if (self == nullptr || self->epoch_ != epoch) return;
                Mounted mounted = fillAll(pod, false, objects, self->context_.hostIp);
                self->volumesMounted(std::move(mounted.contents), mounted.error);
              });
}

void PodWorker::volumesMounted(Value contents, const std::string& error) {
  if (error.empty()) {
    volumesReady_ = true;
    volumes_ = std::move(contents);
    return step();
  }
  event("Warning", "FailedMount", error);
  volumeDelay_ =
      volumeDelay_ == SimDuration::zero() ? kFirstDelay : std::min(volumeDelay_ * 2, kLongestDelay);
  context_.simulator.after(volumeDelay_, [weak = weak(), epoch = epoch_] {
    const auto self = weak.lock();
    if (self != nullptr && self->epoch_ == epoch) self->mountVolumes();
  });
}

}  // namespace pilothouse::kubelet
