#include "tests/unit/apiserver/writers_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

TEST_CASE("who creates an object owns what it said, but not the object's name") {
  Writers f;
  const Value made = f.createAs("kubectl-create", r::configMaps, kConfigMap).body;
  CHECK(owners(made) == Texts{R"(Update kubectl-create v1: {"f:data":{".":{},"f:w":{},"f:x":{}},)"
                              R"("f:metadata":{"f:labels":{".":{},"f:app":{}}}})"});
  const Value& entry = api::meta(made)[kManagedFields].item(0);
  CHECK(entry["fieldsType"].toString() == "FieldsV1");
  CHECK(entry["time"] == api::meta(made)[keys::creationTimestamp]);
}

TEST_CASE("who changes a field takes it, and its time is told; the other keeps the rest") {
  Writers f;
  f.createAs("one", r::configMaps, kConfigMap);
  f.simulator.runFor(5s);
  const Value changed = f.patchAs("two", r::configMaps, "a", "data: {x: '9'}").body;
  CHECK(owners(changed) ==
        Texts{R"(Update one v1: {"f:data":{".":{},"f:w":{}},"f:metadata":{"f:labels":{".":{},"f:app":{}}}})",
              R"(Update two v1: {"f:data":{"f:x":{}}})"});
  CHECK_FALSE(api::meta(changed)[kManagedFields].item(0)["time"] ==
              api::meta(changed)[kManagedFields].item(1)["time"]);
  // What is removed has no owner.
  const Value removed = f.patchAs("three", r::configMaps, "a", "data: {x: null}").body;
  CHECK(owners(removed).size() == 1);
}

TEST_CASE("an update that changes nothing is no revision and no new owner") {
  Writers f;
  const Value made = f.createAs("one", r::configMaps, kConfigMap).body;
  f.simulator.runFor(5s);
  Request same = f.by("two", Verb::Update, r::configMaps, "a");
  same.body = made;
  const Response answer = f.send(std::move(same));
  CHECK(answer.body[keys::metadata] == made[keys::metadata]);
}

TEST_CASE("the status has its own owner, who does not own what the write cannot set") {
  Writers f;
  const Value made = f.createAs("kubectl", r::deployments, kDeployment).body;
  Request status = f.by("kube-controller-manager", Verb::Update, r::deployments, "web");
  status.subresource = Key::intern("status");
  status.body = made.withPath({keys::status, keys::replicas}, 3).withPath({keys::spec, keys::replicas}, 9);
  const Texts all = owners(f.send(std::move(status)).body);
  REQUIRE(all.size() == 2);
  CHECK(all[0] == R"(Update kube-controller-manager apps/v1 status: {"f:status":{"f:replicas":{}}})");
  CHECK(all[1].find(R"("f:replicas":{})") != std::string::npos);
  // Defaults belong to who left them out; a selector is owned as a whole, containers by name.
  CHECK(all[1].find(R"("f:selector":{})") != std::string::npos);
  CHECK(all[1].find(R"("k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:imagePullPolicy":{})") !=
        std::string::npos);
  CHECK(all[1].find("f:status") == std::string::npos);
}

TEST_CASE("a client without fieldManager is known by its user agent") {
  Writers f;
  Request made = ClusterFixture::request(Verb::Create, r::configMaps);
  made.userAgent = "kubectl/v1.33.0 (linux/amd64) kubernetes/8adc0f0";
  made.body = ClusterFixture::yaml(kConfigMap);
  const Value object = f.send(std::move(made)).body;
  CHECK(api::meta(object)[kManagedFields].item(0)["manager"].toString() == "kubectl");
}

TEST_CASE("scaling takes the replicas from who had them") {
  Writers f;
  f.createAs("kubectl-create", r::deployments, kDeployment);
  const Key scale = Key::intern("scale");
  CHECK(f.patchAs("kubectl", r::deployments, "web", "spec: {replicas: 5}", scale).ok());
  const Texts all = owners(f.get(r::deployments, "web").body);
  REQUIRE(all.size() == 2);
  CHECK(all[0] == R"(Update kubectl apps/v1 scale: {"f:spec":{"f:replicas":{}}})");
  CHECK(all[1].find("f:replicas") == std::string::npos);
  // An apply of the old number now conflicts with it.
  const Response refused = f.apply("me", r::deployments, "web", kDeployment);
  CHECK(refused.code == 409);
  CHECK(message(refused) ==
        "Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using apps/v1: "
        ".spec.replicas");
}

TEST_CASE("a client may empty managedFields: the object is not tracked until somebody applies it") {
  Writers f;
  f.createAs("one", r::configMaps, kConfigMap);
  CHECK(owners(f.patchAs("two", r::configMaps, "a", "metadata: {managedFields: [{}]}").body).empty());
  CHECK(owners(f.patchAs("two", r::configMaps, "a", "data: {x: '5'}").body).empty());
  const Value applied =
      f.apply("me", r::configMaps, "a", "apiVersion: v1\nkind: ConfigMap\ndata: {z: '1'}\n").body;
  CHECK(owners(applied) == Texts{R"(Apply me v1: {"f:data":{"f:z":{}}})",
                                 R"(Update before-first-apply v1: {"f:data":{".":{},"f:w":{},"f:x":{}},)"
                                 R"("f:metadata":{"f:labels":{".":{},"f:app":{}}}})"});
}

TEST_CASE("no more than ten updaters are kept apart: the oldest become ancient-changes") {
  Writers f;
  f.createAs("one", r::configMaps, kConfigMap);
  for (int i = 0; i < 12; ++i) {
    f.simulator.runFor(2s);
    const std::string n = std::to_string(i);
    f.patchAs("writer-" + n, r::configMaps, "a", "data: {n" + n + ": '1'}");
  }
  const Texts all = owners(f.get(r::configMaps, "a").body);
  CHECK(all.size() == 10);
  CHECK(all[0].find("Update ancient-changes v1: ") == 0);
  CHECK(all[0].find(R"("f:n0":{},"f:n1":{},"f:n2":{},"f:w":{},"f:x":{})") != std::string::npos);
  CHECK(all[9].find("Update writer-11") == 0);
}

TEST_CASE("pods of one template share their entries") {
  Writers f;
  constexpr std::string_view text =
      "apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\nspec: {containers: [{name: c, image: "
      "i}]}\n";
  const Value first = f.createAs("kube-controller-manager", r::pods, text).body;
  const Value second = f.createAs("kube-controller-manager", r::pods, text).body;
  CHECK(api::meta(first)[kManagedFields].sameAs(api::meta(second)[kManagedFields]));
}
