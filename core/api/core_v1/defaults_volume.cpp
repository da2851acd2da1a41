#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

Key key(std::string_view text) { return Key::intern(text); }

const Key kConfigMap = key("configMap");
const Key kDefaultMode = key("defaultMode");
const Key kDownwardApi = key("downwardAPI");
const Key kEmptyDir = key("emptyDir");
const Key kExpirationSeconds = key("expirationSeconds");
const Key kFieldRef = key("fieldRef");
const Key kHostPath = key("hostPath");
const Key kProjected = key("projected");
const Key kSecret = key("secret");
const Key kServiceAccountToken = key("serviceAccountToken");
const Key kSources = key("sources");

constexpr std::int64_t kFileMode = 0644;
constexpr std::int64_t kTokenExpirationSeconds = 3600;

Value withMode(const Value& sent) {
  Value source = sent;
  setDefault(source, kDefaultMode, kFileMode);
  return source;
}

Value withFieldRefs(const Value& sent) {
  Value source = sent;
  changeItems(source, keys::items, [](const Value& file) {
    Value filled = file;
    changeMember(filled, kFieldRef, [](const Value& reference) {
      Value complete = reference;
      setDefault(complete, keys::apiVersion, "v1");
      return complete;
    });
    return filled;
  });
  return source;
}

Value projectedDefaults(const Value& sent) {
  Value source = withMode(sent);
  changeItems(source, kSources, [](const Value& projection) {
    Value filled = projection;
    changeMember(filled, kDownwardApi, withFieldRefs);
    changeMember(filled, kServiceAccountToken, [](const Value& token) {
      Value complete = token;
      setDefault(complete, kExpirationSeconds, kTokenExpirationSeconds);
      return complete;
    });
    return filled;
  });
  return source;
}

// Volume plugins of storage systems: plain texts.
struct SourceDefault {
  Key source;
  Key field;
  Value fallback;
};

const SourceDefault* sourceDefaults(std::size_t& count) {
  static const SourceDefault all[] = {
      {key("iscsi"), key("iscsiInterface"), "default"},
      {key("rbd"), key("pool"), "rbd"},
      {key("rbd"), key("user"), "admin"},
      {key("rbd"), key("keyring"), "/etc/ceph/keyring"},
      {key("azureDisk"), key("cachingMode"), "ReadWrite"},
      {key("azureDisk"), key("kind"), "Shared"},
      {key("azureDisk"), key("fsType"), "ext4"},
      {key("azureDisk"), key("readOnly"), false},
      {key("scaleIO"), key("storageMode"), "ThinProvisioned"},
      {key("scaleIO"), key("fsType"), "xfs"},
  };
  count = sizeof all / sizeof all[0];
  return all;
}

Value withStorageSystemDefaults(const Value& sent) {
  Value volume = sent;
  std::size_t count = 0;
  const SourceDefault* all = sourceDefaults(count);
  for (std::size_t i = 0; i < count; ++i) {
    changeMember(volume, all[i].source, [&](const Value& source) {
      Value filled = source;
      setDefault(filled, all[i].field, all[i].fallback);
      return filled;
    });
  }
  return volume;
}

bool hasSource(const Value& volume) {
  for (std::size_t i = 0; i < volume.size(); ++i) {
    if (!(volume.memberKeys()[i] == keys::name) && !volume.memberValues()[i].isNull()) return true;
  }
  return false;
}

}  // namespace

Value volumeDefaults(const Value& sent) {
  static const Value emptyDir = Value::emptyObject();
  if (!hasSource(sent)) return sent.with(kEmptyDir, emptyDir);
  Value volume = sent;
  changeMember(volume, kSecret, withMode);
  changeMember(volume, kConfigMap, withMode);
  changeMember(volume, kDownwardApi, [](const Value& source) { return withFieldRefs(withMode(source)); });
  changeMember(volume, kProjected, projectedDefaults);
  changeMember(volume, kHostPath, [](const Value& source) {
    return source[keys::type].isString() ? source : source.with(keys::type, "");
  });
  changeMember(volume, key("ephemeral"), [](const Value& source) {
    static const Key claim = key("volumeClaimTemplate");
    if (!source[claim][keys::spec].isObject() || !isUnset(source[claim][keys::spec][key("volumeMode")])) {
      return source;
    }
    return source.withPath({claim, keys::spec, key("volumeMode")}, "Filesystem");
  });
  return withStorageSystemDefaults(volume);
}

}  // namespace pilothouse::api
