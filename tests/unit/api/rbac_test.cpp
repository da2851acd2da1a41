#include "core/api/kind.hpp"
#include "core/api/status.hpp"
#include "tests/unit/api/objects.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& rbac(std::string_view plural) {
  const Resource* found = findResource("rbac.authorization.k8s.io", plural);
  REQUIRE(found != nullptr);
  return *found;
}

Texts role(std::string_view rules) {
  return wrong(rbac("roles"), "metadata: {name: r, namespace: default}\nrules: " + std::string(rules));
}

Texts binding(std::string_view text) {
  return wrong(rbac("rolebindings"), "metadata: {name: b, namespace: default}\n" + std::string(text));
}

}  // namespace

TEST_CASE("names of roles may hold what a path may hold") {
  CHECK(wrong(rbac("clusterroles"), "metadata: {name: 'system:node'}").empty());
  CHECK(wrong(rbac("clusterroles"), "metadata: {name: 'a/b'}") ==
        Texts{"metadata.name: Invalid value: \"a/b\": may not contain '/'"});
}

TEST_CASE("a rule needs verbs, and groups and resources unless it is about URLs") {
  CHECK(role("[{verbs: [get], apiGroups: [''], resources: [pods]}]").empty());
  CHECK(role("[{}]") == Texts{"rules[0].verbs: Required value: verbs must contain at least one value",
                              "rules[0].apiGroups: Required value: resource rules must supply at least one "
                              "api group",
                              "rules[0].resources: Required value: resource rules must supply at least one "
                              "resource"});
  CHECK(role("[{verbs: [get], nonResourceURLs: [/healthz]}]") ==
        Texts{"rules[0].nonResourceURLs: Invalid value: [\"/healthz\"]: namespaced rules cannot apply to "
              "non-resource URLs"});
  const std::string_view both =
      "metadata: {name: r}\nrules: [{verbs: [get], nonResourceURLs: [/x], "
      "apiGroups: ['']}]";
  CHECK(
      wrong(rbac("clusterroles"), both) ==
      Texts{"rules[0].nonResourceURLs: Invalid value: [\"/x\"]: rules cannot apply to both regular resources "
            "and non-resource URLs"});
}

TEST_CASE("an aggregated ClusterRole selects others") {
  CHECK(wrong(rbac("clusterroles"),
              "metadata: {name: r}\naggregationRule: {clusterRoleSelectors: "
              "[{matchLabels: {a: b}}]}")
            .empty());
  CHECK(
      wrong(rbac("clusterroles"), "metadata: {name: r}\naggregationRule: {}") ==
      Texts{"aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required "
            "if aggregationRule is non-nil"});
}

TEST_CASE("a binding's API groups are filled in, of users and groups only") {
  const Value made = defaulted(rbac("rolebindings"), R"(
metadata: {name: b, namespace: default}
roleRef: {kind: Role, name: r}
subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: sa, namespace: default}])");
  CHECK(made["roleRef"]["apiGroup"] == Value("rbac.authorization.k8s.io"));
  CHECK(made["subjects"].item(0)["apiGroup"] == Value("rbac.authorization.k8s.io"));
  CHECK(made["subjects"].item(1)["apiGroup"].isNull());
}

TEST_CASE("a binding names a role and subjects of known kinds") {
  CHECK(binding("roleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: sa}]").empty());
  CHECK(
      binding("roleRef: {kind: Pod}\nsubjects: [{kind: Robot, name: x}, {kind: User}]") ==
      Texts{"roleRef.kind: Unsupported value: \"Pod\": supported values: \"Role\", \"ClusterRole\"",
            "roleRef.name: Required value",
            "subjects[0].kind: Unsupported value: \"Robot\": supported values: \"ServiceAccount\", \"User\", "
            "\"Group\"",
            "subjects[1].name: Required value"});
  CHECK(
      binding("roleRef: {apiGroup: v1, kind: Role, name: r}\n"
              "subjects: [{kind: ServiceAccount, name: A_b, apiGroup: x}]") ==
      Texts{"roleRef.apiGroup: Unsupported value: \"v1\": supported values: \"rbac.authorization.k8s.io\"",
            "subjects[0].name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower "
            "case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
            "(e.g. 'example.com', regex used for validation is "
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            "subjects[0].apiGroup: Unsupported value: \"x\": supported values: \"\""});
  CHECK(wrong(rbac("clusterrolebindings"),
              "metadata: {name: b}\nroleRef: {kind: Role, name: r}\n"
              "subjects: [{kind: ServiceAccount, name: sa}]") ==
        Texts{"roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"",
              "subjects[0].namespace: Required value"});
}

TEST_CASE("a binding's role does not change; its subjects do") {
  constexpr std::string_view before = "metadata: {name: b}\nroleRef: {kind: ClusterRole, name: view}";
  CHECK(wrongUpdate(rbac("clusterrolebindings"), before,
                    "metadata: {name: b}\nroleRef: {kind: ClusterRole, name: edit}") ==
        Texts{"roleRef: Invalid value: {\"APIGroup\":\"rbac.authorization.k8s.io\",\"Kind\":\"ClusterRole\","
              "\"Name\":\"edit\"}: cannot change roleRef"});
  CHECK(wrongUpdate(rbac("clusterrolebindings"), before,
                    std::string(before) + "\nsubjects: [{kind: Group, name: g}]")
            .empty());
}

TEST_CASE("reviews are of a resource or of a URL, by somebody") {
  const Resource* review = findResource("authorization.k8s.io", "subjectaccessreviews");
  REQUIRE(review != nullptr);
  CHECK(wrong(*review, "spec: {user: jane, resourceAttributes: {verb: get, resource: pods}}").empty());
  CHECK(wrong(*review, "metadata: {name: x}\nspec: {}") ==
        Texts{"spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or "
              "resourceAttributes must be specified",
              "spec.user: Invalid value: \"\": at least one of user or group must be specified",
              "metadata: Invalid value: {\"name\":\"x\"}: must be empty"});
  const Resource* local = findResource("authorization.k8s.io", "localsubjectaccessreviews");
  REQUIRE(local != nullptr);
  CHECK(wrong(*local, "metadata: {namespace: a}\nspec: {user: jane, resourceAttributes: {namespace: b}}") ==
        Texts{"spec.resourceAttributes.namespace: Invalid value: \"b\": must match metadata.namespace"});
  const Resource* self = findResource("authorization.k8s.io", "selfsubjectaccessreviews");
  REQUIRE(self != nullptr);
  CHECK(wrong(*self, "spec: {resourceAttributes: {labelSelector: {}}}") ==
        Texts{"spec.resourceAttributes.labelSelector.requirements: Required value: when "
              "spec.resourceAttributes.labelSelector is specified, requirements or rawSelector is required"});
  CHECK_FALSE(kindOf(*self).stored);
}
