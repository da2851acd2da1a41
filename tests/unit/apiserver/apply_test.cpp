#include "tests/unit/apiserver/writers_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string made(text);
  const std::size_t at = made.find(from);
  REQUIRE(at != std::string::npos);
  return made.replace(at, from.size(), to);
}

std::string configMap(std::string_view data) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: " + std::string(data) + "\n";
}

}  // namespace

TEST_CASE("apply creates what is not there, and owns exactly what it says") {
  Writers f;
  const Response created = f.apply("me", r::configMaps, "a", configMap("{x: '1'}"));
  CHECK(created.code == 201);
  CHECK(owners(created.body) == Texts{R"(Apply me v1: {"f:data":{"f:x":{}}})"});
  const std::uint64_t before = f.member.server().store().revision();
  f.simulator.runFor(5s);
  const Response again = f.apply("me", r::configMaps, "a", configMap("{x: '1'}"));
  CHECK(again.code == 200);
  CHECK(again.body[keys::metadata] == created.body[keys::metadata]);
  CHECK(f.member.server().store().revision() == before);
}

TEST_CASE("what a manager no longer applies goes, unless another owns it") {
  Writers f;
  f.apply("one", r::configMaps, "a", configMap("{x: '1', w: '1', z: '1'}"));
  CHECK(f.apply("two", r::configMaps, "a", configMap("{w: '1'}")).ok());  // the same value: shared
  f.patchAs("three", r::configMaps, "a", "data: {u: '1'}");
  const Value left = f.apply("one", r::configMaps, "a", configMap("{x: '2'}")).body;
  CHECK(writeJson(left[keys::data]) == R"({"u":"1","w":"1","x":"2"})");
  CHECK(owners(left) == Texts{R"(Apply one v1: {"f:data":{"f:x":{}}})",
                              R"(Apply two v1: {"f:data":{"f:w":{}}})",
                              R"(Update three v1: {"f:data":{"f:u":{}}})"});
}

TEST_CASE("metadata stays when the last label or annotation that a manager has set goes") {
  Writers f;
  const std::string labelled =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {x: z}}\ndata: {x: '1'}\n";
  const Value before = f.apply("me", r::configMaps, "a", labelled).body;
  const Response after = f.apply("me", r::configMaps, "a", configMap("{x: '1'}"));
  REQUIRE(after.code == 200);
  CHECK(api::uid(after.body) == api::uid(before));
  CHECK(api::annotations(after.body).empty());
}

TEST_CASE("a field that another owns with another value is a conflict, by name and path") {
  Writers f;
  f.createAs("kubectl-client-side-apply", r::deployments, kDeployment);
  const std::string wanted = replaced(kDeployment, "replicas: 3", "replicas: 5");
  const Response refused = f.apply("me", r::deployments, "web", wanted);
  CHECK(refused.code == 409);
  CHECK(message(refused) ==
        "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: "
        ".spec.replicas");
  CHECK(refused.body["reason"].toString() == "Conflict");
  const Value& causes = refused.body["details"]["causes"];
  REQUIRE(causes.size() == 1);
  CHECK(causes.item(0)["reason"].toString() == "FieldManagerConflict");
  CHECK(causes.item(0)["message"].toString() == "conflict with \"kubectl-client-side-apply\" using apps/v1");
  CHECK(causes.item(0)["field"].toString() == ".spec.replicas");

  const Response forced = f.apply("me", r::deployments, "web", wanted, true);
  REQUIRE(forced.ok());
  CHECK(forced.body.get(keys::spec, keys::replicas).asInt() == 5);
  const Texts all = owners(forced.body);
  REQUIRE(all.size() == 2);
  CHECK(all[0].find("Apply me apps/v1: ") == 0);
  CHECK(all[1].find("f:replicas") == std::string::npos);
}

TEST_CASE("several conflicts are listed by manager") {
  Writers f;
  f.apply("one", r::configMaps, "a", configMap("{x: '1', w: '1'}"));
  f.apply("two", r::configMaps, "a", configMap("{z: '1'}"));
  const Response refused = f.apply("me", r::configMaps, "a", configMap("{x: '2', w: '2', z: '2'}"));
  CHECK(message(refused) ==
        "Apply failed with 3 conflicts: conflicts with \"one\":\n- .data.w\n- .data.x\nconflicts with "
        "\"two\":\n- .data.z");
}

TEST_CASE("items of lists are merged by their keys, sets by their values, atomic lists are replaced") {
  Writers f;
  const std::string second = replaced(kDeployment, "- {name: web, image: nginx}",
                                      "- {name: sidecar, image: envoy, ports: [{containerPort: 80}]}");
  f.apply("one", r::deployments, "web", kDeployment);
  const Value both = f.apply("two", r::deployments, "web", second).body;
  const Key containers = keys::containers;
  const Value& list = both.get(keys::spec, keys::template_, keys::spec, containers);
  REQUIRE(list.size() == 2);
  CHECK(list.item(0)["name"].toString() == "web");
  CHECK(list.item(1)["ports"].item(0)["protocol"].toString() == "TCP");
  const Texts all = owners(both);
  CHECK(all[1].find(
            R"("f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}})") !=
        std::string::npos);
  // The first leaves its container: the selector and labels stay, as the second applies them too.
  const std::string moved = replaced(kDeployment, "name: web, image: nginx", "name: sidecar, image: envoy");
  const Value one = f.apply("one", r::deployments, "web", moved).body;
  CHECK(one.get(keys::spec, keys::template_, keys::spec, containers).size() == 1);

  const std::string finalizers = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, finalizers: [";
  f.apply("one", r::configMaps, "a", finalizers + "example.com/a]}\n");
  const Value set = f.apply("two", r::configMaps, "a", finalizers + "example.com/b]}\n").body;
  CHECK(writeJson(set.get(keys::metadata, keys::finalizers)) == R"(["example.com/a","example.com/b"])");
  CHECK(owners(set)[0] == R"(Apply one v1: {"f:metadata":{"f:finalizers":{"v:\"example.com/a\"":{}}}})");
}

TEST_CASE("an apply that is malformed says so as kube-apiserver does") {
  Writers f;
  const Response unknown =
      f.apply("me", r::deployments, "web", replaced(kDeployment, "replicas: 3", "bogus: 3"));
  CHECK(unknown.code == 500);
  CHECK(message(unknown) ==
        "failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.bogus: field not "
        "declared in schema");
  const Response keyless = f.apply("me", r::deployments, "web",
                                   replaced(kDeployment, "{name: web, image: nginx}", "{image: nginx}"));
  CHECK(message(keyless) ==
        "failed to create typed patch object (/web; apps/v1, Kind=Deployment): "
        ".spec.template.spec.containers: element 0: associative list with keys has an element that omits key "
        "field \"name\" (and doesn't have default value)");
  const Response version = f.apply("me", r::deployments, "web", replaced(kDeployment, "apps/v1", "v1"));
  CHECK(version.code == 400);
  CHECK(message(version) ==
        "Incorrect version specified in apply patch. Specified patch version: v1, expected: apps/v1");
  CHECK(message(f.apply("me", r::configMaps, "a",
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, managedFields: [{}]}\n")) ==
        "metadata.managedFields must be nil");
  const Response nobody = f.apply("", r::configMaps, "a", configMap("{}"));
  CHECK(nobody.code == 422);
  CHECK(
      message(nobody) ==
      "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
  CHECK(message(f.apply("me", r::configMaps, "b", configMap("{}"))) ==
        "the name of the object (a) does not match the name on the URL (b)");
}

TEST_CASE("kubectl takes over what its client-side apply has set") {
  Writers f;
  const std::string last =
      R"({"apiVersion":"v1","data":{"x":"1"},"kind":"ConfigMap","metadata":{"name":"a"}})";
  f.createAs("kubectl-client-side-apply", r::configMaps,
             "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n"
             "    kubectl.kubernetes.io/last-applied-configuration: '" +
                 last + "'\ndata: {x: '1'}\n");
  CHECK(f.apply("other", r::configMaps, "a", configMap("{x: '2'}")).code == 409);
  const Response taken = f.apply("kubectl", r::configMaps, "a", configMap("{x: '2'}"));
  REQUIRE(taken.ok());
  CHECK(taken.body.get(keys::data)["x"].toString() == "2");
  CHECK(api::annotations(taken.body)["kubectl.kubernetes.io/last-applied-configuration"].toString() ==
        "{\"apiVersion\":\"v1\",\"data\":{\"x\":\"2\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}"
        "\n");
}

TEST_CASE("a dry run of an apply answers what would be, and keeps nothing") {
  Writers f;
  Request dry = f.by("me", Verb::Patch, r::configMaps, "a");
  auto options = std::make_shared<RequestOptions>();
  options->fieldManager = "me";
  options->dryRun = true;
  dry.options = options;
  dry.patchType = PatchType::Apply;
  dry.body = ClusterFixture::yaml(configMap("{x: '1'}"));
  CHECK(f.send(std::move(dry)).code == 201);
  CHECK(f.get(r::configMaps, "a").code == 404);
}

TEST_CASE("the scale is applied through its subresource, and owned there") {
  Writers f;
  f.createAs("kubectl-create", r::deployments, kDeployment);
  constexpr std::string_view five =
      "apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: web}\nspec: {replicas: 5}\n";
  const Key scale = Key::intern("scale");
  const Response refused = f.apply("me", r::deployments, "web", five, false, scale);
  CHECK(refused.code == 409);
  const Response forced = f.apply("me", r::deployments, "web", five, true, scale);
  REQUIRE(forced.ok());
  CHECK(forced.body.get(keys::spec, keys::replicas).asInt() == 5);
  CHECK(owners(f.get(r::deployments, "web").body)[0] ==
        R"(Apply me apps/v1 scale: {"f:spec":{"f:replicas":{}}})");
}
