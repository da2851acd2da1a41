#pragma once

#include <initializer_list>
#include <string_view>

#include "core/api/validation/errors.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::api {

/// What the kinds that keep pods running are asked alike (pkg/apis/apps/validation,
/// pkg/apis/core/validation).

/// The template's labels are among those that the selector selects; an empty selector is not asked.
void validateSelectsTemplate(Errors& errors, const FieldPath& templatePath, const LabelSelector& selector,
                             const Value& podTemplate);
/// Pods that are replaced restart always and have no deadline; `kind` is told of.
void validateRunsForEver(Errors& errors, const FieldPath& templatePath, const Value& podTemplate,
                         std::string_view kind);
/// Counts of the status that are not negative, and those that are not above status.replicas.
void validateCounts(Errors& errors, const Value& status, std::initializer_list<std::string_view> counted,
                    std::initializer_list<std::string_view> withinReplicas = {});
/// status.availableReplicas against status.readyReplicas.
void validateAvailable(Errors& errors, const Value& status, std::string_view why);
/// The counts of a ReplicaSet's and a ReplicationController's status.
void validateReplicaCounts(Errors& errors, const Value& status);
void validateCollisionCount(Errors& errors, const Value& object, const Value& stored);

}  // namespace pilothouse::api
