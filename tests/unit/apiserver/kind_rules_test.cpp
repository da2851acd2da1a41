#include "core/apiserver/kind_rules.hpp"

#include <doctest/doctest.h>

#include "core/api/keys.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
namespace r = pilothouse::api::resources;

namespace {

Value yaml(std::string_view text) {
  Documents read = readYaml(text);
  REQUIRE_FALSE(read.error);
  REQUIRE(read.documents.size() == 1);
  return read.documents.front().value;
}

const char* const kPod =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: nginx}]}\n";

std::string decodeError(const api::Resource& resource, std::string_view body) {
  const Decoded decoded = decode(resource, yaml(body), FieldValidation::Strict);
  CHECK_FALSE(decoded.ok());
  CHECK(decoded.error.code == 400);
  CHECK(decoded.object.isNull());
  return decoded.error.message;
}

std::string patchError(const api::Resource& resource, PatchType type, std::string_view stored,
                       std::string_view patch) {
  const Value with = yaml(patch);
  const Outcome patched = applyPatch(resource, type, yaml(stored), with);
  REQUIRE(patched.ok());
  const Decoded decoded = decodePatched(resource, type, with, patched.object, FieldValidation::Strict);
  CHECK(decoded.error.code == 422);
  return decoded.error.message;
}

bool selects(const api::Resource& resource, std::string_view labels, std::string_view fields,
             const Value& object) {
  const Predicate predicate = parseSelectors(resource, labels, fields);
  REQUIRE(predicate.error.code == 0);
  REQUIRE(predicate.matches);
  return predicate.matches(object);
}

}  // namespace

TEST_CASE("fieldValidation decides what becomes of unknown fields") {
  const std::string body = std::string(kPod) + "bogus: 1\n";
  CHECK(decodeError(r::pods, body) ==
        "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"bogus\"");
  const Decoded warned = decode(r::pods, yaml(body), FieldValidation::Warn);
  REQUIRE(warned.ok());
  CHECK(warned.warnings == std::vector<std::string>{"unknown field \"bogus\""});
  CHECK_FALSE(warned.object.has(Key::intern("bogus")));
  CHECK(decode(r::pods, yaml(kPod), FieldValidation::Strict).warnings.empty());
}

TEST_CASE("a value of the wrong type fails whatever the field validation") {
  const char* const body =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: three}\n";
  for (const FieldValidation validation : {FieldValidation::Warn, FieldValidation::Strict}) {
    const Decoded decoded = decode(r::deployments, yaml(body), validation);
    CHECK(decoded.error.reason == "BadRequest");
    CHECK(
        decoded.error.message ==
        "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into "
        "Go struct field DeploymentSpec.spec.replicas of type int32");
  }
}

TEST_CASE("a decoded object has its defaults, kind and version") {
  const Decoded decoded =
      decode(r::pods, yaml("metadata: {name: web}\nspec: {containers: [{name: a, image: nginx}]}\n"),
             FieldValidation::Strict);
  REQUIRE(decoded.ok());
  CHECK(decoded.object[keys::kind].asString() == "Pod");
  CHECK(decoded.object[keys::apiVersion].asString() == "v1");
  CHECK(decoded.object.get(keys::spec, Key::intern("restartPolicy")).asString() == "Always");
  CHECK(decoded.object.get(keys::spec, keys::containers).item(0)["imagePullPolicy"].asString() == "Always");
}

TEST_CASE("a component's own object that has its defaults stays the same tree") {
  const Value typed = decode(r::pods, yaml(kPod), FieldValidation::Strict).object;
  CHECK(decode(r::pods, typed, FieldValidation::Ignore).object.sameAs(typed));
}

TEST_CASE("a body of another kind or version than the URL's is refused") {
  CHECK(decodeError(r::deployments, "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: x}\n") ==
        "the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)");
  CHECK(
      decodeError(r::pods, "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n") ==
      "Service in version \"v1\" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown "
      "conversion");
  CHECK(
      decodeError(r::pods, "apiVersion: v1\nkind: Pood\nmetadata: {name: x}\n") ==
      "Pood in version \"v1\" cannot be handled as a Pod: no kind \"Pood\" is registered for version \"v1\" "
      "in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
  CHECK(
      decodeError(r::pods, "apiVersion: v2\nkind: Pod\nmetadata: {name: x}\n") ==
      "Pod in version \"v2\" cannot be handled as a Pod: no kind \"Pod\" is registered for version \"v2\" in "
      "scheme \"pkg/api/legacyscheme/scheme.go:30\"");
  CHECK(decodeError(r::pods, "apiVersion: 1\nkind: Pod\n") ==
        "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse "
        "error: json: cannot unmarshal number into Go struct field .apiVersion of type string "
        "({\"apiVersion\":1,\"kind\":\"Pod\"})");
}

TEST_CASE("a strategic merge patch merges containers by name and leaves the rest shared") {
  const Value stored = yaml(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\n"
      "spec: {containers: [{name: a, image: nginx}, {name: b, image: redis}]}\n");
  const Outcome patched = applyPatch(r::pods, PatchType::StrategicMerge, stored,
                                     yaml("spec: {containers: [{name: b, image: x}]}"));
  REQUIRE(patched.ok());
  const Value containers = patched.object.get(keys::spec, keys::containers);
  REQUIRE(containers.size() == 2);
  CHECK(containers.item(0)[keys::image].asString() == "nginx");
  CHECK(containers.item(1)[keys::image].asString() == "x");
  CHECK(patched.object[keys::metadata].sameAs(stored[keys::metadata]));
}

TEST_CASE("a merge patch replaces lists and removes by null") {
  const Outcome patched =
      applyPatch(r::pods, PatchType::Merge, yaml("metadata: {name: web, labels: {a: x, b: y}}\n"),
                 yaml("metadata: {labels: {a: null}}"));
  REQUIRE(patched.ok());
  CHECK(patched.object[keys::metadata][keys::labels].size() == 1);
}

TEST_CASE("a patch that cannot be applied is refused") {
  const Value stored = yaml(kPod);
  const Outcome noList = applyPatch(r::pods, PatchType::Json, stored, yaml("{op: add}"));
  CHECK(noList.error.code == 400);
  CHECK(noList.error.message == "json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  const Outcome noPath =
      applyPatch(r::pods, PatchType::Json, stored, yaml("[{op: replace, path: /spec/none/x, value: 1}]"));
  CHECK(noPath.error.code == 422);
  CHECK(noPath.error.message == "the server rejected our request due to an error in our request");
  const Outcome noObject = applyPatch(r::pods, PatchType::Merge, stored, "text");
  CHECK(noObject.error.message ==
        "json: cannot unmarshal string into Go value of type map[string]interface {}");
  const Outcome badFormat =
      applyPatch(r::pods, PatchType::StrategicMerge, stored, yaml("spec: {$retainKeys: 1, hostname: x}"));
  CHECK(badFormat.error.code == 400);
  CHECK(badFormat.error.message == "invalid patch format of retainKeys");
}

TEST_CASE("a JSON patch changes what it names") {
  const Outcome patched = applyPatch(r::pods, PatchType::Json, yaml(kPod),
                                     yaml("[{op: replace, path: /spec/containers/0/image, value: redis}]"));
  REQUIRE(patched.ok());
  CHECK(patched.object.get(keys::spec, keys::containers).item(0)[keys::image].asString() == "redis");
}

TEST_CASE("a patch that makes no valid object is shown with what is wrong") {
  const char* const stored =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n";
  CHECK(
      patchError(r::deployments, PatchType::StrategicMerge, stored, "spec: {replicas: three}") ==
      " \"\" is invalid: patch: Invalid value: \"map[spec:map[replicas:three]]\": unrecognized type: int32");
  CHECK(patchError(r::deployments, PatchType::StrategicMerge, stored, "spec: {bogus: 1}") ==
        " \"\" is invalid: patch: Invalid value: \"map[spec:map[bogus:1]]\": strict decoding error: unknown "
        "field \"spec.bogus\"");
}

TEST_CASE("a Pod's index fields become members of the predicate") {
  const Predicate byNode = parseSelectors(r::pods, "", "spec.nodeName=n1");
  CHECK(byNode.nodeName.asString() == "n1");
  CHECK_FALSE(byNode.matches);
  const Predicate byHost = parseSelectors(r::pods, "", "spec.host=n1");
  CHECK(byHost.nodeName.asString() == "n1");
  const Predicate one = parseSelectors(r::pods, "", "metadata.name=web,metadata.namespace=shop");
  CHECK(one.name.asString() == "web");
  CHECK(one.namespace_.asString() == "shop");
  CHECK_FALSE(one.matches);
  const Predicate everything = parseSelectors(r::pods, "", "");
  CHECK_FALSE(everything.matches);
  CHECK(everything.name.isNull());
  // A contradiction selects nothing rather than the last of the two.
  const Predicate both = parseSelectors(r::pods, "", "metadata.name=a,metadata.name=b");
  CHECK(both.name.asString() == "a");
  REQUIRE(both.matches);
  CHECK_FALSE(both.matches(yaml("metadata: {name: a}")));
}

TEST_CASE("selectors test labels and fields together") {
  const Value pod = yaml(
      "metadata: {name: web, labels: {app: web, tier: front}}\n"
      "spec: {nodeName: n1, restartPolicy: Always}\nstatus: {phase: Running}\n");
  CHECK(selects(r::pods, "app=web,tier in (front,back)", "", pod));
  CHECK_FALSE(selects(r::pods, "app=web,!tier", "", pod));
  CHECK(selects(r::pods, "app=web", "status.phase=Running", pod));
  CHECK_FALSE(selects(r::pods, "app=web", "status.phase!=Running", pod));
  CHECK(selects(r::pods, "", "spec.hostNetwork=false", pod));
  CHECK(selects(r::pods, "", "status.podIP=", pod));
  CHECK_FALSE(selects(r::pods, "", "spec.nodeName!=n1", pod));
  CHECK(selects(r::nodes, "", "spec.unschedulable=false", yaml("spec: {podCIDR: 10.0.0.0/24}")));
  CHECK(selects(r::nodes, "", "spec.unschedulable=true", yaml("spec: {unschedulable: true}")));
  CHECK(selects(r::replicaSets, "", "status.replicas=0", yaml("status: {observedGeneration: 1}")));
  CHECK(selects(r::replicaSets, "", "status.replicas=3", yaml("status: {replicas: 3}")));
}

TEST_CASE("Events are selected by what they are about and where they come from") {
  const Value event = yaml(
      "involvedObject: {kind: Pod, name: web, uid: u1}\nreason: Killing\ntype: Normal\n"
      "source: {component: kubelet, host: n1}\n");
  CHECK(selects(r::events, "", "involvedObject.name=web,involvedObject.kind=Pod,reason=Killing", event));
  CHECK(selects(r::events, "", "source=kubelet", event));
  CHECK(selects(r::events, "", "source=scheduler", yaml("reportingComponent: scheduler\n")));
  CHECK_FALSE(selects(r::events, "", "type!=Normal", event));
}

TEST_CASE("selectors that are malformed or not supported are refused") {
  const auto error = [](const api::Resource& resource, std::string_view labels, std::string_view fields) {
    const Predicate predicate = parseSelectors(resource, labels, fields);
    CHECK(predicate.error.code == 400);
    return predicate.error.message;
  };
  CHECK(error(r::pods, "", "status.hostIP=10.0.0.1") == "field label not supported: status.hostIP");
  CHECK(error(r::nodes, "", "metadata.namespace=x") == "field label not supported: metadata.namespace");
  CHECK(error(r::deployments, "", "spec.replicas=1") ==
        "\"spec.replicas\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
  CHECK(error(r::pods, "", "nonsense") == "invalid selector: 'nonsense'; can't understand 'nonsense'");
  CHECK(error(r::pods, "a in", "").starts_with("unable to parse requirement: "));
}
