#include "core/apiserver/admission/service_account.hpp"

#include <algorithm>

#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/auth/known_resources.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAutomount = Key::intern("automountServiceAccountToken");
const Key kImagePullSecrets = Key::intern("imagePullSecrets");
const Key kInitContainers = Key::intern("initContainers");
const Key kMountPath = Key::intern("mountPath");
const Key kMirror = Key::intern("kubernetes.io/config.mirror");
const Key kReadOnly = Key::intern("readOnly");
const Key kProjected = Key::intern("projected");
const Key kServiceAccount = Key::intern("serviceAccount");
const Key kServiceAccountName = Key::intern("serviceAccountName");
const Key kVolumeMounts = Key::intern("volumeMounts");
const Key kVolumes = Key::intern("volumes");

constexpr std::string_view kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::int64_t kTokenSeconds = 60 * 60 + 7;
constexpr std::size_t kSuffix = 5;

// One tree for all pods.
const Value& tokenSources() {
  static const Value sources = [] {
    const auto key = [](std::string_view text) { return Key::intern(text); };
    const Value token = Value::object({{key("expirationSeconds"), kTokenSeconds}, {key("path"), "token"}});
    const Value item = Value::object({{key("key"), "ca.crt"}, {key("path"), "ca.crt"}});
    const Value certificate =
        Value::object({{keys::items, Value::array({item})}, {keys::name, "kube-root-ca.crt"}});
    const Value field = Value::object({{keys::apiVersion, "v1"}, {key("fieldPath"), "metadata.namespace"}});
    const Value downward = Value::object(
        {{keys::items,
          Value::array({Value::object({{key("fieldRef"), field}, {key("path"), "namespace"}})})}});
    return Value::object({{key("defaultMode"), 420},
                          {key("sources"), Value::array({Value::object({{key("serviceAccountToken"), token}}),
                                                         Value::object({{key("configMap"), certificate}}),
                                                         Value::object({{key("downwardAPI"), downward}})})}});
  }();
  return sources;
}

bool isMounted(const Value& container) {
  const auto mounts = container[kVolumeMounts].items();
  return std::any_of(mounts.begin(), mounts.end(),
                     [](const Value& mount) { return mount[kMountPath].asString() == kTokenPath; });
}

// Mounts the token where a container has nothing else there; true when one needed it.
bool mountIn(Value& spec, Key kind, const Value& mount) {
  bool needed = false;
  for (std::size_t i = 0; i < spec[kind].size(); ++i) {
    const Value& container = spec[kind].item(i);
    if (isMounted(container)) continue;
    Value mounted = container.with(kVolumeMounts, container[kVolumeMounts].appended(mount));
    spec = spec.with(kind, spec[kind].withItem(i, std::move(mounted)));
    needed = true;
  }
  return needed;
}

Value withToken(Value spec, Random& random) {
  const Value volume("kube-api-access-" + random.suffix(kSuffix));
  const Value mount =
      Value::object({{kMountPath, Value(kTokenPath)}, {keys::name, volume}, {kReadOnly, true}});
  const bool inInit = mountIn(spec, kInitContainers, mount);
  if (!mountIn(spec, keys::containers, mount) && !inInit) return spec;
  return spec.with(
      kVolumes, spec[kVolumes].appended(Value::object({{keys::name, volume}, {kProjected, tokenSources()}})));
}

}  // namespace

Outcome withServiceAccount(const Value& pod, std::string_view name, const CachedObjects& objects,
                           Random& random) {
  Value spec = pod[keys::spec];
  Value wanted = spec[kServiceAccountName];
  if (wanted.asString().empty()) wanted = spec[kServiceAccount];
  if (api::annotations(pod).has(kMirror)) {
    if (wanted.asString().empty()) return Outcome::of(std::move(spec));
    return Outcome::failed(api::Status::forbidden(api::resources::pods, name,
                                                  "a mirror pod may not reference service accounts"));
  }
  if (wanted.asString().empty()) wanted = "default";
  spec = spec.with(kServiceAccountName, wanted).with(kServiceAccount, wanted);
  if (known().serviceAccounts == nullptr) return Outcome::of(std::move(spec));

  const std::string ns(api::namespaceOf(pod));
  const Value& account = objects.find(known().serviceAccounts, ns, wanted.asString());
  if (account.isNull()) {
    return Outcome::failed(api::Status::forbidden(api::resources::pods, name,
                                                  "error looking up service account " + ns + "/" +
                                                      wanted.toString() + ": serviceaccount " +
                                                      api::quoted(wanted.asString()) + " not found"));
  }
  const Value& own = spec[kAutomount];
  if (own.isBool() ? own.asBool() : account[kAutomount].asBool(true)) spec = withToken(spec, random);
  if (spec[kImagePullSecrets].empty() && !account[kImagePullSecrets].empty()) {
    spec = spec.with(kImagePullSecrets, account[kImagePullSecrets]);
  }
  return Outcome::of(std::move(spec));
}

}  // namespace pilothouse::apiserver
