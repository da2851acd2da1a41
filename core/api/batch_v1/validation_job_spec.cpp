#include <string>

#include "core/api/batch_v1/limits.hpp"
#include "core/api/batch_v1/validation.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/validation/domain_path.hpp"

namespace pilothouse::api {
namespace {

std::string atMost(std::int64_t limit) { return "must be less than or equal to " + std::to_string(limit); }

void validateManyCompletions(Errors& errors, const FieldPath& path, const Value& spec) {
  const std::string when = " when completions are above " + std::to_string(kCompletionsSoftLimit) +
                           " and used with backoff limit per index";
  const Value& failed = spec["maxFailedIndexes"];
  const Value& parallelism = spec["parallelism"];
  if (failed.isNull()) {
    errors.required(path.child("maxFailedIndexes"),
                    "must be specified when completions is above " + std::to_string(kCompletionsSoftLimit));
  }
  if (parallelism.asInt() > kParallelismOfManyCompletions) {
    errors.invalid(path.child("parallelism"), parallelism, atMost(kParallelismOfManyCompletions) + when);
  }
  if (failed.asInt() > kFailedIndexesOfManyCompletions) {
    errors.invalid(path.child("maxFailedIndexes"), failed, atMost(kFailedIndexesOfManyCompletions) + when);
  }
}

void validateIndexed(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& completions = spec["completions"];
  const Value& parallelism = spec["parallelism"];
  const Value& failed = spec["maxFailedIndexes"];
  if (completions.isNull()) {
    errors.required(path.child("completions"), "when completion mode is Indexed");
  }
  if (parallelism.asInt() > kIndexedParallelismMax) {
    errors.invalid(path.child("parallelism"), parallelism,
                   atMost(kIndexedParallelismMax) + " when completion mode is Indexed");
  }
  if (completions.isInt() && failed.isInt() && failed.asInt() > completions.asInt()) {
    errors.invalid(path.child("maxFailedIndexes"), failed, "must be less than or equal to completions");
  }
  if (failed.asInt() > kFailedIndexesMax) {
    errors.invalid(path.child("maxFailedIndexes"), failed, atMost(kFailedIndexesMax));
  }
  if (completions.asInt() > kCompletionsSoftLimit && !spec["backoffLimitPerIndex"].isNull()) {
    validateManyCompletions(errors, path, spec);
  }
}

void validateCompletionMode(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& mode = spec["completionMode"];
  if (mode.asString() == "Indexed") return validateIndexed(errors, path, spec);
  if (!mode.isNull() && mode.asString() != "NonIndexed") {
    return errors.notSupported(path.child("completionMode"), mode, {"NonIndexed", "Indexed"});
  }
  for (const std::string_view field : {"backoffLimitPerIndex", "maxFailedIndexes"}) {
    if (!spec[field].isNull()) {
      errors.invalid(path.child(field), spec[field], "requires indexed completion mode");
    }
  }
}

void validateManagedBy(Errors& errors, const FieldPath& path, const Value& manager) {
  if (manager.isNull()) return;
  validateDomainPrefixedPath(errors, path, manager);
  if (manager.asString().size() > kManagedByMax) errors.tooLong(path, kManagedByMax);
}

void validatePolicies(Errors& errors, const FieldPath& path, const Value& spec) {
  const bool failurePolicy = spec["podFailurePolicy"].isObject();
  if (failurePolicy) validatePodFailurePolicy(errors, path.child("podFailurePolicy"), spec);
  if (const Value& success = spec["successPolicy"]; success.isObject()) {
    const FieldPath at = path.child("successPolicy");
    if (spec["completionMode"].asString() == "Indexed") {
      validateSuccessPolicy(errors, at, spec);
    } else {
      errors.invalid(at, success, "requires indexed completion mode");
    }
  }
  const Value& replacement = spec["podReplacementPolicy"];
  if (replacement.isNull() || replacement.asString() == "Failed") return;
  const FieldPath at = path.child("podReplacementPolicy");
  if (failurePolicy) {
    errors.notSupported(at, replacement, {"Failed"});
  } else if (replacement.asString() != "TerminatingOrFailed") {
    errors.notSupported(at, replacement, {"Failed", "TerminatingOrFailed"});
  }
}

void validateRestartPolicy(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& policy = spec[keys::template_][keys::spec]["restartPolicy"];
  const std::string_view chosen = policy.asString();
  if (chosen == "Always" || chosen.empty()) {
    errors.required(path, "valid values: \"OnFailure\", \"Never\"");
  } else if (chosen != "OnFailure" && chosen != "Never") {
    errors.notSupported(path, policy, {"OnFailure", "Never"});
  } else if (spec["podFailurePolicy"].isObject() && chosen != "Never") {
    errors.invalid(path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
  }
}

}  // namespace

void validateJobSpec(Errors& errors, const FieldPath& path, const Value& spec) {
  for (const std::string_view field :
       {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
        "backoffLimitPerIndex", "maxFailedIndexes"}) {
    errors.nonNegative(path.child(field), spec[field]);
  }
  if (!spec["maxFailedIndexes"].isNull() && spec["backoffLimitPerIndex"].isNull()) {
    errors.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
  }
  validateManagedBy(errors, path.child("managedBy"), spec["managedBy"]);
  validateCompletionMode(errors, path, spec);
  validatePolicies(errors, path, spec);
  validatePodTemplate(errors, path.child("template"), spec[keys::template_]);
  validateRestartPolicy(errors, path.child("template.spec.restartPolicy"), spec);
}

}  // namespace pilothouse::api
