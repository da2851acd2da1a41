#include <set>
#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/storage_v1/validation.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kAllowedTopologies = Key::intern("allowedTopologies");
const Key kMatchLabelExpressions = Key::intern("matchLabelExpressions");
const Key kParameters = Key::intern("parameters");
const Key kProvisioner = Key::intern("provisioner");
const Key kReclaimPolicy = Key::intern("reclaimPolicy");
const Key kValues = Key::intern("values");
const Key kVolumeBindingMode = Key::intern("volumeBindingMode");

constexpr std::size_t kParametersBytesMax = 256 * 1024;  // maxProvisionerParameterSize
constexpr std::size_t kParametersMax = 512;              // maxProvisionerParameterLen

void validateProvisioner(Errors& errors, const Value& storageClass) {
  const FieldPath path("provisioner");
  const Value& provisioner = storageClass[kProvisioner];
  if (provisioner.asString().empty()) return errors.required(path);
  errors.invalid(path, provisioner, isQualifiedName(lowered(provisioner.asString())));
}

void validateParameters(Errors& errors, const Value& parameters) {
  const FieldPath path("parameters");
  if (parameters.size() > kParametersMax) errors.tooLong(path, kParametersMax);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string_view key = parameters.memberKeys()[i].text();
    if (key.empty()) errors.invalid(path, key, "field can not be empty.");
    bytes += key.size() + parameters.memberValues()[i].asString().size();
  }
  if (bytes > kParametersBytesMax) errors.tooLong(path, kParametersBytesMax);
}

void validateTopologies(Errors& errors, const Value& topologies) {
  const FieldPath path("allowedTopologies");
  for (std::size_t i = 0; i < topologies.items().size(); ++i) {
    const FieldPath term = path.item(i);
    const FieldPath expressions = term.child("matchLabelExpressions");
    const auto items = topologies.items()[i][kMatchLabelExpressions].items();
    std::set<std::string_view> keysSeen;
    for (std::size_t j = 0; j < items.size(); ++j) {
      const FieldPath at = expressions.item(j);
      const Value& key = items[j][Key::intern("key")];
      const FieldPath keyPath = at.child("key");
      errors.invalid(keyPath, key, isQualifiedName(key.asString()));
      if (!keysSeen.insert(key.asString()).second) errors.duplicate(keyPath, key);
      const FieldPath values = at.child("values");
      if (items[j][kValues].empty()) errors.required(values);
      std::set<std::string_view> valuesSeen;
      for (std::size_t k = 0; k < items[j][kValues].items().size(); ++k) {
        const Value& value = items[j][kValues].items()[k];
        if (!valuesSeen.insert(value.asString()).second) errors.duplicate(values.item(k), value);
      }
    }
  }
}

}  // namespace

void validateStorageClass(Errors& errors, const Value& storageClass) {
  validateObjectMeta(errors, storageClass, false, &nameIsDnsSubdomain);
  validateProvisioner(errors, storageClass);
  validateParameters(errors, storageClass[kParameters]);
  const std::string_view policy = storageClass[kReclaimPolicy].asString();
  if (!policy.empty() && policy != "Delete" && policy != "Retain") {
    const FieldPath path("reclaimPolicy");
    errors.notSupported(path, storageClass[kReclaimPolicy], {"Delete", "Retain"});
  }
  const std::string_view mode = storageClass[kVolumeBindingMode].asString();
  const FieldPath path("volumeBindingMode");
  if (mode.empty()) {
    errors.required(path);
  } else if (mode != "Immediate" && mode != "WaitForFirstConsumer") {
    errors.notSupported(path, storageClass[kVolumeBindingMode], {"Immediate", "WaitForFirstConsumer"});
  }
  validateTopologies(errors, storageClass[kAllowedTopologies]);
}

void validateStorageClassUpdate(Errors& errors, const Value& storageClass, const Value& stored) {
  validateObjectMetaUpdate(errors, storageClass, stored);
  for (const Key key : {kParameters, kProvisioner, kReclaimPolicy}) {
    if (semanticallyEqual(storageClass[key], stored[key])) continue;
    const FieldPath path(key.text());
    errors.forbidden(path, "updates to " + std::string(key.text()) + " are forbidden.");
  }
  const FieldPath mode("volumeBindingMode");
  errors.immutable(mode, storageClass[kVolumeBindingMode], stored[kVolumeBindingMode]);
  validateTopologies(errors, storageClass[kAllowedTopologies]);
}

}  // namespace pilothouse::api
