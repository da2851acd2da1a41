#pragma once

#include "core/api/validation/errors.hpp"

namespace pilothouse::api {

/// pkg/apis/authorization/validation. Reviews are questions: they have no names.

void validateSubjectAccessReview(Errors& errors, const Value& review);
void validateLocalSubjectAccessReview(Errors& errors, const Value& review);
void validateSelfSubjectAccessReview(Errors& errors, const Value& review);

/// Of reviews that their handlers look at: nothing is wrong with them beforehand.
inline void validateNothing(Errors&, const Value&) {}

}  // namespace pilothouse::api
