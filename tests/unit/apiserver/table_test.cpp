#include "core/apiserver/table.hpp"

#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
namespace r = pilothouse::api::resources;

namespace {

Request wanted(Request request, Representation as, IncludeObject include = IncludeObject::Metadata) {
  RequestOptions options;
  options.as = as;
  options.includeObject = include;
  request.options = std::make_shared<RequestOptions>(options);
  return request;
}

Value namedMap(std::string_view name) {
  return Value::object({{keys::apiVersion, "v1"},
                        {keys::kind, "ConfigMap"},
                        {keys::metadata, Value::object({{keys::name, name}})},
                        {keys::data, Value::object({{keys::value, "1"}})}});
}

}  // namespace

TEST_CASE("a list as a table has a row an object, with the metadata that kubectl needs") {
  ClusterFixture f;
  f.create(r::configMaps, namedMap("a"));
  f.create(r::configMaps, namedMap("b"));
  const Value list = f.list(r::configMaps).body;
  const Value table =
      f.send(wanted(ClusterFixture::request(Verb::List, r::configMaps), Representation::Table)).body;
  CHECK(table[keys::kind] == Value("Table"));
  CHECK(table[keys::apiVersion] == Value("meta.k8s.io/v1"));
  CHECK(table[keys::metadata] == list[keys::metadata]);
  REQUIRE(table["columnDefinitions"].size() == 3);
  CHECK(writeJson(table["columnDefinitions"].item(1)) ==
        R"({"description":"Data contains the configuration data.","format":"","name":"Data","priority":0,)"
        R"("type":"string"})");
  CHECK(table["columnDefinitions"].item(0)["format"] == Value("name"));
  REQUIRE(table["rows"].size() == 2);
  const Value& row = table["rows"].item(1);
  CHECK(writeJson(row["cells"]) == R"(["b",1,"0s"])");
  CHECK(row["object"][keys::kind] == Value("PartialObjectMetadata"));
  CHECK(row["object"][keys::metadata] == list[keys::items].item(1)[keys::metadata]);
  CHECK(row["object"][keys::data].isNull());
}

TEST_CASE("rows hold whole objects for kubectl --sort-by, or none") {
  ClusterFixture f;
  const Value map = f.create(r::configMaps, namedMap("a")).body;
  const Request get = ClusterFixture::request(Verb::Get, r::configMaps, "a");
  const Value whole = f.send(wanted(get, Representation::Table, IncludeObject::Object)).body;
  CHECK(whole[keys::metadata][keys::resourceVersion] == map[keys::metadata][keys::resourceVersion]);
  CHECK(whole["rows"].item(0)["object"] == map);
  const Value none = f.send(wanted(get, Representation::Table, IncludeObject::None)).body;
  CHECK(none["rows"].item(0).has(Key::intern("object")));
  CHECK(none["rows"].item(0)["object"].isNull());
}

TEST_CASE("an empty list is a table without rows; a failure stays a Status") {
  ClusterFixture f;
  const Value table =
      f.send(wanted(ClusterFixture::request(Verb::List, r::pods), Representation::Table)).body;
  CHECK(table["rows"].isArray());
  CHECK(table["rows"].empty());
  CHECK(table["columnDefinitions"].size() == 9);
  const Response missing =
      f.send(wanted(ClusterFixture::request(Verb::Get, r::pods, "no"), Representation::Table));
  CHECK(missing.code == 404);
  CHECK(missing.body[keys::kind] == Value("Status"));
}

TEST_CASE("a watch tells the columns with its first event only") {
  ClusterFixture f;
  std::vector<Value> events;
  f.server.watch(wanted(ClusterFixture::request(Verb::Watch, r::configMaps), Representation::Table),
                 [](Response) {}, {[&](WatchEvent event) { events.push_back(event.object); }, [] {}});
  f.create(r::configMaps, namedMap("a"));
  f.create(r::configMaps, namedMap("b"));
  REQUIRE(events.size() == 2);
  CHECK(events[0]["columnDefinitions"].size() == 3);
  CHECK(events[1].has(Key::intern("columnDefinitions")));
  CHECK(events[1]["columnDefinitions"].isNull());
  CHECK(events[1]["rows"].item(0)["cells"].item(0) == Value("b"));
}

TEST_CASE("metadata alone, of an object and of a list") {
  ClusterFixture f;
  const Value map = f.create(r::configMaps, namedMap("a")).body;
  const auto as = Representation::PartialObjectMetadata;
  const Value one = f.send(wanted(ClusterFixture::request(Verb::Get, r::configMaps, "a"), as)).body;
  CHECK(one == Value::object({{keys::kind, "PartialObjectMetadata"},
                              {keys::apiVersion, "meta.k8s.io/v1"},
                              {keys::metadata, map[keys::metadata]}}));
  const Value all = f.send(wanted(ClusterFixture::request(Verb::List, r::configMaps), as)).body;
  CHECK(all[keys::kind] == Value("PartialObjectMetadataList"));
  CHECK(all[keys::items].item(0) == one);
}

TEST_CASE(
    "pods that are over are marked, kinds without columns show when they were made, scales their counts") {
  const SimTime now = kSimulationStart;
  const Value pod = ClusterFixture::yaml("{metadata: {name: p}, status: {phase: Failed}}");
  const Value table = asTable(r::pods, pod, IncludeObject::None, now);
  CHECK(writeJson(table["rows"].item(0)[keys::conditions]) ==
        R"([{"message":"The pod failed.","reason":"Failed","status":"True","type":"Completed"}])");
  const Value scale = ClusterFixture::yaml(
      "{kind: Scale, metadata: {name: web}, spec: {replicas: 3}, status: {replicas: 2}}");
  CHECK(writeJson(asTable(r::deployments, scale, IncludeObject::None, now)["rows"].item(0)["cells"]) ==
        R"(["web",3,2,"\u003cunknown\u003e"])");
}
