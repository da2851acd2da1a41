#include "core/api/schema/decode.hpp"

#include <doctest/doctest.h>

#include "core/api/keys.hpp"
#include "core/api/resource.hpp"
#include "core/value/document.hpp"
#include "tests/unit/api/read_file.hpp"

using namespace pilothouse;
using namespace pilothouse::api;
using schema::Problem;

namespace {

Value yaml(std::string_view text) {
  Documents read = readYaml(text);
  REQUIRE_MESSAGE(!read.error, (read.error ? read.error->message : std::string()));
  REQUIRE(read.documents.size() == 1);
  return read.documents.front().value;
}

schema::Decoded decode(std::string_view apiVersion, std::string_view kind, const Value& value) {
  return schema::decode(schema::findType(apiVersion, kind), value);
}

schema::Decoded deployment(std::string_view text) { return decode("apps/v1", "Deployment", yaml(text)); }

// "path: message" of every problem.
std::vector<std::string> told(const schema::Decoded& decoded) {
  std::vector<std::string> texts;
  for (const Problem& p : decoded.problems) texts.push_back(p.path + ": " + p.message);
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a well-formed object is the same tree afterwards") {
  const Value given =
      yaml("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, labels: {app: web}}\ndata: {a: '1'}\n");
  const schema::Decoded read = decode("v1", "ConfigMap", given);
  CHECK(read.problems.empty());
  CHECK(read.value.sameAs(given));
}

TEST_CASE("a changed part leaves its siblings shared") {
  const Value given = yaml(
      "metadata: {name: web, labels: {app: web}}\n"
      "spec: {containers: [{name: a, image: x, resources: {limits: {memory: 1024Mi}}}]}\n");
  const schema::Decoded read = decode("v1", "Pod", given);
  CHECK(read.problems.empty());
  CHECK(read.value["metadata"].sameAs(given["metadata"]));
  const Value container = read.value["spec"]["containers"].item(0);
  CHECK(container["resources"]["limits"]["memory"].asString() == "1Gi");
}

TEST_CASE("unknown fields are strict errors with their path, and are dropped") {
  const schema::Decoded read = deployment(
      "spec:\n"
      "  bogus: 1\n"
      "  Replicas: 3\n"
      "  template:\n"
      "    spec:\n"
      "      containers:\n"
      "      - name: a\n"
      "      - name: b\n"
      "        imagePullpolicy: Always\n");
  CHECK(read.fatal() == nullptr);
  CHECK(told(read) == Texts{"spec.Replicas: unknown field \"spec.Replicas\"",
                            "spec.bogus: unknown field \"spec.bogus\"",
                            "spec.template.spec.containers[1].imagePullpolicy: unknown field "
                            "\"spec.template.spec.containers[1].imagePullpolicy\""});
  CHECK(schema::strictDecodingError(read.strict()) ==
        "strict decoding error: unknown field \"spec.Replicas\", unknown field \"spec.bogus\", unknown field "
        "\"spec.template.spec.containers[1].imagePullpolicy\"");
  CHECK_FALSE(read.value["spec"].has(Key::intern("bogus")));
  CHECK(read.problems.back().kind == Problem::Kind::UnknownField);
}

TEST_CASE("a value of the wrong type is told in encoding/json's words") {
  const auto first = [](std::string_view text) {
    const schema::Decoded read = deployment(text);
    REQUIRE(read.fatal() != nullptr);
    return read.fatal()->path + ": " + read.fatal()->message;
  };
  CHECK(first("spec: {replicas: three}") ==
        "spec.replicas: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of "
        "type int32");
  CHECK(first("spec: {replicas: 1.5}") ==
        "spec.replicas: json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas "
        "of type int32");
  CHECK(first("spec: {replicas: 3000000000}") ==
        "spec.replicas: json: cannot unmarshal number 3000000000 into Go struct field "
        "DeploymentSpec.spec.replicas of type int32");
  CHECK(first("spec: nothing") ==
        "spec: json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec");
  CHECK(first("metadata: {labels: {version: 1}}") ==
        "metadata.labels.version: json: cannot unmarshal number into Go struct field "
        "ObjectMeta.metadata.labels of type string");
  CHECK(
      first("metadata: {labels: [a]}") ==
      "metadata.labels: json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type "
      "map[string]string");
  CHECK(first("spec: {template: {spec: {containers: {name: a}}}}") ==
        "spec.template.spec.containers: json: cannot unmarshal object into Go struct field "
        "PodSpec.spec.template.spec.containers of type []v1.Container");
  CHECK(first("spec: {template: {spec: {containers: [{env: [{name: A, value: 1}]}]}}}") ==
        "spec.template.spec.containers[0].env[0].value: json: cannot unmarshal number into Go struct field "
        "EnvVar.spec.template.spec.containers.env.value of type string");
  CHECK(first("spec: {template: {spec: {containers: [{ports: [{containerPort: '80'}]}]}}}") ==
        "spec.template.spec.containers[0].ports[0].containerPort: json: cannot unmarshal string into Go "
        "struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32");
  CHECK(
      first("spec: {template: {spec: {containers: [{imagePullPolicy: 1}]}}}") ==
      "spec.template.spec.containers[0].imagePullPolicy: json: cannot unmarshal number into Go struct field "
      "Container.spec.template.spec.containers.imagePullPolicy of type v1.PullPolicy");
  CHECK(first("spec: {strategy: {rollingUpdate: {maxSurge: true}}}") ==
        "spec.strategy.rollingUpdate.maxSurge: json: cannot unmarshal bool into Go struct field "
        "RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32");
  CHECK(first("spec: {paused: 'yes'}") ==
        "spec.paused: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type "
        "bool");
}

TEST_CASE("every wrong value is found, not only the first") {
  const schema::Decoded read =
      deployment("spec: {replicas: some, paused: later, minReadySeconds: 1, bogus: 1}");
  CHECK(read.problems.size() == 3);
  CHECK(read.value["spec"]["minReadySeconds"].asInt() == 1);
  CHECK_FALSE(read.value["spec"].has(keys::replicas));
}

TEST_CASE("what a patch has made is read in the converter's words") {
  const auto first = [](std::string_view text) { return deployment(text).fatal()->converterMessage; };
  CHECK(first("spec: {replicas: three}") == "unrecognized type: int32");
  CHECK(first("metadata: {labels: {version: 1}}") == "cannot convert int64 to string");
  CHECK(first("metadata: {labels: {version: true}}") == "unrecognized type: string");
  CHECK(first("spec: x") == "cannot restore struct from: string");
  CHECK(first("spec: {template: {spec: {containers: {name: a}}}}") == "cannot restore slice from map");
  CHECK(first("metadata: {labels: [a]}") == "cannot restore map from slice");
}

TEST_CASE("malformed quantities are told in resource.ParseQuantity's words") {
  const auto memory = [](std::string_view text) {
    return decode(
        "v1", "Pod",
        yaml("spec: {containers: [{name: a, resources: {limits: {memory: " + std::string(text) + "}}}]}"));
  };
  const schema::Decoded bad = memory("2Gb");
  REQUIRE(bad.fatal() != nullptr);
  CHECK(bad.fatal()->path == "spec.containers[0].resources.limits.memory");
  CHECK(bad.fatal()->message ==
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  CHECK(memory("2Mm").fatal()->message == "unable to parse quantity's suffix");
  CHECK(memory("true").fatal() != nullptr);
  CHECK(memory("{a: 1}").fatal() != nullptr);
  const auto canonical = [&](std::string_view text) {
    const schema::Decoded read = memory(text);
    REQUIRE(read.problems.empty());
    return read.value["spec"]["containers"].item(0)["resources"]["limits"]["memory"].toString();
  };
  CHECK(canonical("0.5") == "500m");
  CHECK(canonical("134217728") == "134217728");
  CHECK(canonical("1048576Ki") == "1Gi");
}

TEST_CASE("times and base64 texts are checked and made canonical") {
  const auto created = [](std::string_view text) {
    return decode("v1", "Pod",
                  Value::object({{keys::metadata, Value::object({{keys::creationTimestamp, Value(text)}})}}));
  };
  CHECK(created("2026-01-01T09:00:00+09:00").value["metadata"]["creationTimestamp"].asString() ==
        "2026-01-01T00:00:00Z");
  CHECK(
      created("yesterday").fatal()->message ==
      "parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"");
  CHECK(created("2026-01-01").fatal()->message ==
        "parsing time \"2026-01-01\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\"");
  CHECK(created("2026-13-01T00:00:00Z").fatal()->message ==
        "parsing time \"2026-13-01T00:00:00Z\": month out of range");
  CHECK(created("2026-02-30T00:00:00Z").fatal()->message ==
        "parsing time \"2026-02-30T00:00:00Z\": day out of range");

  const auto secret = [](std::string_view text) {
    return decode("v1", "Secret",
                  Value::object({{keys::data, Value::object({{Key::intern("k"), Value(text)}})}}));
  };
  CHECK(secret("cGFzcw==").problems.empty());
  CHECK(secret("").problems.empty());
  CHECK(secret("plain text").fatal()->message == "illegal base64 data at input byte 5");
  CHECK(secret("cGFzcw=").fatal()->message == "illegal base64 data at input byte 7");
  CHECK(secret("cGFzc").fatal()->message == "illegal base64 data at input byte 4");
  CHECK(secret("cGFzcw==x").fatal()->message == "illegal base64 data at input byte 8");
}

TEST_CASE("what Go would not write goes, and what it always writes appears") {
  const Value pod = decode("v1", "Pod",
                           yaml("metadata: {name: web, labels: {}, namespace: null}\n"
                                "spec:\n"
                                "  hostNetwork: false\n"
                                "  terminationGracePeriodSeconds: 0\n"
                                "  securityContext: {}\n"
                                "  nodeSelector: null\n"
                                "  containers:\n"
                                "  - name: a\n"
                                "    image: ''\n"
                                "    command: []\n"
                                "    env: [{name: EMPTY, value: ''}]\n"))
                        .value;
  CHECK(pod["metadata"].size() == 1);
  CHECK_FALSE(pod["spec"].has(Key::intern("hostNetwork")));
  CHECK_FALSE(pod["spec"].has(Key::intern("nodeSelector")));
  CHECK(pod["spec"]["terminationGracePeriodSeconds"].isInt());
  CHECK(pod["spec"]["securityContext"].isObject());
  const Value container = pod["spec"]["containers"].item(0);
  CHECK_FALSE(container.has(keys::image));
  CHECK_FALSE(container.has(Key::intern("command")));
  CHECK(container["env"].item(0).size() == 1);
  CHECK(container[keys::resources].isObject());
  CHECK(pod[keys::status].isObject());
}

TEST_CASE("null items and null values of maps become empty ones") {
  const Value pod =
      decode("v1", "Pod",
             yaml("metadata: {labels: {a: null}}\nspec: {containers: [null], tolerations: []}\n"))
          .value;
  CHECK(pod["metadata"]["labels"]["a"].isString());
  CHECK(pod["spec"]["containers"].item(0).isObject());
}

TEST_CASE("a value that is no object at all, and one nested deeply, are only wrong") {
  CHECK(decode("v1", "Pod", "text").fatal()->message ==
        "json: cannot unmarshal string into Go value of type v1.Pod");
  Value deep = 1;
  for (int i = 0; i < 199; ++i) deep = Value::array({Value(deep)});
  CHECK(decode("v1", "Pod", Value::object({{keys::spec, deep}})).fatal() != nullptr);
}

TEST_CASE("thousands of mistakes are told up to a limit") {
  std::vector<Value::Member> members;
  for (int i = 0; i < 5000; ++i) members.push_back({Key::intern("bogus" + std::to_string(i)), i});
  const schema::Decoded read = decode("v1", "Pod", Value::object(members));
  CHECK(read.strict().size() == 100);
  CHECK(read.value.size() == 3);  // metadata, spec and status
}

TEST_CASE("published manifests have no problems") {
  for (const char* path :
       {"tests/fixtures/guestbook-all-in-one.yaml", "tests/fixtures/online-boutique.yaml"}) {
    CAPTURE(path);
    const Documents read = readManifest(readFile(path));
    REQUIRE_FALSE(read.error);
    int decoded = 0;
    for (const Document& document : read.documents) {
      const Value& apiVersion = document.value["apiVersion"];
      const Value& kind = document.value["kind"];
      if (findKind(apiVersion.asString(), kind.asString()) == nullptr) continue;
      const schema::Decoded one = decode(apiVersion.asString(), kind.asString(), document.value);
      CHECK(told(one).empty());
      // What has been read once is typed: reading it again finds and changes nothing.
      CHECK(decode(apiVersion.asString(), kind.asString(), one.value).value.sameAs(one.value));
      ++decoded;
    }
    CHECK(decoded >= 6);
  }
}

namespace {

// The tree with one node, found by `steps` (one a level), replaced.
Value mutated(const Value& value, std::span<const std::uint64_t> steps, const Value& by) {
  if (steps.empty() || value.empty()) return by;
  const std::size_t at = static_cast<std::size_t>(steps[0] % value.size());
  if (value.isArray()) return value.withItem(at, mutated(value.item(at), steps.subspan(1), by));
  return value.with(value.memberKeys()[at], mutated(value.memberValues()[at], steps.subspan(1), by));
}

}  // namespace

TEST_CASE("any value anywhere is either refused or read into something that reads as itself") {
  const Documents read = readManifest(readFile("tests/fixtures/guestbook-all-in-one.yaml"));
  const Value wrong[] = {nullptr,
                         true,
                         0,
                         -1,
                         1e300,
                         4294967296,
                         "",
                         "text",
                         "10Gi",
                         Value::emptyArray(),
                         Value::emptyObject(),
                         Value::array({Value(1), Value("a"), Value()}),
                         Value::object({{Key::intern("name"), 1}, {Key::intern("bogus"), nullptr}})};
  std::uint64_t state = 1;
  const auto next = [&state] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    const Value& original = read.documents[next() % read.documents.size()].value;
    std::vector<std::uint64_t> steps;
    for (std::uint64_t depth = 1 + next() % 8; depth > 0; --depth) steps.push_back(next());
    const Value given = mutated(original, steps, wrong[next() % std::size(wrong)]);
    const std::string kind = original[keys::kind].toString();
    const schema::Decoded once = decode(original[keys::apiVersion].asString(), kind, given);
    if (once.fatal() != nullptr) {
      ++refused;
      continue;
    }
    const schema::Decoded twice = decode(original[keys::apiVersion].asString(), kind, once.value);
    CHECK(twice.problems.empty());
    CHECK(twice.value.sameAs(once.value));
  }
  CHECK(refused > 1000);
}
