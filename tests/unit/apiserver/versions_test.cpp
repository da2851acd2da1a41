#include "core/apiserver/versions.hpp"

#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
namespace r = pilothouse::api::resources;

namespace {

constexpr std::string_view kNewEvent = R"(
apiVersion: events.k8s.io/v1
kind: Event
metadata: {name: web.1, namespace: default}
eventTime: '2026-01-01T00:00:00.000000Z'
action: Binding
reason: Scheduled
note: It has a node
type: Normal
reportingController: default-scheduler
reportingInstance: control-plane
regarding: {kind: Pod, name: web, namespace: default})";

const api::Resource& newEvents() {
  const api::Resource* found = api::findResource("events.k8s.io", "v1", "events");
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("an Event of events.k8s.io is kept and served as one of v1, and the other way round") {
  ClusterFixture f;
  const Response created = f.create(newEvents(), ClusterFixture::yaml(kNewEvent));
  REQUIRE(created.code == 201);
  CHECK(created.body[keys::apiVersion].toString() == "events.k8s.io/v1");
  CHECK(created.body["note"].toString() == "It has a node");

  const auto* stored = f.member.server().store().find("/registry/events/default/web.1");
  REQUIRE(stored != nullptr);
  CHECK(stored->value[keys::apiVersion].toString() == "v1");
  CHECK(stored->value[keys::message].toString() == "It has a node");

  const Response core = f.get(r::events, "web.1");
  CHECK(core.body["involvedObject"][keys::name].toString() == "web");
  CHECK(core.body["reportingComponent"].toString() == "default-scheduler");
  CHECK_FALSE(core.body.has(Key::intern("note")));

  const Response again = f.get(newEvents(), "web.1");
  CHECK(again.body == created.body);
  const Response list = f.list(newEvents());
  CHECK(list.body[keys::apiVersion].toString() == "events.k8s.io/v1");
  REQUIRE(list.body[keys::items].size() == 1);
  CHECK(list.body[keys::items].item(0)["regarding"][keys::name].toString() == "web");
}

TEST_CASE("watchers are sent the version that they asked for, selected by its fields") {
  ClusterFixture f;
  std::vector<std::string> notes;
  Request request = ClusterFixture::request(Verb::Watch, newEvents());
  RequestOptions options;
  options.fieldSelector = "regarding.name=web";
  request.options = std::make_shared<RequestOptions>(options);
  f.server.watch(
      std::move(request), [](Response) {},
      {[&](WatchEvent event) {
         notes.push_back(event.object[keys::apiVersion].toString() + " " + event.object["note"].toString());
       },
       [] {}});
  f.create(newEvents(), ClusterFixture::yaml(kNewEvent));
  Value other = ClusterFixture::yaml(kNewEvent).withPath({keys::metadata, keys::name}, "other.1");
  f.create(newEvents(), other.withPath({Key::intern("regarding"), keys::name}, "other"));
  CHECK(notes == std::vector<std::string>{"events.k8s.io/v1 It has a node"});

  options.fieldSelector = "involvedObject.name=web";
  const Response wrong = f.list(newEvents(), options);
  CHECK(wrong.code == 400);
  CHECK(wrong.body[keys::message].toString() == "field label not supported: involvedObject.name");
}

TEST_CASE("patches and updates are of the version that was asked for") {
  ClusterFixture f;
  const Value created = f.create(newEvents(), ClusterFixture::yaml(kNewEvent)).body;
  const Key series = Key::intern("series");
  const Value patch =
      ClusterFixture::yaml("{series: {count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z'}}");
  const Response patched = f.patch(newEvents(), "web.1", PatchType::StrategicMerge, patch);
  REQUIRE(patched.code == 200);
  CHECK(patched.body["note"].toString() == "It has a node");
  CHECK(f.get(r::events, "web.1").body[series]["count"] == Value(2));

  const Response changed = f.update(newEvents(), patched.body.with(Key::intern("note"), "Something else"));
  CHECK(changed.code == 422);
  CHECK(changed.body[keys::message].toString() ==
        "Event \"web.1\" is invalid: message: Invalid value: \"Something else\": field is immutable");

  // v1 allows it.
  const Response core =
      f.patch(r::events, "web.1", PatchType::Merge, Value::object({{keys::message, "Something else"}}));
  CHECK(core.code == 200);
  CHECK(f.get(newEvents(), "web.1").body["note"].toString() == "Something else");
}

TEST_CASE("events.k8s.io asks for more than v1") {
  ClusterFixture f;
  Value old = ClusterFixture::yaml(kNewEvent).without(Key::intern("eventTime"));
  old = old.with(Key::intern("deprecatedCount"), 3).with(keys::type, "Odd");
  const Response refused = f.create(newEvents(), old);
  CHECK(refused.code == 422);
  CHECK(
      refused.body[keys::message].toString() ==
      "Event \"web.1\" is invalid: [eventTime: Required value, type: Invalid value: \"\": has invalid value: "
      "Odd, count: Invalid value: \"\": needs to be unset]");
}

TEST_CASE("errors name the resource under which the object is kept") {
  ClusterFixture f;
  f.create(newEvents(), ClusterFixture::yaml(kNewEvent));
  CHECK(f.create(newEvents(), ClusterFixture::yaml(kNewEvent)).body[keys::message].toString() ==
        "events \"web.1\" already exists");
  CHECK(f.get(newEvents(), "none").body[keys::message].toString() == "events \"none\" not found");
}

TEST_CASE("a Binding says which node a pod runs on") {
  ClusterFixture f;
  f.create(*api::findResource("", "serviceaccounts"),
           ClusterFixture::yaml("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default}}"));
  const Response pod = f.create(
      r::pods,
      ClusterFixture::yaml("{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: "
                           "a, image: a}]}}"));
  REQUIRE(pod.code == 201);
  const api::Resource& bindings = *api::findResource("", "bindings");
  const Response bound = f.create(
      bindings,
      ClusterFixture::yaml("{apiVersion: v1, kind: Binding, metadata: {name: web}, target: {kind: Node, "
                           "name: node-1}}"));
  CHECK(bound.code == 201);
  CHECK(f.get(r::pods, "web").body.get(keys::spec, keys::nodeName) == Value("node-1"));
  CHECK(f.list(bindings).code == 405);
}

TEST_CASE("strategies and deprecated kinds warn") {
  ClusterFixture f;
  const Response endpoints = f.get(r::endpoints, "kubernetes");
  CHECK(endpoints.warnings == std::vector<std::string>{"v1 Endpoints is deprecated in v1.33+; use "
                                                       "discovery.k8s.io/v1 EndpointSlice"});
  CHECK(f.get(r::services, "kubernetes").warnings.empty());
  const api::Resource& accounts = *api::findResource("", "serviceaccounts");
  const Value enforcing = ClusterFixture::yaml(
      "{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa, annotations: "
      "{kubernetes.io/enforce-mountable-secrets: 'true'}}}");
  const Response made = f.create(accounts, enforcing);
  REQUIRE(made.code == 201);
  CHECK(made.warnings.size() == 1);
  const Response changed =
      f.patch(accounts, "sa", PatchType::Merge, ClusterFixture::yaml("{secrets: [{name: a}]}"));
  CHECK(changed.warnings.empty());
}

TEST_CASE("a new cluster has the system's PriorityClasses, and deleting an account answers with it") {
  ClusterFixture f;
  const Response critical =
      f.get(*api::findResource("scheduling.k8s.io", "priorityclasses"), "system-node-critical");
  REQUIRE(critical.ok());
  CHECK(critical.body[keys::value] == Value(2000001000));
  CHECK(critical.body["preemptionPolicy"] == Value("PreemptLowerPriority"));
  CHECK(f.member.server().store().find("/registry/priorityclasses/system-node-critical") != nullptr);

  const api::Resource& accounts = *api::findResource("", "serviceaccounts");
  f.create(accounts, ClusterFixture::yaml("{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}}"));
  CHECK(f.remove(accounts, "sa").body[keys::kind] == Value("ServiceAccount"));
}
