#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/api/core_v1/validation_pod_parts.hpp"

namespace pilothouse::api {
namespace {

// Names and paths that mounts and devices of one container have taken.
struct Taken {
  std::unordered_set<std::string_view> names;
  std::unordered_set<std::string_view> paths;
};

Taken takenBy(const Value& list, std::string_view pathField) {
  Taken taken;
  for (const Value& one : list.items()) {
    taken.names.insert(one["name"].asString());
    taken.paths.insert(one[pathField].asString());
  }
  return taken;
}

void validatePropagation(Errors& errors, const FieldPath& path, const Value& mount, const Value& container) {
  const Value& propagation = mount["mountPropagation"];
  if (propagation.isNull()) return;
  const std::string_view mode = propagation.asString();
  if (mode != "Bidirectional" && mode != "HostToContainer" && mode != "None") {
    errors.notSupported(path, propagation, {"Bidirectional", "HostToContainer", "None"});
  }
  if (mode == "Bidirectional" && !container["securityContext"]["privileged"].asBool()) {
    errors.forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
  }
}

void validateRecursiveReadOnly(Errors& errors, const FieldPath& path, const Value& mount) {
  const Value& recursive = mount["recursiveReadOnly"];
  if (recursive.isNull() || recursive.asString() == "Disabled") return;
  if (recursive.asString() != "Enabled" && recursive.asString() != "IfPossible") {
    return errors.notSupported(path, recursive, {"Disabled", "Enabled", "IfPossible"});
  }
  if (!mount["readOnly"].asBool()) errors.forbidden(path, "may only be specified when readOnly is true");
  const Value& propagation = mount["mountPropagation"];
  if (!propagation.isNull() && propagation.asString() != "None") {
    errors.forbidden(path, "may only be specified when mountPropagation is None or not specified");
  }
}

void validateSubPaths(Errors& errors, const FieldPath& list, const FieldPath& at, const Value& mount) {
  const Value& subPath = mount["subPath"];
  const Value& expression = mount["subPathExpr"];
  if (!subPath.asString().empty()) validateLocalDescendingPath(errors, list.child("subPath"), subPath);
  if (expression.asString().empty()) return;
  if (!subPath.asString().empty()) {
    errors.invalid(at.child("subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
  }
  validateLocalDescendingPath(errors, list.child("subPathExpr"), expression);
}

void validateMounts(Errors& errors, const FieldPath& path, const Value& container,
                    const VolumesByName& volumes) {
  const Value& mounts = container["volumeMounts"];
  const Taken devices = takenBy(container["volumeDevices"], "devicePath");
  std::unordered_set<std::string_view> points;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& mount = mounts.item(i);
    const Value& name = mount["name"];
    const Value& point = mount["mountPath"];
    if (name.asString().empty()) errors.required(at.child("name"));
    if (volumes.count(name.asString()) == 0) errors.notFound(at.child("name"), Value(name.asString()));
    if (point.asString().empty()) errors.required(at.child("mountPath"));
    if (!points.insert(point.asString()).second)
      errors.invalid(at.child("mountPath"), point, "must be unique");
    if (devices.names.count(name.asString()) > 0) {
      errors.invalid(at.child("name"), name, "must not already exist in volumeDevices");
    }
    if (devices.paths.count(point.asString()) > 0) {
      errors.invalid(at.child("mountPath"), point, "must not already exist as a path in volumeDevices");
    }
    validateSubPaths(errors, path, at, mount);
    validatePropagation(errors, path.child("mountPropagation"), mount, container);
    validateRecursiveReadOnly(errors, path.child("recursiveReadOnly"), mount);
  }
}

void validateDevices(Errors& errors, const FieldPath& path, const Value& container,
                     const VolumesByName& volumes) {
  const Value& devices = container["volumeDevices"];
  const Taken mounts = takenBy(container["volumeMounts"], "mountPath");
  Taken taken;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const FieldPath at = path.item(i);
    const Value& name = devices.item(i)["name"];
    const Value& device = devices.item(i)["devicePath"];
    const auto volume = volumes.find(name.asString());
    if (name.asString().empty()) errors.required(at.child("name"));
    if (taken.names.count(name.asString()) > 0) errors.invalid(at.child("name"), name, "must be unique");
    if (volume == volumes.end()) {
      errors.notFound(at.child("name"), Value(name.asString()));
    } else if (!(*volume->second)["persistentVolumeClaim"].isObject() &&
               !(*volume->second)["ephemeral"].isObject()) {
      errors.invalid(at.child("name"), name,
                     "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
    }
    if (device.asString().empty()) errors.required(at.child("devicePath"));
    if (taken.paths.count(device.asString()) > 0) {
      errors.invalid(at.child("devicePath"), device, "must be unique");
    }
    if (contains("/" + device.toString() + "/", "/../")) {
      errors.invalid(at.child("devicePath"), device, "can not contain backsteps ('..')");
    } else {
      taken.paths.insert(device.asString());
    }
    if (mounts.names.count(name.asString()) > 0) {
      errors.invalid(at.child("name"), name, "must not already exist in volumeMounts");
    }
    if (mounts.paths.count(device.asString()) > 0) {
      errors.invalid(at.child("devicePath"), device, "must not already exist as a path in volumeMounts");
    }
    if (!name.asString().empty()) taken.names.insert(name.asString());
  }
}

}  // namespace

void validateVolumeMounts(Errors& errors, const FieldPath& path, const Value& container,
                          const VolumesByName& volumes) {
  validateMounts(errors, path.child("volumeMounts"), container, volumes);
  validateDevices(errors, path.child("volumeDevices"), container, volumes);
}

}  // namespace pilothouse::api
