#include <string>
#include <vector>

#include "core/api/apps_v1/workload.hpp"
#include "core/api/batch_v1/limits.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

const Key kAffinity = Key::intern("affinity");
const Key kNodeAffinity = Key::intern("nodeAffinity");

// Scheduling directives of a template, which may change until its Job has begun.
const Key kDirectives[] = {Key::intern("nodeSelector"), Key::intern("schedulingGates"), keys::tolerations};

void requireLabel(Errors& errors, const Value& labels, std::string_view label, std::string_view expected) {
  const FieldPath path("spec.template.metadata");
  const std::string words = "must be '" + std::string(expected) + "'";
  const Value& actual = labels[label];
  if (actual.isNull()) {
    errors.required(path.key("labels", label), words);
  } else if (actual.asString() != expected) {
    errors.invalid(path.key("labels", label), labels, words);
  }
}

bool hasPrefixedLabels(const Value& job) {
  const Value& labels = api::labels(job[keys::spec][keys::template_]);
  return !labels["batch.kubernetes.io/job-name"].isNull() &&
         !labels["batch.kubernetes.io/controller-uid"].isNull();
}

void validateGeneratedSelector(Errors& errors, const Value& job, bool prefixed) {
  const Value& spec = job[keys::spec];
  if (spec["manualSelector"].asBool() || !spec[keys::selector].isObject()) return;
  const Value& uid = meta(job)[keys::uid];
  const Value& name = meta(job)[keys::name];
  if (uid.asString().empty()) errors.required(FieldPath("metadata.uid"));
  const Value& labels = api::labels(spec[keys::template_]);
  ObjectBuilder expected;
  const auto require = [&](std::string_view label, const Value& value) {
    requireLabel(errors, labels, label, value.asString());
    expected.set(Key::intern(label), value);
  };
  require("controller-uid", uid);
  require("job-name", name);
  if (prefixed) {
    require("batch.kubernetes.io/controller-uid", uid);
    require("batch.kubernetes.io/job-name", name);
  }
  if (!LabelSelector::fromObject(spec[keys::selector]).matches(expected.build())) {
    errors.invalid(FieldPath("spec.selector"), spec[keys::selector], "`selector` not auto-generated");
  }
}

void validateSelected(Errors& errors, const Value& spec) {
  const FieldPath path("spec");
  const Value& selector = spec[keys::selector];
  if (!selector.isObject()) {
    errors.required(path.child("selector"));
  } else {
    validateLabelSelector(errors, path.child("selector"), selector);
  }
  validateSelectsTemplate(errors, path.child("template"), LabelSelector::fromObject(selector),
                          spec[keys::template_]);
}

// The pods of an Indexed Job are named after it and their index.
void validateHostnames(Errors& errors, const Value& job) {
  const Value& spec = job[keys::spec];
  const std::int64_t completions = spec["completions"].asInt();
  if (spec["completionMode"].asString() != "Indexed" || completions <= 0) return;
  const std::string longest = std::string(name(job)) + "-" + std::to_string(completions - 1);
  if (isDns1123Label(longest).empty()) return;
  errors.invalid(FieldPath("metadata.name"), meta(job)[keys::name],
                 "will not able to create pod with invalid DNS label: " + longest);
}

void validateWhole(Errors& errors, const Value& job, bool prefixed) {
  validateObjectMeta(errors, job, true, &nameIsDnsSubdomain);
  validateGeneratedSelector(errors, job, prefixed);
  validateJobSpec(errors, FieldPath("spec"), job[keys::spec]);
  validateSelected(errors, job[keys::spec]);
  validateHostnames(errors, job);
}

Value withNodeAffinityOf(const Value& spec, const Value& now) {
  const Value& affinity = now[kAffinity];
  if (affinity.isNull()) {
    const Value rest = spec[kAffinity].without(kNodeAffinity);
    return rest.empty() ? spec.without(kAffinity) : spec.with(kAffinity, rest);
  }
  const Value& node = affinity[kNodeAffinity];
  return spec.with(kAffinity, node.isNull() ? spec[kAffinity].without(kNodeAffinity)
                                            : spec[kAffinity].with(kNodeAffinity, node));
}

// The stored template with what the client may still change as the client has it.
Value comparableTemplate(const Value& stored, const Value& now) {
  Value spec = stored[keys::spec];
  for (const Key key : kDirectives) {
    spec = now[keys::spec].has(key) ? spec.with(key, now[keys::spec][key]) : spec.without(key);
  }
  spec = withNodeAffinityOf(spec, now[keys::spec]);
  return stored.with(keys::spec, spec)
      .withPath({keys::metadata, keys::annotations}, annotations(now))
      .withPath({keys::metadata, keys::labels}, labels(now));
}

void validateCompletions(Errors& errors, const FieldPath& path, const Value& now, const Value& before) {
  const Value& completions = now["completions"];
  if (now["completionMode"].asString() != "Indexed") {
    return errors.immutable(path, completions, before["completions"]);
  }
  if (completions == before["completions"] || completions.isNull()) return;
  if (completions == now["parallelism"]) return;
  errors.invalid(path, completions, "can only be modified in tandem with spec.parallelism");
}

}  // namespace

void validateJob(Errors& errors, const Value& job) { validateWhole(errors, job, true); }

void validateJobUpdate(Errors& errors, const Value& job, const Value& stored) {
  validateObjectMetaUpdate(errors, job, stored);
  const Value& now = job[keys::spec];
  const Value& before = stored[keys::spec];
  if (now.sameAs(before)) return;
  validateWhole(errors, job, hasPrefixedLabels(stored));
  const FieldPath path("spec");
  validateCompletions(errors, path.child("completions"), now, before);
  errors.immutable(path.child("selector"), now[keys::selector], before[keys::selector]);
  const bool begun = !before["suspend"].asBool() || !stored[keys::status][keys::startTime].isNull();
  const Value& podTemplate = now[keys::template_];
  const Value& old = before[keys::template_];
  errors.immutable(path.child("template"), podTemplate, begun ? old : comparableTemplate(old, podTemplate));
  for (const std::string_view field :
       {"completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"}) {
    errors.immutable(path.child(field), now[field], before[field]);
  }
}

}  // namespace pilothouse::api
