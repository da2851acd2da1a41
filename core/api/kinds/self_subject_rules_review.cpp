#include "core/api/authorization_v1/validation.hpp"
#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kVerbs[] = {"create"};

const Resource kResource{"authorization.k8s.io",
                         "v1",
                         Key::intern("selfsubjectrulesreviews"),
                         "selfsubjectrulesreview",
                         "SelfSubjectRulesReview",
                         false,
                         {},
                         {},
                         {}};

}  // namespace

namespace kinds {

extern const Kind self_subject_rules_review;
const Kind self_subject_rules_review{
    .resource = &kResource,
    .validate = &validateNothing,
    .stored = false,
    .verbs = kVerbs,
};

}  // namespace kinds

}  // namespace pilothouse::api
