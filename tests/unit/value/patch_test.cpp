#include "core/value/patch.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

Value json(std::string_view text) {
  Documents read = readJson(text);
  REQUIRE_MESSAGE(!read.error, read.error->message);
  REQUIRE(read.documents.size() == 1);
  return read.documents[0].value;
}

/// Enough of a Deployment's types to merge one.
class SmallSchema : public PatchSchema {
 public:
  static const void* type(const char* name) {
    static const std::map<std::string, int> types{
        {"Deployment", 0}, {"Meta", 0},      {"Spec", 0}, {"Strategy", 0}, {"Pod", 0},
        {"PodSpec", 0},    {"Container", 0}, {"Port", 0}, {"Env", 0},      {"Map", 0}};
    return &*types.find(name);
  }
  std::string_view typeName(const void* type) const override {
    return static_cast<const std::pair<const std::string, int>*>(type)->first;
  }
  Field field(const void* of, Key key) const override {
    const std::string name = std::string(typeName(of)) + "." + std::string(key.text());
    if (of == type("Map")) return known(nullptr);
    if (name == "Deployment.metadata" || name == "Pod.metadata") return known("Meta");
    if (name == "Deployment.spec") return known("Spec");
    if (name == "Meta.labels" || name == "Meta.annotations") return known("Map");
    if (name == "Meta.finalizers") return list(nullptr, "");
    if (name == "Spec.strategy") {
      Field f = known("Strategy");
      f.retainKeys = true;
      return f;
    }
    if (name == "Strategy.rollingUpdate") return known("Map");
    if (name == "Spec.template") return known("Pod");
    if (name == "Pod.spec") return known("PodSpec");
    if (name == "PodSpec.containers") return list("Container", "name");
    if (name == "PodSpec.tolerations") return known("Map");
    if (name == "Container.ports") return list("Port", "containerPort");
    if (name == "Container.env") return list("Env", "name");
    if (name == "Container.command" || name == "Spec.replicas" || name == "Strategy.type")
      return known(nullptr);
    return {};
  }

 private:
  static Field known(const char* name) {
    Field f;
    f.type = name != nullptr ? type(name) : nullptr;
    f.known = true;
    return f;
  }
  static Field list(const char* name, std::string_view mergeKey) {
    Field f = known(name);
    f.mergeList = true;
    f.mergeKey = mergeKey;
    return f;
  }
};

const SmallSchema kSchema;

std::string strategic(std::string_view target, std::string_view patch, const char* type = "Deployment") {
  const Patched patched =
      applyStrategicMergePatch(json(target), json(patch), kSchema, SmallSchema::type(type));
  return patched.error.empty() ? writeJson(patched.value) : "error: " + patched.error;
}

std::string threeWay(std::string_view original, std::string_view modified, std::string_view current,
                     const char* type = "PodSpec") {
  const Patched patched = createThreeWayMergePatch(json(original), json(modified), json(current), kSchema,
                                                   SmallSchema::type(type));
  return patched.error.empty() ? writeJson(patched.value) : "error: " + patched.error;
}

std::string patchedJson(std::string_view target, std::string_view patch) {
  const Patched patched = applyJsonPatch(json(target), json(patch));
  return patched.error.empty() ? writeJson(patched.value) : "error: " + patched.error;
}

}  // namespace

TEST_CASE("JSON patch") {
  const char* doc = R"({"a":{"b":1},"l":[1,2,3],"x~y/z":0})";
  const std::pair<const char*, const char*> cases[] = {
      {R"([{"op":"add","path":"/a/c","value":2}])", R"({"a":{"b":1,"c":2},"l":[1,2,3],"x~y/z":0})"},
      {R"([{"op":"add","path":"/l/1","value":9}])", R"({"a":{"b":1},"l":[1,9,2,3],"x~y/z":0})"},
      {R"([{"op":"add","path":"/l/-","value":9}])", R"({"a":{"b":1},"l":[1,2,3,9],"x~y/z":0})"},
      {R"([{"op":"remove","path":"/l/-1"}])", R"({"a":{"b":1},"l":[1,2],"x~y/z":0})"},
      {R"([{"op":"remove","path":"/x~0y~1z"}])", R"({"a":{"b":1},"l":[1,2,3]})"},
      {R"([{"op":"replace","path":"/a/b","value":{"c":[]}}])",
       R"({"a":{"b":{"c":[]}},"l":[1,2,3],"x~y/z":0})"},
      {R"([{"op":"move","from":"/l/0","path":"/a/b"}])", R"({"a":{"b":1},"l":[2,3],"x~y/z":0})"},
      {R"([{"op":"copy","from":"/a","path":"/l/0"}])", R"({"a":{"b":1},"l":[{"b":1},1,2,3],"x~y/z":0})"},
      {R"([{"op":"test","path":"/l","value":[1,2,3]},{"op":"replace","path":"","value":{}}])", "{}"},
      {R"([])", R"({"a":{"b":1},"l":[1,2,3],"x~y/z":0})"}};
  for (const auto& [patch, expected] : cases) CHECK(patchedJson(doc, patch) == expected);
}

TEST_CASE("a JSON patch that does not apply says why, as evanphx/json-patch does") {
  const char* doc = R"({"a":{"b":1},"l":[1]})";
  const std::pair<const char*, const char*> cases[] = {
      {R"([{"op":"add","path":"/q/r","value":1}])",
       "add operation does not apply: doc is missing path: \"/q/r\": missing value"},
      {R"([{"op":"remove","path":"/a/c"}])",
       "error in remove for path: '/a/c': Unable to remove nonexistent key: c: missing value"},
      {R"([{"op":"remove","path":"/l/1"}])",
       "error in remove for path: '/l/1': Unable to access invalid index: 1: invalid index referenced"},
      {R"([{"op":"replace","path":"/l/5","value":0}])",
       "replace operation does not apply: doc is missing key: /l/5: missing value"},
      {R"([{"op":"add","path":"/l/x","value":0}])",
       "error in add for path: '/l/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": "
       "invalid "
       "syntax"},
      {R"([{"op":"test","path":"/a/b","value":2}])", "testing value /a/b failed: test failed"},
      {R"([{"op":"add","value":2}])", "add operation failed to decode path: missing value"},
      {R"([{"op":"merge","path":"/a"}])", "Unexpected kind: merge"},
      {R"({"op":"add"})", "json: cannot unmarshal object into Go value of type jsonpatch.Patch"}};
  for (const auto& [patch, expected] : cases)
    CHECK(patchedJson(doc, patch) == "error: " + std::string(expected));
}

TEST_CASE("JSON patches cannot blow a document up") {
  std::string doubling = "[";
  for (int i = 0; i < 60; ++i) doubling += R"({"op":"copy","from":"/a","path":"/a/-"},)";
  doubling.back() = ']';
  CHECK(patchedJson(R"({"a":["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]})", doubling)
            .starts_with("error: Unable to complete the copy, the accumulated size increase of copy is"));
  std::string nest = "[";
  for (int i = 0; i < 300; ++i) {
    nest +=
        R"({"op":"move","from":"/a","path":"/t"},{"op":"add","path":"/a","value":{}},{"op":"move","from":"/t","path":"/a/n"},)";
  }
  nest.back() = ']';
  CHECK(patchedJson(R"({"a":{}})", nest) == "error: exceeded max depth");
}

TEST_CASE("merge patch") {
  const auto merged = [](std::string_view target, std::string_view patch) {
    return writeJson(applyMergePatch(json(target), json(patch)));
  };
  CHECK(merged(R"({"a":"b"})", R"({"a":"c","n":{"x":null,"y":1}})") == R"({"a":"c","n":{"y":1}})");
  CHECK(merged(R"({"a":{"b":1,"c":2},"d":3})", R"({"a":{"b":null}})") == R"({"a":{"c":2},"d":3})");
  CHECK(merged(R"({"a":[1,2]})", R"({"a":[3]})") == R"({"a":[3]})");
  CHECK(merged(R"({"a":1})", R"(["x"])") == R"(["x"])");
}

TEST_CASE("patches share what they do not change") {
  const Value target = json(
      R"({"metadata":{"labels":{"a":"1"}},"spec":{"template":{"spec":{"containers":[{"name":"a","env":[{"name":"X"}]},{"name":"b"}]}}}})");
  const Value patch = json(R"({"metadata":{"labels":{"b":"2"}}})");
  const Value merged = applyMergePatch(target, patch);
  CHECK(merged["spec"].sameAs(target["spec"]));
  const Value strategic =
      applyStrategicMergePatch(
          target, json(R"({"spec":{"template":{"spec":{"containers":[{"name":"b","command":["x"]}]}}}})"),
          kSchema, SmallSchema::type("Deployment"))
          .value;
  CHECK(strategic["metadata"].sameAs(target["metadata"]));
  const auto containers = [](const Value& d) { return d["spec"]["template"]["spec"]["containers"]; };
  CHECK(containers(strategic).item(0).sameAs(containers(target).item(0)));
  CHECK(!containers(strategic).item(1).sameAs(containers(target).item(1)));
  CHECK(applyMergePatch(target, json(R"({"metadata":{"labels":{"a":"1"}}})")).sameAs(target));
  CHECK(applyStrategicMergePatch(target, json(R"({"metadata":{"labels":{"a":"1"}}})"), kSchema,
                                 SmallSchema::type("Deployment"))
            .value.sameAs(target));
  const Patched patched =
      applyJsonPatch(target, json(R"([{"op":"add","path":"/metadata/labels/c","value":"3"}])"));
  CHECK(patched.value["spec"].sameAs(target["spec"]));
}

TEST_CASE("strategic merge patch merges lists by their keys") {
  const char* target =
      R"({"containers":[{"name":"a","command":["x"]},{"name":"b","ports":[{"containerPort":80}]}]})";
  const std::pair<const char*, const char*> cases[] = {
      {R"({"containers":[{"name":"b","command":["y"]}]})",
       R"({"containers":[{"command":["x"],"name":"a"},{"command":["y"],"name":"b","ports":[{"containerPort":80}]}]})"},
      {R"({"containers":[{"name":"c"}]})",
       R"({"containers":[{"name":"c"},{"command":["x"],"name":"a"},{"name":"b","ports":[{"containerPort":80}]}]})"},
      {R"({"containers":[{"name":"a","$patch":"delete"}]})",
       R"({"containers":[{"name":"b","ports":[{"containerPort":80}]}]})"},
      {R"({"containers":[{"name":"z"},{"$patch":"replace"}]})", R"({"containers":[{"name":"z"}]})"},
      {R"({"containers":[{"name":"b","ports":[{"containerPort":80,"name":"web"},{"containerPort":443}]}]})",
       R"({"containers":[{"command":["x"],"name":"a"},{"name":"b","ports":[{"containerPort":80,"name":"web"},{"containerPort":443}]}]})"},
      {R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]})",
       R"({"containers":[{"name":"b","ports":[{"containerPort":80}]},{"command":["x"],"name":"a"}]})"},
      {R"({"containers":null})", "{}"}};
  for (const auto& [patch, expected] : cases) CHECK(strategic(target, patch, "PodSpec") == expected);
}

TEST_CASE("strategic merge patch on lists of scalars and on objects") {
  CHECK(strategic(R"({"metadata":{"finalizers":["a","b"]}})", R"({"metadata":{"finalizers":["c","a"]}})") ==
        R"({"metadata":{"finalizers":["c","a","b"]}})");
  CHECK(strategic(R"({"metadata":{"finalizers":["a","b"]}})",
                  R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}})") ==
        R"({"metadata":{"finalizers":["b"]}})");
  CHECK(strategic(R"({"metadata":{"labels":{"a":"1"}}})",
                  R"({"metadata":{"labels":{"$patch":"replace","b":"2"}}})") ==
        R"({"metadata":{"labels":{"b":"2"}}})");
  CHECK(strategic(R"({"metadata":{"labels":{"a":"1"}}})", R"({"metadata":{"labels":{"$patch":"delete"}}})") ==
        R"({"metadata":{"labels":{}}})");
  CHECK(strategic(R"({"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}})",
                  R"({"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}})") ==
        R"({"spec":{"strategy":{"type":"Recreate"}}})");
  CHECK(strategic("{}", R"({"metadata":{"labels":{"a":null,"b":"1"}}})") ==
        R"({"metadata":{"labels":{"b":"1"}}})");
  CHECK(strategic(R"({"spec":{"template":{"spec":{"containers":[{"name":"a","command":["x","y"]}]}}}})",
                  R"({"spec":{"template":{"spec":{"containers":[{"name":"a","command":["z"]}]}}}})") ==
        R"({"spec":{"template":{"spec":{"containers":[{"command":["z"],"name":"a"}]}}}})");
}

TEST_CASE("a strategic merge patch that cannot be merged says why") {
  const char* target = R"({"containers":[{"name":"a"}]})";
  const std::pair<const char*, const char*> cases[] = {
      {R"({"containers":[{"command":["x"]}]})",
       "map: map[command:[x]] does not contain declared merge key: name"},
      {R"({"containers":["a"]})", "list element types are not identical: [[map[name:a]] [a]]"},
      {R"({"containers":[{"name":"a","$patch":"merge"}]})",
       "merging lists cannot yet be specified in the patch"},
      {R"({"containers":[{"name":"a","$patch":"zap"}]})",
       "unknown patch type: zap in map: map[$patch:zap name:a]"},
      {R"({"$patch":"zap"})", "unknown patch type: zap in map: map[$patch:zap]"},
      {R"({"$setElementOrder/containers":[{"name":"b"}],"containers":[{"name":"a"}]})",
       "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n"},
      {R"({"$retainKeys":["other"],"containers":[]})", "invalid patch format of retainKeys"}};
  for (const auto& [patch, expected] : cases) {
    CHECK(strategic(target, patch, "PodSpec") == "error: " + std::string(expected));
  }
  CHECK(strategic(R"({"spec":{"zap":{"a":1}}})", R"({"spec":{"zap":{"b":1}}})") ==
        "error: unable to find api field in struct Spec for the json field \"zap\"");
}

TEST_CASE("kubectl apply's patch holds what changed, and deletes what the last apply had") {
  const char* last = R"({"containers":[{"name":"a","command":["x"]},{"name":"b"}]})";
  const char* live =
      R"({"containers":[{"name":"a","command":["x"],"imagePullPolicy":"Always"},{"name":"b"},{"name":"sidecar"}]})";
  CHECK(threeWay(last, last, last) == "null");
  // The order of a list that others have added to is always sent along.
  CHECK(threeWay(last, last, live) == R"({"$setElementOrder/containers":[{"name":"a"},{"name":"b"}]})");
  CHECK(
      threeWay(last, R"({"containers":[{"name":"a","command":["y"]},{"name":"b"}]})", live) ==
      R"({"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"command":["y"],"name":"a"}]})");
  CHECK(threeWay(last, R"({"containers":[{"name":"a","command":["x"]}]})", live) ==
        R"({"$setElementOrder/containers":[{"name":"a"}],"containers":[{"$patch":"delete","name":"b"}]})");
  CHECK(
      threeWay(last, R"({"containers":[{"name":"a"},{"name":"b"}]})", live) ==
      R"({"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"command":null,"name":"a"}]})");
  CHECK(threeWay("null", R"({"containers":[{"name":"a"}]})", "{}") == R"({"containers":[{"name":"a"}]})");
  CHECK(threeWay(last, R"({"containers":[{"command":["x"]}]})", live) ==
        "error: map: map[command:[x]] does not contain declared merge key: name");
}

TEST_CASE("kubectl apply's patch of scalars, lists of scalars and retained keys") {
  CHECK(
      threeWay(R"({"metadata":{"finalizers":["a","b"]}})", R"({"metadata":{"finalizers":["b","c"]}})",
               R"({"metadata":{"finalizers":["a","b","live"]}})", "Deployment") ==
      R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b","c"],"finalizers":["c"]}})");
  CHECK(threeWay(R"({"spec":{"replicas":2}})", R"({"spec":{}})", R"({"spec":{"replicas":5}})",
                 "Deployment") == R"({"spec":{"replicas":null}})");
  CHECK(threeWay(R"({"metadata":{"labels":{"a":"1","b":"1"}}})", R"({"metadata":{"labels":{"a":"2"}}})",
                 R"({"metadata":{"labels":{"a":"1","b":"1","live":"x"}}})",
                 "Deployment") == R"({"metadata":{"labels":{"a":"2","b":null}}})");
  CHECK(threeWay(R"({"spec":{"strategy":{"type":"RollingUpdate"}}})",
                 R"({"spec":{"strategy":{"type":"Recreate"}}})",
                 R"({"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}})",
                 "Deployment") == R"({"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}})");
}

TEST_CASE("applying the three-way patch gives the new object and keeps what others set") {
  const Value last =
      json(R"({"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y"}]},{"name":"b"}]})");
  const Value next = json(R"({"containers":[{"name":"c"},{"name":"a","env":[{"name":"Y"},{"name":"Z"}]}]})");
  const Value live = json(
      R"({"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y"},{"name":"live"}]},{"name":"b"},{"name":"sidecar"}]})");
  const Patched made = createThreeWayMergePatch(last, next, live, kSchema, SmallSchema::type("PodSpec"));
  REQUIRE(made.error.empty());
  const Patched patched = applyStrategicMergePatch(live, made.value, kSchema, SmallSchema::type("PodSpec"));
  REQUIRE(patched.error.empty());
  CHECK(
      writeJson(patched.value) ==
      R"({"containers":[{"name":"c"},{"env":[{"name":"Y"},{"name":"Z"},{"name":"live"}],"name":"a"},{"name":"sidecar"}]})");
}

TEST_CASE("a last-applied annotation that is no object is an error") {
  const Value object = json(R"({"spec":{}})");
  const void* type = SmallSchema::type("Deployment");
  CHECK(createThreeWayMergePatch(json("[1]"), object, object, kSchema, type).error == "invalid JSON document");
  CHECK(createThreeWayMergePatch(object, json("[1]"), object, kSchema, type).error == "invalid JSON document");
}

TEST_CASE("patches of large lists stay fast") {
  std::string list = "[";
  for (int i = 0; i < 20'000; ++i) list += "{\"name\":\"n" + std::to_string(i) + "\"},";
  list.back() = ']';
  const std::string doc = "{\"containers\":" + list + "}";
  CHECK(strategic(doc, doc, "PodSpec").size() == doc.size());
  CHECK(threeWay(doc, doc, doc) == "null");
}
