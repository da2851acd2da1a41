// Volumes whose content comes from the API server. emptyDir, hostPath and claims need no waiting here.
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kConfigMap = Key::intern("configMap");
const Key kDownwardApi = Key::intern("downwardAPI");
const Key kFieldPath = Key::intern("fieldPath");
const Key kFieldRef = Key::intern("fieldRef");
const Key kKey = Key::intern("key");
const Key kOptional = Key::intern("optional");
const Key kPath = Key::intern("path");
const Key kProjected = Key::intern("projected");
const Key kSecret = Key::intern("secret");
const Key kSecretName = Key::intern("secretName");
const Key kServiceAccountToken = Key::intern("serviceAccountToken");
const Key kSources = Key::intern("sources");
const Key kVolumes = Key::intern("volumes");

// exponentialbackoff of nestedpendingoperations.
constexpr SimDuration kFirstDelay = std::chrono::milliseconds(500);
constexpr SimDuration kLongestDelay = std::chrono::seconds(122);

/// One piece of a volume's content.
struct Source {
  const Value* volume;
  const Value* spec;  ///< the configMap, secret or downwardAPI
  const api::Resource* resource = nullptr;
  Value name;
};

void addSource(std::vector<Source>& sources, const Value& volume, const Value& parent) {
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

std::vector<Source> sourcesOf(const Value& pod) {
  std::vector<Source> sources;
  for (const Value& volume : pod.get(keys::spec, kVolumes).items()) {
    addSource(sources, volume, volume);
    for (const Value& projected : volume[kProjected][kSources].items()) addSource(sources, volume, projected);
  }
  return sources;
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

void PodWorker::mountVolumes() {
  const std::vector<Source> sources = sourcesOf(pod_);
  if (sources.empty()) {
    volumesReady_ = true;
    return step();
  }
  stage_ = Stage::Volumes;
  std::vector<ObjectName> names;
  for (const Source& source : sources) {
    if (source.resource != nullptr) names.push_back({source.resource, source.name});
  }
  readObjects(context_.client, api::meta(pod_)[keys::namespace_], std::move(names),
              [weak = weak(), epoch = epoch_, pod = pod_](std::vector<Value> objects) {
                const auto self = weak.lock();
                if (self == nullptr || self->epoch_ != epoch) return;
                ObjectBuilder contents;
                std::size_t next = 0;
                for (const Source& source : sourcesOf(pod)) {
                  const Value object = source.resource == nullptr ? Value() : objects[next++];
                  const Key name = Key::intern((*source.volume)[keys::name].asString());
                  ObjectBuilder files(contents.build()[name]);
                  const std::string error = fill(source, object, pod, self->context_.hostIp, files);
                  if (!error.empty()) {
                    return self->volumesMounted(Value(), "MountVolume.SetUp failed for volume \"" +
                                                             std::string(name.text()) + "\" : " + error);
                  }
                  contents.set(name, files.build());
                }
                self->volumesMounted(contents.build(), "");
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
