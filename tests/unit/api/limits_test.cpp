#include "tests/unit/api/objects.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& core(std::string_view plural) {
  const Resource* found = findResource("", plural);
  REQUIRE(found != nullptr);
  return *found;
}

Texts limits(std::string_view item) {
  return wrong(core("limitranges"),
               "metadata: {name: l, namespace: default}\nspec: {limits: [" + std::string(item) + "]}");
}

Texts quota(std::string_view spec) {
  return wrong(core("resourcequotas"),
               "metadata: {name: q, namespace: default}\nspec: {" + std::string(spec) + "}");
}

}  // namespace

TEST_CASE("a LimitRange's limits for containers fill each other") {
  const Value made = defaulted(core("limitranges"), R"(
metadata: {name: l, namespace: default}
spec: {limits: [{type: Container, max: {cpu: '1'}, min: {memory: 10Mi}}]})");
  const Value& item = made["spec"]["limits"].item(0);
  CHECK(item["default"]["cpu"] == Value("1"));
  CHECK(item["defaultRequest"]["cpu"] == Value("1"));
  CHECK(item["defaultRequest"]["memory"] == Value("10Mi"));
  CHECK(item["default"]["memory"].isNull());
  const Value pod = defaulted(core("limitranges"), "spec: {limits: [{type: Pod, max: {cpu: '1'}}]}");
  CHECK(pod["spec"]["limits"].item(0)["default"].isNull());
}

TEST_CASE("a LimitRange's limits are in order") {
  CHECK(limits("{type: Container, min: {cpu: 100m}, max: {cpu: '2'}, default: {cpu: '1'}}").empty());
  CHECK(
      limits("{type: Container, min: {cpu: '2'}, max: {cpu: '1'}, defaultRequest: {cpu: '1'}}") ==
      Texts{
          "spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1",
          "spec.limits[0].defaultRequest[cpu]: Invalid value: \"1\": min value 2 is greater than default "
          "request value 1",
          "spec.limits[0].default[cpu]: Invalid value: \"1\": min value 2 is greater than default value 1"});
  CHECK(limits("{type: Container, default: {cpu: '1'}, defaultRequest: {cpu: '2'}}") ==
        Texts{"spec.limits[0].defaultRequest[cpu]: Invalid value: \"2\": default request value 2 is greater "
              "than default limit value 1"});
  CHECK(
      limits("{type: Pod, max: {cpu: '2'}, min: {cpu: '1'}, maxLimitRequestRatio: {cpu: '3'}}") ==
      Texts{"spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"3\": ratio 3 is greater than max/min "
            "= 2.000000"});
}

TEST_CASE("a LimitRange limits known types and resources") {
  CHECK(limits("{type: Pod, default: {cpu: '1'}}") ==
        Texts{"spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"});
  CHECK(
      limits("{type: Node}") ==
      Texts{
          "spec.limits[0].type: Invalid value: \"Node\": must be a standard limit type or fully qualified"});
  CHECK(
      limits("{type: PersistentVolumeClaim}") ==
      Texts{"spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but "
            "neither was provided"});
  CHECK(limits("{type: PersistentVolumeClaim, max: {storage: 1Gi}}").empty());
  CHECK(
      limits("{type: Container, max: {storage: 1Gi}}") ==
      Texts{"spec.limits[0].max[storage]: Invalid value: \"storage\": must be a standard resource for "
            "containers",
            "spec.limits[0].default[storage]: Invalid value: \"storage\": must be a standard resource for "
            "containers",
            "spec.limits[0].defaultRequest[storage]: Invalid value: \"storage\": must be a standard resource "
            "for containers"});
  CHECK(limits("{type: Pod}, {type: Pod}") == Texts{"spec.limits[1].type: Duplicate value: \"Pod\""});
}

TEST_CASE("a quota counts what can be counted") {
  CHECK(quota("hard: {pods: '10', requests.cpu: '1', count/deployments.apps: '2'}").empty());
  CHECK(quota("hard: {storage: 1Gi, gpu: '1', pods: '1.5'}") ==
        Texts{"spec.hard[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully qualified",
              "spec.hard[gpu]: Invalid value: \"gpu\": must be a standard resource for quota",
              "spec.hard[pods]: Invalid value: \"1500m\": must be an integer",
              "spec.hard[storage]: Invalid value: \"storage\": must be a standard resource for quota"});
  CHECK(quota("hard: {cpu: '-1'}") ==
        Texts{"spec.hard[cpu]: Invalid value: \"-1\": must be greater than or equal to 0"});
}

TEST_CASE("a quota's scopes fit its resources and each other") {
  CHECK(quota("hard: {pods: '1'}, scopes: [BestEffort]").empty());
  CHECK(quota("hard: {cpu: '1'}, scopes: [BestEffort]") ==
        Texts{"spec.scopes: Invalid value: [\"BestEffort\"]: unsupported scope applied to resource"});
  CHECK(quota("hard: {pods: '1'}, scopes: [BestEffort, NotBestEffort]") ==
        Texts{"spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: conflicting scopes"});
  CHECK(quota("hard: {pods: '1'}, scopes: [Sometimes]") ==
        Texts{"spec.scopes: Invalid value: [\"Sometimes\"]: unsupported scope"});
  CHECK(quota("hard: {pods: '1'}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: "
              "In}]}") ==
        Texts{"spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when "
              "`operator` is 'In' or 'NotIn' for scope selector"});
  CHECK(
      wrongUpdate(core("resourcequotas"),
                  "metadata: {name: q, namespace: a}\nspec: {hard: {pods: '1'}, scopes: [Terminating]}",
                  "metadata: {name: q, namespace: a}\nspec: {hard: {pods: '2'}, scopes: [NotTerminating]}") ==
      Texts{"spec.scopes: Invalid value: [\"NotTerminating\"]: field is immutable"});
}
