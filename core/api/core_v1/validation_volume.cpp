#include <span>
#include <string>
#include <unordered_set>

#include "core/api/core_v1/validation_persistent_volume.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/quote.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

constexpr std::int64_t kFileModeMax = 0777;
constexpr std::int64_t kTokenSecondsMin = 600;
constexpr std::int64_t kTokenSecondsMax = 1LL << 32;

void validateMode(Errors& errors, const FieldPath& path, const Value& mode) {
  if (mode.isInt() && (mode.asInt() < 0 || mode.asInt() > kFileModeMax)) {
    errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
  }
}

void requireText(Errors& errors, const FieldPath& path, const Value& text) {
  if (text.asString().empty()) errors.required(path);
}

void validateKeyToPath(Errors& errors, const FieldPath& path, const Value& item) {
  requireText(errors, path.child("key"), item["key"]);
  requireText(errors, path.child("path"), item["path"]);
  validateLocalNonReservedPath(errors, path.child("path"), item["path"]);
  validateMode(errors, path.child("mode"), item["mode"]);
}

void validateKeysToPaths(Errors& errors, const FieldPath& path, const Value& items) {
  for (std::size_t i = 0; i < items.size(); ++i)
    validateKeyToPath(errors, path.item("items", i), items.item(i));
}

void validateDownwardFile(Errors& errors, const FieldPath& path, const Value& file) {
  requireText(errors, path.child("path"), file["path"]);
  validateLocalNonReservedPath(errors, path.child("path"), file["path"]);
  if (file["fieldRef"].isObject()) {
    validateFieldRef(errors, path.child("fieldRef"), file["fieldRef"], true);
    if (file["resourceFieldRef"].isObject()) {
      errors.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
    }
  } else if (file["resourceFieldRef"].isObject()) {
    validateResourceFieldRef(errors, path.child("resourceFieldRef"), file["resourceFieldRef"], true);
  } else {
    errors.required(path, "one of fieldRef and resourceFieldRef is required");
  }
  validateMode(errors, path.child("mode"), file["mode"]);
}

void validateToken(Errors& errors, const FieldPath& volumePath, const FieldPath& path, const Value& token) {
  const Value& seconds = token["expirationSeconds"];
  if (seconds.asInt() < kTokenSecondsMin) {
    errors.invalid(path.child("expirationSeconds"), seconds,
                   "may not specify a duration less than 10 minutes");
  }
  if (seconds.asInt() > kTokenSecondsMax) {
    errors.invalid(path.child("expirationSeconds"), seconds,
                   "may not specify a duration larger than 2^32 seconds");
  }
  if (token["path"].asString().empty()) {
    errors.required(volumePath.child("path"));
  } else {
    validateLocalNonReservedPath(errors, volumePath.child("path"), token["path"]);
  }
}

void validateProjected(Errors& errors, const FieldPath& path, const Value& projected) {
  validateMode(errors, path.child("defaultMode"), projected["defaultMode"]);
  std::unordered_set<std::string> paths;
  const auto claimPaths = [&](const Value& items, const Value& bad) {
    for (const Value& item : items.items()) {
      if (item["path"].asString().empty() || paths.insert(item["path"].toString()).second) continue;
      errors.invalid(path, bad.isNull() ? item["path"] : bad, "conflicting duplicate paths");
    }
  };
  const Value& sources = projected["sources"];
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const FieldPath at = path.item("sources", i);
    const Value& source = sources.item(i);
    int count = 0;
    for (const std::string_view kind : {"secret", "configMap"}) {
      if (!source[kind].isObject()) continue;
      ++count;
      const FieldPath of = at.child(kind);
      requireText(errors, of.child("name"), source[kind]["name"]);
      validateKeysToPaths(errors, of, source[kind]["items"]);
      claimPaths(source[kind]["items"], source[kind]["name"]);
    }
    if (source["downwardAPI"].isObject()) {
      ++count;
      for (const Value& file : source["downwardAPI"]["items"].items()) {
        validateDownwardFile(errors, at.child("downwardAPI"), file);
      }
      claimPaths(source["downwardAPI"]["items"], Value());
    }
    if (source["serviceAccountToken"].isObject()) {
      ++count;
      validateToken(errors, path, at.child("serviceAccountToken"), source["serviceAccountToken"]);
    }
    if (count > 1) errors.forbidden(at, "may not specify more than 1 volume type per source");
  }
}

void validateHostPath(Errors& errors, const FieldPath& path, const Value& source) {
  if (source["path"].asString().empty()) return errors.required(path.child("path"));
  validateNoBacksteps(errors, path.child("path"), source["path"]);
  const std::string_view type = source["type"].asString();
  for (const std::string_view known : {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate",
                                       "File", "FileOrCreate", "Socket"}) {
    if (type == known) return;
  }
  errors.notSupported(
      path.child("type"), source["type"],
      {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"});
}

void validateCsi(Errors& errors, const FieldPath& path, const Value& source) {
  constexpr std::size_t driverLengthMax = 63;
  const Value& driver = source["driver"];
  requireText(errors, path.child("driver"), driver);
  if (driver.asString().size() > driverLengthMax) errors.tooLong(path.child("driver"), driverLengthMax);
  errors.invalid(path.child("driver"), Value(driver.asString()),
                 isDns1123Subdomain(lowered(driver.asString())));
  if (source["nodePublishSecretRef"].isObject()) {
    requireText(errors, path.child("nodePublishSecretRef.name"), source["nodePublishSecretRef"]["name"]);
  }
}

void validateNamedSource(Errors& errors, const FieldPath& path, const Value& source, std::string_view name) {
  requireText(errors, path.child(name), source[name]);
  validateMode(errors, path.child("defaultMode"), source["defaultMode"]);
  validateKeysToPaths(errors, path, source["items"]);
}

void validateNfs(Errors& errors, const FieldPath& path, const Value& source) {
  requireText(errors, path.child("server"), source["server"]);
  requireText(errors, path.child("path"), source["path"]);
  if (!startsWith(source["path"].asString(), "/")) {
    errors.invalid(path.child("path"), Value(source["path"].asString()), "must be an absolute path");
  }
}

void validateEphemeral(Errors& errors, const FieldPath& path, const Value& source) {
  const FieldPath at = path.child("volumeClaimTemplate");
  const Value& claim = source["volumeClaimTemplate"];
  if (!claim.isObject()) return errors.required(at);
  validatePersistentVolumeClaimSpec(errors, at.child("spec"), claim["spec"]);
}

void validateEmptyDir(Errors& errors, const FieldPath& path, const Value& source) {
  const auto size = Quantity::from(source["sizeLimit"]);
  if (size && size->sign() < 0) {
    errors.forbidden(path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
  }
}

// Fields that the remaining plugins require.
struct RequiredField {
  std::string_view source;
  std::string_view field;
};
constexpr RequiredField kRequiredFields[] = {
    {"gitRepo", "repository"},
    {"gcePersistentDisk", "pdName"},
    {"awsElasticBlockStore", "volumeID"},
    {"iscsi", "targetPortal"},
    {"iscsi", "iqn"},
    {"glusterfs", "endpoints"},
    {"glusterfs", "path"},
    {"persistentVolumeClaim", "claimName"},
    {"rbd", "monitors"},
    {"rbd", "image"},
    {"cinder", "volumeID"},
    {"cephfs", "monitors"},
    {"quobyte", "registry"},
    {"quobyte", "volume"},
    {"flexVolume", "driver"},
    {"azureFile", "secretName"},
    {"azureFile", "shareName"},
    {"vsphereVolume", "volumePath"},
    {"photonPersistentDisk", "pdID"},
    {"portworxVolume", "volumeID"},
    {"azureDisk", "diskName"},
    {"azureDisk", "diskURI"},
    {"storageos", "volumeName"},
    {"scaleIO", "gateway"},
    {"scaleIO", "system"},
    {"scaleIO", "volumeName"},
};

void validateSource(Errors& errors, const FieldPath& path, std::string_view kind, const Value& source) {
  if (kind == "emptyDir") return validateEmptyDir(errors, path, source);
  if (kind == "hostPath") return validateHostPath(errors, path, source);
  if (kind == "secret") return validateNamedSource(errors, path, source, "secretName");
  if (kind == "configMap") return validateNamedSource(errors, path, source, "name");
  if (kind == "nfs") return validateNfs(errors, path, source);
  if (kind == "csi") return validateCsi(errors, path, source);
  if (kind == "projected") return validateProjected(errors, path, source);
  if (kind == "downwardAPI") {
    validateMode(errors, path.child("defaultMode"), source["defaultMode"]);
    for (const Value& file : source["items"].items()) validateDownwardFile(errors, path, file);
    return;
  }
  if (kind == "ephemeral") return validateEphemeral(errors, path, source);
  for (const RequiredField& required : kRequiredFields) {
    if (required.source == kind && isNothing(source[required.field]))
      errors.required(path.child(required.field));
  }
}

void validatePersistentCsi(Errors& errors, const FieldPath& path, const Value& source) {
  validateCsi(errors, path, source);
  requireText(errors, path.child("volumeHandle"), source["volumeHandle"]);
}

void validateLocal(Errors& errors, const FieldPath& path, const Value& source) {
  if (source["path"].asString().empty()) return errors.required(path.child("path"));
  validateNoBacksteps(errors, path.child("path"), source["path"]);
}

void validatePersistentSource(Errors& errors, const FieldPath& path, std::string_view kind,
                              const Value& source) {
  if (kind == "csi") return validatePersistentCsi(errors, path, source);
  if (kind == "local") return validateLocal(errors, path, source);
  validateSource(errors, path, kind, source);
}

// The order in which ValidatePersistentVolumeSpec looks at them.
constexpr std::string_view kPersistentSourceOrder[] = {"hostPath",
                                                       "gcePersistentDisk",
                                                       "awsElasticBlockStore",
                                                       "glusterfs",
                                                       "flocker",
                                                       "nfs",
                                                       "rbd",
                                                       "quobyte",
                                                       "cephfs",
                                                       "iscsi",
                                                       "cinder",
                                                       "fc",
                                                       "flexVolume",
                                                       "azureFile",
                                                       "vsphereVolume",
                                                       "photonPersistentDisk",
                                                       "portworxVolume",
                                                       "azureDisk",
                                                       "scaleIO",
                                                       "local",
                                                       "storageos",
                                                       "csi"};

// The order in which validateVolumeSource looks at them; the first one counts.
constexpr std::string_view kSourceOrder[] = {"emptyDir",
                                             "hostPath",
                                             "gitRepo",
                                             "gcePersistentDisk",
                                             "awsElasticBlockStore",
                                             "secret",
                                             "nfs",
                                             "iscsi",
                                             "glusterfs",
                                             "flocker",
                                             "persistentVolumeClaim",
                                             "rbd",
                                             "cinder",
                                             "cephfs",
                                             "quobyte",
                                             "downwardAPI",
                                             "fc",
                                             "flexVolume",
                                             "configMap",
                                             "azureFile",
                                             "vsphereVolume",
                                             "photonPersistentDisk",
                                             "portworxVolume",
                                             "azureDisk",
                                             "storageos",
                                             "projected",
                                             "scaleIO",
                                             "csi",
                                             "ephemeral"};

using Validate = void (*)(Errors& errors, const FieldPath& path, std::string_view kind, const Value& source);

void validateOneSource(Errors& errors, const FieldPath& path, const Value& volume,
                       std::span<const std::string_view> order, Validate validate) {
  int count = 0;
  for (const std::string_view kind : order) {
    const Value& source = volume[kind];
    if (!source.isObject()) continue;
    const FieldPath at = path.child(kind);
    if (++count > 1) {
      errors.forbidden(at, "may not specify more than 1 volume type");
    } else {
      validate(errors, at, kind, source);
    }
  }
  if (count == 0) errors.required(path, "must specify a volume type");
}

}  // namespace

void validateNoBacksteps(Errors& errors, const FieldPath& path, const Value& text) {
  for (const std::string_view part : split(text.asString(), '/')) {
    if (part == "..") return errors.invalid(path, text, "must not contain '..'");
  }
}

void validateLocalDescendingPath(Errors& errors, const FieldPath& path, const Value& text) {
  if (startsWith(text.asString(), "/")) errors.invalid(path, text, "must be a relative path");
  validateNoBacksteps(errors, path, text);
}

void validateLocalNonReservedPath(Errors& errors, const FieldPath& path, const Value& text) {
  validateLocalDescendingPath(errors, path, text);
  if (startsWith(text.asString(), "..") && !startsWith(text.asString(), "../")) {
    errors.invalid(path, text, "must not start with '..'");
  }
}

std::span<const std::string_view> persistentVolumeSources() { return kPersistentSourceOrder; }

void validatePersistentVolumeSource(Errors& errors, const FieldPath& path, const Value& spec) {
  validateOneSource(errors, path, spec, kPersistentSourceOrder, &validatePersistentSource);
}

void validateVolumes(Errors& errors, const FieldPath& path, PodContext& pod) {
  const Value& volumes = pod.spec["volumes"];
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const FieldPath at = path.item("volumes", i);
    const Value& volume = volumes.item(i);
    const Value& name = volume["name"];
    const std::size_t before = errors.size();
    validateOneSource(errors, at, volume, kSourceOrder, &validateSource);
    if (volume["ephemeral"].isObject() && !pod.podName.empty() && !name.asString().empty()) {
      const std::string claim = std::string(pod.podName) + "-" + name.toString();
      for (const std::string& message : isDns1123Subdomain(claim)) {
        errors.invalid(at.child("name"), name, "PVC name " + quoted(claim) + ": " + message);
      }
    }
    if (name.asString().empty()) {
      errors.required(at.child("name"));
    } else {
      errors.invalid(at.child("name"), name, isDns1123Label(name.asString()));
    }
    if (pod.volumes.count(name.asString()) > 0) errors.duplicate(at.child("name"), name);
    if (errors.size() == before) pod.volumes.emplace(name.asString(), &volume);
  }
}

}  // namespace pilothouse::api
