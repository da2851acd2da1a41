#include "core/api/validation/object_meta.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/quote.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kTotalAnnotationSizeMax = 256 * 1024;

const Key kKey = Key::intern("key");
const Key kOperator = Key::intern("operator");
const Key kValues = Key::intern("values");

bool isStandardFinalizer(std::string_view name) {
  return name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
}

// validateKubeFinalizerName.
void validateFinalizerDomain(Errors& errors, const FieldPath& path, const Value& finalizer) {
  const std::string_view name = finalizer.asString();
  if (!contains(name, "/") && !isStandardFinalizer(name)) {
    errors.invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
  }
}

void validateFinalizers(Errors& errors, const FieldPath& path, const Value& finalizers) {
  bool orphans = false;
  bool deletesDependents = false;
  for (const Value& finalizer : finalizers.items()) {
    errors.invalid(path, finalizer, isQualifiedName(finalizer.asString()));
    orphans = orphans || finalizer.asString() == "orphan";
    deletesDependents = deletesDependents || finalizer.asString() == "foregroundDeletion";
  }
  if (orphans && deletesDependents) {
    errors.invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
  }
}

void validateFinalizerDomains(Errors& errors, const FieldPath& path, const Value& finalizers) {
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    validateFinalizerDomain(errors, path.item(i), finalizers.item(i));
  }
}

void requireText(Errors& errors, const FieldPath& path, const Value& text, std::string_view what) {
  if (text.asString().empty()) errors.invalid(path, "", std::string(what) + " must not be empty");
}

void validateOwnerReferences(Errors& errors, const FieldPath& path, const Value& references) {
  std::string firstController;
  for (const Value& reference : references.items()) {
    requireText(errors, path.child("apiVersion"), reference[keys::apiVersion], "version");
    requireText(errors, path.child("kind"), reference[keys::kind], "kind");
    requireText(errors, path.child("name"), reference[keys::name], "name");
    requireText(errors, path.child("uid"), reference[keys::uid], "uid");
    if (reference[keys::apiVersion].asString() == "v1" && reference[keys::kind].asString() == "Event") {
      errors.invalid(path, reference, "/v1, Kind=Event is disallowed from being an owner");
    }
    if (!reference[keys::controller].asBool()) continue;
    const std::string controller = reference[keys::kind].toString() + "/" + reference[keys::name].toString();
    if (firstController.empty()) {
      firstController = controller;
    } else {
      errors.invalid(path, references,
                     "Only one reference can have Controller set to true. Found \"true\" in references for " +
                         firstController + " and " + controller);
    }
  }
}

void validateName(Errors& errors, const FieldPath& metadata, const Value& meta, NameRule nameRule) {
  const Value& generateName = meta[keys::generateName];
  if (!generateName.asString().empty()) {
    errors.invalid(metadata.child("generateName"), generateName, nameRule(generateName.asString(), true));
  }
  const Value& name = meta[keys::name];
  if (name.asString().empty()) {
    errors.required(metadata.child("name"), "name or generateName is required");
  } else {
    errors.invalid(metadata.child("name"), name, nameRule(name.asString(), false));
  }
}

void validateNamespace(Errors& errors, const FieldPath& metadata, const Value& ns, bool namespaced) {
  const FieldPath path = metadata.child("namespace");
  if (!namespaced) {
    if (!ns.asString().empty()) errors.forbidden(path, "not allowed on this type");
  } else if (ns.asString().empty()) {
    errors.required(path);
  } else {
    errors.invalid(path, ns, isDns1123Label(ns.asString()));
  }
}

// []string as %#v prints it.
std::string goStrings(const std::vector<std::string_view>& texts) {
  std::string printed = "[]string{";
  for (const std::string_view text : texts) printed += (printed.back() == '{' ? "" : ", ") + quoted(text);
  return printed + "}";
}

void validateNoNewFinalizers(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  std::unordered_set<std::string_view> old;
  for (const Value& finalizer : before.items()) old.insert(finalizer.asString());
  std::vector<std::string_view> added;
  for (const Value& finalizer : now.items()) {
    if (old.count(finalizer.asString()) == 0) added.push_back(finalizer.asString());
  }
  if (added.empty()) return;
  std::sort(added.begin(), added.end());
  added.erase(std::unique(added.begin(), added.end()), added.end());
  errors.forbidden(path,
                   "no new finalizers can be added if the object is being deleted, found new finalizers " +
                       goStrings(added));
}

}  // namespace

void validateLabels(Errors& errors, const FieldPath& path, const Value& labels) {
  for (std::size_t i = 0; i < labels.size() && labels.isObject(); ++i) {
    const std::string_view key = labels.memberKeys()[i].text();
    const Value& value = labels.memberValues()[i];
    if (const Messages wrong = isQualifiedName(key); !wrong.empty()) errors.invalid(path, Value(key), wrong);
    errors.invalid(path, value, isLabelValue(value.asString()));
  }
}

void validateAnnotations(Errors& errors, const FieldPath& path, const Value& annotations) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < annotations.size() && annotations.isObject(); ++i) {
    const std::string_view key = annotations.memberKeys()[i].text();
    if (const Messages wrong = isQualifiedName(lowered(key)); !wrong.empty()) {
      errors.invalid(path, Value(key), wrong);
    }
    size += key.size() + annotations.memberValues()[i].asString().size();
  }
  if (size > kTotalAnnotationSizeMax) errors.tooLong(path, kTotalAnnotationSizeMax);
}

void validateLabelSelector(Errors& errors, const FieldPath& path, const Value& selector) {
  validateLabels(errors, path.child("matchLabels"), selector[keys::matchLabels]);
  const Value& expressions = selector[keys::matchExpressions];
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const FieldPath at = path.item("matchExpressions", i);
    const Value& expression = expressions.item(i);
    const std::string_view op = expression[kOperator].asString();
    const Value& values = expression[kValues];
    if (op == "In" || op == "NotIn") {
      if (values.empty()) {
        errors.required(at.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
      }
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (!values.empty()) {
        errors.forbidden(at.child("values"),
                         "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      }
    } else {
      errors.invalid(at.child("operator"), Value(op), "not a valid selector operator");
    }
    const Value& key = expression[kKey];
    errors.invalid(at.child("key"), Value(key.asString()), isQualifiedName(key.asString()));
    for (std::size_t v = 0; v < values.size(); ++v) {
      errors.invalid(at.item("values", v), values.item(v), isLabelValue(values.item(v).asString()));
    }
  }
}

void validateFinalizerName(Errors& errors, const FieldPath& path, const Value& finalizer) {
  errors.invalid(path, finalizer, isQualifiedName(finalizer.asString()));
  validateFinalizerDomain(errors, path, finalizer);
}

void validateObjectMeta(Errors& errors, const Value& object, bool namespaced, NameRule nameRule) {
  const FieldPath metadata("metadata");
  const Value& meta = api::meta(object);
  validateName(errors, metadata, meta, nameRule);
  validateNamespace(errors, metadata, meta[keys::namespace_], namespaced);
  errors.nonNegative(metadata.child("generation"), meta[keys::generation]);
  validateLabels(errors, metadata.child("labels"), meta[keys::labels]);
  validateAnnotations(errors, metadata.child("annotations"), meta[keys::annotations]);
  validateOwnerReferences(errors, metadata.child("ownerReferences"), meta[keys::ownerReferences]);
  validateFinalizers(errors, metadata.child("finalizers"), meta[keys::finalizers]);
  validateFinalizerDomains(errors, metadata.child("finalizers"), meta[keys::finalizers]);
}

void validateObjectMetaUpdate(Errors& errors, const Value& object, const Value& stored) {
  const FieldPath metadata("metadata");
  const Value& now = api::meta(object);
  const Value& before = api::meta(stored);
  if (now.sameAs(before)) return;
  const auto changed = [&](Key key) { return !(now[key] == before[key]); };
  if (isBeingDeleted(stored)) {
    validateNoNewFinalizers(errors, metadata.child("finalizers"), now[keys::finalizers],
                            before[keys::finalizers]);
  }
  for (const Key key : {keys::name, keys::namespace_, keys::uid, keys::creationTimestamp,
                        keys::deletionTimestamp, keys::deletionGracePeriodSeconds}) {
    if (changed(key)) errors.immutable(metadata.child(key.text()), now[key], before[key]);
  }
  if (changed(keys::labels)) validateLabels(errors, metadata.child("labels"), now[keys::labels]);
  if (changed(keys::annotations)) {
    validateAnnotations(errors, metadata.child("annotations"), now[keys::annotations]);
  }
  if (changed(keys::ownerReferences)) {
    validateOwnerReferences(errors, metadata.child("ownerReferences"), now[keys::ownerReferences]);
  }
  if (changed(keys::finalizers)) {
    validateFinalizers(errors, metadata.child("finalizers"), now[keys::finalizers]);
    validateFinalizerDomains(errors, metadata.child("finalizers"), now[keys::finalizers]);
  }
}

}  // namespace pilothouse::api
