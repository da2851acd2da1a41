#include "core/api/authorization_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kVerbs[] = {"create"};

const Resource kResource{"authorization.k8s.io",
                         "v1",
                         Key::intern("localsubjectaccessreviews"),
                         "localsubjectaccessreview",
                         "LocalSubjectAccessReview",
                         true,
                         {},
                         {},
                         {}};

}  // namespace

namespace kinds {

extern const Kind local_subject_access_review;
const Kind local_subject_access_review{
    .resource = &kResource,
    .validate = &validateLocalSubjectAccessReview,
    .stored = false,
    .verbs = kVerbs,
};

}  // namespace kinds

}  // namespace pilothouse::api
