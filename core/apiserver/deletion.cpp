#include "core/apiserver/deletion.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kDetails = Key::intern("details");
const Key kDryRun = Key::intern("dryRun");
const Key kGracePeriodSeconds = Key::intern("gracePeriodSeconds");
const Key kGroup = Key::intern("group");
const Key kOrphanDependents = Key::intern("orphanDependents");
const Key kPreconditions = Key::intern("preconditions");
const Key kPropagationPolicy = Key::intern("propagationPolicy");
const Key kTerminationGracePeriodSeconds = Key::intern("terminationGracePeriodSeconds");

bool hasFinalizer(const Value& object, std::string_view finalizer) {
  const auto all = api::meta(object)[keys::finalizers].items();
  return std::any_of(all.begin(), all.end(), [&](const Value& f) { return f.asString() == finalizer; });
}

// What was asked for comes first, then the object's finalizers, then the kind's custom.
bool orphansDependents(const api::Resource& resource, const Value& object, const Value& options) {
  if (options.has(kOrphanDependents)) return options[kOrphanDependents].asBool();
  if (options.has(kPropagationPolicy)) return options[kPropagationPolicy].asString() == "Orphan";
  if (hasFinalizer(object, kFinalizerOrphanDependents)) return true;
  if (hasFinalizer(object, kFinalizerDeleteDependents)) return false;
  return api::kindOf(resource).orphansDependents;
}

bool deletesDependentsFirst(const Value& object, const Value& options) {
  if (options.has(kOrphanDependents)) return false;
  if (options.has(kPropagationPolicy)) return options[kPropagationPolicy].asString() == "Foreground";
  return hasFinalizer(object, kFinalizerDeleteDependents);
}

Value withFinalizersFor(const api::Resource& resource, const Value& object, const Value& options) {
  const bool orphan = orphansDependents(resource, object, options);
  const bool foreground = deletesDependentsFirst(object, options);
  if (orphan == hasFinalizer(object, kFinalizerOrphanDependents) &&
      foreground == hasFinalizer(object, kFinalizerDeleteDependents)) {
    return object;
  }
  std::vector<Value> kept;
  for (const Value& f : api::meta(object)[keys::finalizers].items()) {
    if (f.asString() != kFinalizerOrphanDependents && f.asString() != kFinalizerDeleteDependents) {
      kept.push_back(f);
    }
  }
  if (orphan) kept.emplace_back(kFinalizerOrphanDependents);
  if (foreground) kept.emplace_back(kFinalizerDeleteDependents);
  const Value& metadata = api::meta(object);
  return object.with(keys::metadata, kept.empty() ? metadata.without(keys::finalizers)
                                                  : metadata.with(keys::finalizers, Value::array(kept)));
}

Value withDeletion(const Value& object, SimTime when, std::int64_t graceSeconds) {
  const Value& before = api::meta(object);
  Value metadata = before.with(keys::deletionTimestamp, timestamp(when))
                       .with(keys::deletionGracePeriodSeconds, Value(graceSeconds));
  const std::int64_t generation = before[keys::generation].asInt();
  if (generation > 0 && !before.has(keys::deletionTimestamp)) {
    metadata = metadata.with(keys::generation, Value(generation + 1));
  }
  return object.with(keys::metadata, std::move(metadata));
}

// rest.BeforeDelete names the kind where other conflicts name the resource.
api::Status preconditionConflict(const api::Resource& resource, const Value& stored, const std::string& why) {
  api::Status status = api::Status::conflict(resource, api::name(stored), why);
  status.message = "Operation cannot be fulfilled on " + resource.groupKind() + " \"" +
                   std::string(api::name(stored)) + "\": " + why;
  return status;
}

std::optional<api::Status> checkPreconditions(const api::Resource& resource, const Value& stored,
                                              const Value& options) {
  const Value& wanted = options[kPreconditions];
  if (wanted.has(keys::uid) && wanted[keys::uid].asString() != api::uid(stored)) {
    return preconditionConflict(resource, stored,
                                "the UID in the precondition (" + wanted[keys::uid].toString() +
                                    ") does not match the UID in record (" + std::string(api::uid(stored)) +
                                    "). The object might have been deleted and then recreated");
  }
  const Value& version = api::meta(stored)[keys::resourceVersion];
  if (wanted.has(keys::resourceVersion) && wanted[keys::resourceVersion].asString() != version.asString()) {
    return preconditionConflict(resource, stored,
                                "the ResourceVersion in the precondition (" +
                                    wanted[keys::resourceVersion].toString() +
                                    ") does not match the ResourceVersion in record (" + version.toString() +
                                    "). The object might have been modified");
  }
  return std::nullopt;
}

struct Grace {
  bool graceful = false;
  bool pending = false;
  std::int64_t seconds = 0;
  Value object;
};

// podStrategy.CheckGracefulDelete.
std::int64_t podGraceSeconds(const Value& pod, const Value& options) {
  std::int64_t seconds = pod[keys::spec][kTerminationGracePeriodSeconds].asInt(0);
  if (options.has(kGracePeriodSeconds)) seconds = options[kGracePeriodSeconds].asInt();
  if (pod.get(keys::spec, keys::nodeName).asString().empty() || api::isPodTerminal(pod)) seconds = 0;
  return seconds < 0 ? 1 : seconds;
}

// rest.BeforeDelete for pods, the only kind with a grace period.
Grace beginPodDeletion(const Value& pod, const Value& options, SimTime now) {
  Grace grace;
  if (!api::isBeingDeleted(pod)) {
    grace.graceful = true;
    grace.seconds = podGraceSeconds(pod, options);
    grace.object = withDeletion(pod, now + std::chrono::seconds(grace.seconds), grace.seconds);
    return grace;
  }
  const std::int64_t current = api::meta(pod)[keys::deletionGracePeriodSeconds].asInt(0);
  if (current == 0) {
    grace.object = pod;
    return grace;
  }
  const std::int64_t wanted = options[kGracePeriodSeconds].asInt(current);
  const auto until = parseTimestamp(api::meta(pod)[keys::deletionTimestamp].asString());
  if (wanted >= current || !until) {
    grace.pending = true;
    return grace;
  }
  grace.graceful = true;
  grace.seconds = wanted;
  grace.object = withDeletion(pod, *until - std::chrono::seconds(current - wanted), wanted);
  return grace;
}

// The namespace controller empties it and then takes the finalizer "kubernetes" from spec.finalizers.
Value terminating(const Value& ns, SimTime now) {
  return ns.withPath({keys::metadata, keys::deletionTimestamp}, timestamp(now))
      .withPath({keys::status, keys::phase}, "Terminating");
}

}  // namespace

DeletePlan planDeletion(const api::Resource& resource, const Value& stored, const Value& options,
                        SimTime now) {
  DeletePlan plan;
  plan.object = stored;
  if (auto conflict = checkPreconditions(resource, stored, options)) {
    plan.error = std::move(*conflict);
    return plan;
  }
  if (&resource == &api::resources::namespaces && !stored.get(keys::spec, keys::finalizers).empty()) {
    if (api::isBeingDeleted(stored)) return plan;
    plan.step = DeletePlan::Step::Update;
    plan.object = terminating(stored, now);
    return plan;
  }
  Grace grace;
  grace.object = stored;
  if (&resource == &api::resources::pods) grace = beginPodDeletion(stored, options, now);
  if (grace.pending) return plan;

  Value object = withFinalizersFor(resource, grace.object, options);
  const bool held = !api::meta(object)[keys::finalizers].empty();
  if (!grace.graceful) {
    if (!held) {
      // Finalizers that the options took away need no write of their own: the object goes with them.
      plan.step = DeletePlan::Step::Remove;
      return plan;
    }
    if (!api::isBeingDeleted(object)) object = withDeletion(object, now, 0);
    plan.step = DeletePlan::Step::Update;
    plan.object = std::move(object);
    return plan;
  }
  plan.step = held || grace.seconds > 0 ? DeletePlan::Step::Update : DeletePlan::Step::UpdateThenRemove;
  plan.object = std::move(object);
  return plan;
}

api::Status validateDeleteOptions(const Value& options) {
  api::FieldErrors errors;
  const Value& policy = options[kPropagationPolicy];
  if (options.has(kOrphanDependents) && options.has(kPropagationPolicy)) {
    errors.push_back({api::FieldError::Type::Invalid, "propagationPolicy",
                      "orphanDependents and deletionPropagation cannot be both set", policy});
  }
  const std::string_view text = policy.asString();
  if (options.has(kPropagationPolicy) && text != "Foreground" && text != "Background" && text != "Orphan") {
    errors.push_back({api::FieldError::Type::NotSupported, "propagationPolicy",
                      "supported values: \"Background\", \"Foreground\", \"Orphan\"", policy});
  }
  for (std::size_t i = 0; i < options[kDryRun].size(); ++i) {
    if (options[kDryRun].item(i).asString() == "All") continue;
    errors.push_back({api::FieldError::Type::NotSupported, "dryRun", "supported values: \"All\"",
                      Value::array(options[kDryRun].items())});
    break;
  }
  if (errors.empty()) return {};
  static const api::Resource kDeleteOptions{
      "", "v1", Key::intern("deleteoptions"), "", "DeleteOptions", false, {}, {}, {}};
  return api::Status::invalid(kDeleteOptions, "", errors);
}

std::string deletionWarning(const api::Resource& resource, const Value& options) {
  if (resource.kind != "Job" || options.has(kPropagationPolicy) || options.has(kOrphanDependents)) return {};
  return "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to "
         "remove "
         "them or set propagationPolicy=Orphan to suppress this warning";
}

bool removedByUpdate(const api::Resource& resource, const Value& stored, const Value& updated) {
  if (!api::isBeingDeleted(stored) || !api::meta(updated)[keys::finalizers].empty()) return false;
  if (&resource == &api::resources::namespaces && !updated[keys::spec][keys::finalizers].empty())
    return false;
  return api::meta(stored)[keys::deletionGracePeriodSeconds].asInt(0) == 0;
}

bool returnsDeletedObject(const api::Resource& resource) {
  constexpr std::string_view kReturning[] = {
      "pods",         "services",       "persistentvolumeclaims", "persistentvolumes",
      "podtemplates", "resourcequotas", "serviceaccounts",        "csidrivers",
      "csinodes",     "storageclasses", "volumeattachments"};
  return std::find(std::begin(kReturning), std::end(kReturning), resource.plural.text()) !=
         std::end(kReturning);
}

Value deletedStatus(const api::Resource& resource, const Value& object) {
  ObjectBuilder details;
  details.set(keys::name, Value(api::name(object)))
      .setIfAny(kGroup, Value(resource.group))
      .set(keys::kind, Value(resource.plural.text()))
      .set(keys::uid, Value(api::uid(object)));
  return Value::object({{keys::apiVersion, "v1"},
                        {keys::kind, "Status"},
                        {keys::metadata, Value::emptyObject()},
                        {keys::status, "Success"},
                        {kDetails, details.build()}});
}

}  // namespace pilothouse::apiserver
