#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/managed_state.hpp"
#include "core/apiserver/object_meta.hpp"
#include "core/apiserver/subresources.hpp"
#include "core/value/field_set.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kScaleVersion = "autoscaling/v1";

const Key kManagedFields = Key::intern("managedFields");

const Value& replicasPath() {
  static const Value made =
      Value::object({{field_set::fieldElement(keys::spec),
                      Value::object({{field_set::fieldElement(keys::replicas), field_set::leaf()}})}});
  return made;
}

bool sameReplicas(const Value& a, const Value& b) {
  return a.get(keys::spec, keys::replicas) == b.get(keys::spec, keys::replicas);
}

// ScaleHandler.ToParent knows no time for those that are new to the parent.
ManagedEntry scaleEntry(const api::Resource& resource, const FieldWriter& writer) {
  ManagedEntry own = managed::entryOf(fieldRules(resource), writer);
  own.fields = replicasPath();
  own.time = Value();
  return own;
}

}  // namespace

Value trackedScale(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                   const Value& fresh) {
  const Value& stored = api::meta(live)[kManagedFields];
  ManagedEntries entries;
  if (sameReplicas(live, fresh) || !decodeManagedFields(stored, entries)) return stored;
  managed::takeFrom(entries, {replicasPath(), {}});
  managed::give(entries, scaleEntry(resource, writer));
  return encodeManagedFields(std::move(entries));
}

Outcome appliedScale(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                     const Value& scale, bool force) {
  const Value& version = scale[keys::apiVersion];
  if (version.asString() != kScaleVersion) {
    return Outcome::failed(api::Status::badRequest(
        "Incorrect version specified in apply patch. Specified patch version: " + version.toString() +
        ", expected: " + std::string(kScaleVersion)));
  }
  const bool names = scale.get(keys::spec, keys::replicas).isInt();
  Outcome scaled = names ? withScale(resource, live, scale) : Outcome::of(live);
  if (!scaled.ok()) return scaled;
  const Value& stored = api::meta(live)[kManagedFields];
  ManagedEntries entries;
  if (!decodeManagedFields(stored, entries)) entries.clear();
  ManagedEntry own = scaleEntry(resource, writer);
  own.apply = true;
  managed::Conflicts conflicts;
  for (const ManagedEntry& entry : entries) {
    Value fields = field_set::intersection(entry.fields, replicasPath());
    if (entry.sameManager(own) || fields.isNull() || sameReplicas(live, scaled.object)) continue;
    conflicts.push_back({entry, std::move(fields)});
    conflicts.back().entry.apiVersion = Value(kScaleVersion);
  }
  if (!force && !conflicts.empty()) return Outcome::failed(managed::conflictStatus(std::move(conflicts)));
  if (!sameReplicas(live, scaled.object)) managed::takeFrom(entries, {replicasPath(), {}});
  const bool known = std::any_of(entries.begin(), entries.end(),
                                 [&own](const ManagedEntry& entry) { return entry.sameManager(own); });
  if (names && !known) entries.push_back(own);
  return Outcome::of(withManagedFields(scaled.object, managed::encoded(std::move(entries), stored)));
}

}  // namespace pilothouse::apiserver
