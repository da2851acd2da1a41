#include "core/http/openapi_v2.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "core/http/endpoints.hpp"
#include "core/http/wire_reader.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using http::WireReader;

namespace {

// The contents of a field of a message, each time that it is there.
std::vector<std::string> fields(std::string_view message, std::uint32_t number) {
  std::vector<std::string> found;
  WireReader reader(message);
  while (reader.next()) {
    if (reader.field() == number) found.emplace_back(reader.bytes());
  }
  CHECK(reader.error() == "");
  return found;
}

std::string field(std::string_view message, std::uint32_t number) {
  const std::vector<std::string> found = fields(message, number);
  return found.empty() ? "" : found.front();
}

// The value of the NamedSchema or NamedPathItem of that name.
std::string named(std::string_view message, std::uint32_t number, std::string_view name) {
  for (const std::string& item : fields(message, number)) {
    if (field(item, 1) == name) return field(item, 2);
  }
  return "";
}

http::HttpResponse ask(std::string accept) {
  http::HttpRequest request;
  request.method = "GET";
  request.target = "/openapi/v2";
  request.headers.add("Accept", std::move(accept));
  return http::answerEndpoint(request, *http::parseTarget(request.target), {});
}

void references(const Value& value, std::set<std::string>& found) {
  if (value["$ref"].isString()) found.insert(value["$ref"].toString());
  for (const Value& item : value.items()) references(item, found);
  for (const Value& member : value.memberValues()) references(member, found);
}

}  // namespace

TEST_CASE("OpenAPI v2 is a whole document: all that it refers to is in it") {
  const Value whole = http::openApiV2Document();
  std::set<std::string> found;
  references(whole, found);
  CHECK(found.size() > 100);
  const std::string prefix = "#/definitions/";
  for (const std::string& reference : found) {
    REQUIRE(reference.substr(0, prefix.size()) == prefix);
    CHECK_MESSAGE(whole["definitions"][reference.substr(prefix.size())].isObject(), reference);
  }
}

TEST_CASE("a schema in v2 has references beside its words, no defaults, and texts for quantities") {
  const Value definitions = http::openApiV2Document()["definitions"];
  CHECK(writeJson(definitions["io.k8s.api.core.v1.Pod"]["properties"]["spec"]["$ref"]) ==
        R"("#/definitions/io.k8s.api.core.v1.PodSpec")");
  CHECK(definitions["io.k8s.api.core.v1.Pod"]["properties"]["spec"]["default"].isNull());
  CHECK(definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]["type"] == Value("string"));
  CHECK(definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]["format"] == Value("int-or-string"));
}

TEST_CASE("kubectl finds what it looks for in the protobuf form: schemas by kind, parameters of PATCH") {
  const std::string& document = http::openApiV2Protobuf();
  CHECK(field(document, 1) == "2.0");
  const std::string pod = named(field(document, 9), 1, "io.k8s.api.core.v1.Pod");
  CHECK(field(pod, 4).substr(0, 42) == "Pod is a collection of containers that can");
  CHECK(field(field(pod, 22), 1) == "object");
  const std::string kind = named(pod, 31, "x-kubernetes-group-version-kind");
  CHECK(field(kind, 2) == "- group: \"\"\n  kind: Pod\n  version: v1\n");
  const std::string spec = named(field(document, 9), 1, "io.k8s.api.core.v1.PodSpec");
  CHECK(fields(spec, 19) == std::vector<std::string>{"containers"});
  const std::string containers = named(field(spec, 25), 1, "containers");
  CHECK(field(field(field(containers, 23), 1), 1) == "#/definitions/io.k8s.api.core.v1.Container");
  CHECK(field(named(containers, 31, "x-kubernetes-patch-merge-key"), 2) == "name\n");

  const std::string path = named(field(document, 8), 2, "/api/v1/namespaces/{namespace}/pods/{name}");
  const std::string patch = field(path, 8);
  CHECK(field(patch, 5) == "patchCoreV1NamespacedPod");
  std::vector<std::string> query;
  for (const std::string& item : fields(patch, 8)) {
    const std::string parameter = field(field(field(item, 1), 2), 3);
    if (!parameter.empty()) query.push_back(field(parameter, 4));
  }
  CHECK(query == std::vector<std::string>{"dryRun", "fieldManager", "fieldValidation", "force"});
}

TEST_CASE("/openapi/v2 comes as it is asked for") {
  const http::HttpResponse protobuf = ask("application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
  CHECK(protobuf.code == 200);
  CHECK(protobuf.contentType == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  CHECK(protobuf.body == http::openApiV2Protobuf());
  const http::HttpResponse json = ask("application/json, */*");
  CHECK(json.contentType == "application/json");
  CHECK(json.body.substr(0, 15) == R"({"definitions":)");
}
