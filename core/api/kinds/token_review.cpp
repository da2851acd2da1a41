#include "core/api/authorization_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kVerbs[] = {"create"};

const Resource kResource{"authentication.k8s.io",
                         "v1",
                         Key::intern("tokenreviews"),
                         "tokenreview",
                         "TokenReview",
                         false,
                         {},
                         {},
                         {}};

}  // namespace

namespace kinds {

extern const Kind token_review;
const Kind token_review{
    .resource = &kResource,
    .validate = &validateNothing,
    .stored = false,
    .verbs = kVerbs,
};

}  // namespace kinds

}  // namespace pilothouse::api
