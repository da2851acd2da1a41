#include "core/apiserver/api_server.hpp"

#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

using Texts = std::vector<std::string>;

Value configMap(std::string_view name, std::string_view text = "1") {
  return Value::object({{keys::apiVersion, "v1"},
                        {keys::kind, "ConfigMap"},
                        {keys::metadata, Value::object({{keys::name, Value(name)}})},
                        {keys::data, Value::object({{keys::value, Value(text)}})}});
}

std::string message(const Response& response) { return response.body[keys::message].toString(); }

}  // namespace

TEST_CASE("a new cluster has its namespaces and Service kubernetes") {
  ClusterFixture f;
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
    CHECK(f.get(r::namespaces, name).ok());
  }
  const Response service = f.get(r::services, "kubernetes");
  REQUIRE(service.ok());
  CHECK(service.body.get(keys::spec, keys::clusterIP).toString() == "10.96.0.1");
}

TEST_CASE("what is created is what is got, listed and watched: one tree, at its revision") {
  ClusterFixture f;
  Texts seen;
  f.watch(r::configMaps, {}, seen);
  const Response created = f.create(r::configMaps, configMap("a"));
  REQUIRE(created.code == 201);
  const std::uint64_t revision = f.member.server().store().revision();
  CHECK(api::resourceVersion(created.body) == revision);
  CHECK(api::uid(created.body).size() == 36);
  CHECK(f.get(r::configMaps, "a").body.sameAs(created.body));
  const Response list = f.list(r::configMaps);
  REQUIRE(list.body[keys::items].size() == 1);
  CHECK(list.body[keys::items].item(0).sameAs(created.body));
  CHECK(seen == Texts{"ADDED a"});
  const auto* stored = f.member.server().store().find("/registry/configmaps/default/a");
  REQUIRE(stored != nullptr);
  CHECK(stored->value.sameAs(created.body));
  CHECK(f.create(r::configMaps, configMap("a")).code == 409);
  CHECK(message(f.create(r::configMaps, configMap("a"))) == "configmaps \"a\" already exists");
  CHECK(message(f.get(r::configMaps, "b")) == "configmaps \"b\" not found");
}

TEST_CASE("an update of an old version is a conflict; one that changes nothing is no revision") {
  ClusterFixture f;
  const Value first = f.create(r::configMaps, configMap("a")).body;
  const Response second = f.update(r::configMaps, first.withPath({keys::data, keys::value}, "2"));
  REQUIRE(second.ok());
  const Response late = f.update(r::configMaps, first.withPath({keys::data, keys::value}, "3"));
  CHECK(late.code == 409);
  CHECK(message(late) ==
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your "
        "changes to the latest version and try again");
  const std::uint64_t before = f.member.server().store().revision();
  CHECK(f.update(r::configMaps, second.body).ok());
  CHECK(f.member.server().store().revision() == before);
}

TEST_CASE("two writers that race: both patches are in, neither is lost") {
  ClusterFixture f;
  f.create(r::configMaps, configMap("a"));
  int answered = 0;
  for (const char* name : {"x", "y"}) {
    Request patch = ClusterFixture::request(Verb::Patch, r::configMaps, "a");
    patch.patchType = PatchType::Merge;
    patch.body = Value::object({{keys::data, Value::object({{Key::intern(name), "1"}})}});
    f.server.handle(std::move(patch), [&](Response response) { answered += response.ok() ? 1 : 0; });
  }
  f.simulator.runFor(50ms);
  CHECK(answered == 2);
  const Value data = f.get(r::configMaps, "a").body[keys::data];
  CHECK(data["x"].toString() == "1");
  CHECK(data["y"].toString() == "1");
}

TEST_CASE("generateName gives a new name each time") {
  ClusterFixture f;
  const Value object = configMap("").with(keys::metadata, Value::object({{keys::generateName, "web-"}}));
  const std::string a(api::name(f.create(r::configMaps, object).body));
  const std::string b(api::name(f.create(r::configMaps, object).body));
  CHECK(a.size() == 9);
  CHECK(a.substr(0, 4) == "web-");
  CHECK(a != b);
}

TEST_CASE("an object with a finalizer stays until the finalizer goes") {
  ClusterFixture f;
  const Value object =
      configMap("a").withPath({keys::metadata, keys::finalizers}, Value::array({"example.com/keep"}));
  REQUIRE(f.create(r::configMaps, object).ok());
  CHECK(f.remove(r::configMaps, "a").ok());
  const Response held = f.get(r::configMaps, "a");
  REQUIRE(held.ok());
  CHECK(api::isBeingDeleted(held.body));
  Texts seen;
  f.watch(r::configMaps, {}, seen);
  CHECK(f.update(r::configMaps, held.body.withoutPath({keys::metadata, keys::finalizers})).ok());
  CHECK(f.get(r::configMaps, "a").code == 404);
  CHECK(seen == Texts{"ADDED a", "DELETED a"});
}

TEST_CASE("a namespace that is terminating takes nothing new") {
  ClusterFixture f;
  const Value ns = ClusterFixture::yaml("apiVersion: v1\nkind: Namespace\nmetadata: {name: dev}\n");
  REQUIRE(f.create(r::namespaces, ns).ok());
  const auto createInDev = [&](std::string_view name) {
    Request create = ClusterFixture::request(Verb::Create, r::configMaps);
    create.namespace_ = Value("dev");
    create.body = configMap(name);
    return f.send(std::move(create));
  };
  CHECK(createInDev("a").ok());
  CHECK(f.remove(r::namespaces, "dev").ok());
  CHECK(f.get(r::namespaces, "dev").body.get(keys::status, keys::phase).toString() == "Terminating");
  const Response refused = createInDev("b");
  CHECK(refused.code == 403);
  CHECK(message(refused) ==
        "configmaps \"b\" is forbidden: unable to create new content in namespace dev because it is being "
        "terminated");
  CHECK(f.remove(r::namespaces, "default").code == 403);
}

TEST_CASE("events go after an hour, together, and every watcher is told of each") {
  ClusterFixture f;
  for (int i = 0; i < 3; ++i) {
    const Value event = Value::object(
        {{keys::apiVersion, "v1"},
         {keys::kind, "Event"},
         {keys::metadata,
          Value::object({{keys::name, "e" + std::to_string(i)}, {keys::namespace_, "default"}})},
         {Key::intern("involvedObject"), Value::object({{keys::namespace_, "default"}})}});
    REQUIRE(f.create(r::events, event).ok());
  }
  CHECK(f.member.server().lessor().size() == 1);
  f.simulator.runFor(std::chrono::minutes(59));
  Texts seen;
  f.watch(r::events, {}, seen);
  CHECK(f.list(r::events).body[keys::items].size() == 3);
  f.simulator.runFor(std::chrono::minutes(3));
  CHECK(f.list(r::events).body[keys::items].empty());
  CHECK(seen == Texts{"ADDED e0", "ADDED e1", "ADDED e2", "DELETED e0", "DELETED e1", "DELETED e2"});
}

TEST_CASE("what compaction has forgotten is 410 Gone, for pages as for watches") {
  ClusterFixture f;
  for (int i = 0; i < 4; ++i) f.create(r::configMaps, configMap("a" + std::to_string(i)));
  RequestOptions page;
  page.limit = 2;
  const Response first = f.list(r::configMaps, page);
  REQUIRE(first.body[keys::items].size() == 2);
  page.continueToken = first.body.get(keys::metadata, Key::intern("continue")).toString();
  const Response second = f.list(r::configMaps, page);
  REQUIRE(second.ok());
  CHECK(api::name(second.body[keys::items].item(0)) == "a2");

  // Two intervals of the compactor, with something written in between.
  for (int i = 0; i < 3; ++i) {
    f.simulator.runFor(std::chrono::minutes(5));
    f.create(r::configMaps, configMap("later" + std::to_string(i)));
  }
  const Response expired = f.list(r::configMaps, page);
  CHECK(expired.code == 410);
  CHECK(message(expired).find("The provided continue parameter is too old") == 0);
  RequestOptions exact;
  exact.resourceVersion = first.body.get(keys::metadata, keys::resourceVersion).toString();
  exact.resourceVersionMatch = ResourceVersionMatch::Exact;
  CHECK(f.list(r::configMaps, exact).code == 410);
}

TEST_CASE("a stopped API server closes its watches, and starts again with what etcd has") {
  ClusterFixture f;
  f.create(r::configMaps, configMap("a"));
  Texts seen;
  f.watch(r::configMaps, {}, seen);
  f.server.handle(ClusterFixture::request(Verb::Get, r::configMaps, "a"),
                  [](Response) { FAIL("a dead process answered"); });
  f.server.stop();
  f.simulator.runFor(10s);
  CHECK(seen == Texts{"ADDED a", "closed"});
  f.server.start();
  f.simulator.runFor(1s);
  CHECK(f.get(r::configMaps, "a").ok());
  CHECK(f.create(r::configMaps, configMap("b")).ok());
}

TEST_CASE("without etcd a write fails in etcd's client's words, and works again when etcd is back") {
  ClusterFixture f;
  f.network.setUp(f.member.component(), false);
  Request create = ClusterFixture::request(Verb::Create, r::configMaps);
  create.body = configMap("a");
  Response failed;
  f.server.handle(std::move(create), [&](Response response) { failed = std::move(response); });
  f.simulator.runFor(8s);
  CHECK(failed.code == 500);
  CHECK(failed.body[keys::message].asString().find("connect: connection refused") != std::string_view::npos);
  CHECK(failed.body[keys::reason].isNull());
  f.network.setUp(f.member.component(), true);
  f.simulator.runFor(8s);
  CHECK(f.create(r::configMaps, configMap("b")).ok());
  CHECK(f.list(r::configMaps).body[keys::items].size() == 1);
}
