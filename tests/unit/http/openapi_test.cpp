#include "core/http/openapi.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "core/api/kind.hpp"
#include "core/http/openapi_schemas.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

constexpr std::string_view kRef = "$ref";

Value document(std::string_view path) {
  const std::optional<std::string> text = http::openApi(path);
  REQUIRE_MESSAGE(text, path);
  const Documents read = readJson(*text);
  REQUIRE(read.documents.size() == 1);
  return read.documents.front().value;
}

Value schema(const Value& document, std::string_view name) { return document["components"]["schemas"][name]; }

// Every "$ref" below `value`.
void references(const Value& value, std::set<std::string>& found) {
  if (value[kRef].isString()) found.insert(value[kRef].toString());
  for (const Value& item : value.items()) references(item, found);
  for (const Value& member : value.memberValues()) references(member, found);
}

std::vector<std::string> names(const Value& parameters) {
  std::vector<std::string> made;
  for (const Value& parameter : parameters.items()) made.push_back(parameter["name"].toString());
  return made;
}

}  // namespace

TEST_CASE("the index names a document for each served group and version, with a hash that caches trust") {
  const Value paths = document("/openapi/v3")["paths"];
  for (const api::Kind* kind : api::allKinds()) {
    const api::Resource& resource = *kind->resource;
    const std::string name = resource.group.empty() ? "api/v1" : "apis/" + resource.apiVersion();
    const std::string url = paths[name]["serverRelativeURL"].toString();
    REQUIRE(url.find("?hash=") != std::string::npos);
    CHECK(url.substr(0, url.find('?')) == "/openapi/v3/" + name);
    CHECK(http::openApi(url.substr(0, url.find('?'))));
  }
  CHECK_FALSE(http::openApi("/openapi/v3/apis/example.com/v1"));
  CHECK_FALSE(http::openApi("/openapi/v3/"));
}

TEST_CASE("each document is whole: what its parts refer to is in it, and every served kind has its schema") {
  std::set<std::string> paths;
  for (const api::Kind* kind : api::allKinds()) {
    const api::Resource& resource = *kind->resource;
    const std::string path =
        "/openapi/v3/" + (resource.group.empty() ? "api/v1" : "apis/" + resource.apiVersion());
    const std::string_view name = http::openapi::schemaName(resource.group, resource.version, resource.kind);
    CHECK_MESSAGE(!name.empty(), resource.kind);
    if (!paths.insert(path).second) continue;
    const Value whole = document(path);
    CHECK(schema(whole, name).isObject());
    std::set<std::string> found;
    references(whole, found);
    for (const std::string& reference : found) {
      const std::string prefix = "#/components/schemas/";
      REQUIRE(reference.substr(0, prefix.size()) == prefix);
      CHECK_MESSAGE(schema(whole, reference.substr(prefix.size())).isObject(), reference);
    }
  }
}

TEST_CASE("schemas say what kubectl explain shows") {
  const Value core = document("/openapi/v3/api/v1");
  const Value port = schema(core, "io.k8s.api.core.v1.ContainerPort");
  CHECK(writeJson(port["required"]) == R"(["containerPort"])");
  CHECK(
      writeJson(port["properties"]["containerPort"]) ==
      R"({"default":0,"description":"Number of port to expose on the pod's IP address. This must be a valid )"
      R"(port number, 0 \u003c x \u003c 65536.","format":"int32","type":"integer"})");
  CHECK(port["properties"]["protocol"]["default"] == Value("TCP"));
  CHECK(port["properties"]["protocol"]["description"] ==
        Value("Protocol for port. Must be UDP, TCP, or SCTP. Defaults to \"TCP\".\n\nPossible enum values:\n"
              " - `\"SCTP\"` is the SCTP protocol.\n - `\"TCP\"` is the TCP protocol.\n"
              " - `\"UDP\"` is the UDP protocol."));
  CHECK(writeJson(port["properties"]["protocol"]["enum"]) == R"(["SCTP","TCP","UDP"])");
  const Value pod = schema(core, "io.k8s.api.core.v1.Pod");
  CHECK(writeJson(pod["x-kubernetes-group-version-kind"]) == R"([{"group":"","kind":"Pod","version":"v1"}])");
  CHECK(writeJson(pod["properties"]["spec"]["allOf"]) ==
        R"([{"$ref":"#/components/schemas/io.k8s.api.core.v1.PodSpec"}])");
  CHECK(writeJson(pod["properties"]["spec"]["default"]) == "{}");
  const Value containers = schema(core, "io.k8s.api.core.v1.PodSpec")["properties"]["containers"];
  CHECK(containers["x-kubernetes-patch-merge-key"] == Value("name"));
  CHECK(containers["x-kubernetes-patch-strategy"] == Value("merge"));
  CHECK(containers["x-kubernetes-list-type"] == Value("map"));
  CHECK(writeJson(containers["x-kubernetes-list-map-keys"]) == R"(["name"])");
  CHECK(schema(core, "io.k8s.apimachinery.pkg.util.intstr.IntOrString")["format"] == Value("int-or-string"));
  CHECK(schema(core, "io.k8s.api.core.v1.LocalObjectReference")["x-kubernetes-map-type"] == Value("atomic"));
  // Paragraphs and indented lines stay apart.
  CHECK(
      schema(core, "io.k8s.api.core.v1.AppArmorProfile")["properties"]["type"]["description"].toString().find(
          "Valid options are:\n  Localhost - a profile pre-loaded on the node.\n  RuntimeDefault") !=
      std::string::npos);
}

TEST_CASE("operations tell clients that fieldValidation and dryRun are understood") {
  const Value paths = document("/openapi/v3/apis/apps/v1")["paths"];
  const Value one = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"];
  CHECK(names(one["patch"]["parameters"]) ==
        std::vector<std::string>{"dryRun", "fieldManager", "fieldValidation", "force"});
  CHECK(names(one["put"]["parameters"]) ==
        std::vector<std::string>{"dryRun", "fieldManager", "fieldValidation"});
  CHECK(writeJson(one["patch"]["x-kubernetes-group-version-kind"]) ==
        R"({"group":"apps","kind":"Deployment","version":"v1"})");
  CHECK(one["patch"]["requestBody"]["content"]["application/apply-patch+yaml"].isObject());
  CHECK(one["get"]["operationId"] == Value("readAppsV1NamespacedDeployment"));
  CHECK(names(one["parameters"]) == std::vector<std::string>{"name", "namespace", "pretty"});
  const Value all = paths["/apis/apps/v1/namespaces/{namespace}/deployments"];
  CHECK(all["post"]["operationId"] == Value("createAppsV1NamespacedDeployment"));
  CHECK(all["post"]["tags"].item(0) == Value("apps_v1"));
  CHECK(paths["/apis/apps/v1/deployments"]["get"]["operationId"] ==
        Value("listAppsV1DeploymentForAllNamespaces"));
  const Value scale = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"];
  CHECK(scale["get"]["x-kubernetes-group-version-kind"]["kind"] == Value("Scale"));
  CHECK(scale["put"]["requestBody"]["content"]["*/*"]["schema"][kRef] ==
        Value("#/components/schemas/io.k8s.api.autoscaling.v1.Scale"));
  CHECK(document("/openapi/v3/apis/rbac.authorization.k8s.io/v1")
            ["paths"]["/apis/rbac.authorization.k8s.io/v1/clusterroles"]["get"]["tags"]
                .item(0) == Value("rbacAuthorization_v1"));
}
