#include "core/http/endpoints.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/api/keys.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using namespace pilothouse::http;

namespace {

HttpResponse get(const std::string& target, const std::string& accept = "", const ServerState& state = {}) {
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  if (!accept.empty()) request.headers.add("Accept", accept);
  return answerEndpoint(request, *parseTarget(target), state);
}

Value json(const HttpResponse& response) {
  Documents read = readJson(response.body);
  REQUIRE(!read.documents.empty());
  return read.documents.front().value;
}

const Value& named(const Value& list, std::string_view key, std::string_view name) {
  static const Value none;
  for (const Value& item : list.items()) {
    if (item[key].asString() == name) return item;
  }
  return none;
}

}  // namespace

TEST_CASE("the older discovery lists groups, versions and resources") {
  CHECK(json(get("/api"))["versions"] == Value::array({"v1"}));
  const Value groups = json(get("/apis"))["groups"];
  CHECK(named(groups, "name", "apps").get(Key::intern("preferredVersion"), Key::intern("groupVersion")) ==
        Value("apps/v1"));
  CHECK(json(get("/apis/apps"))[keys::kind] == Value("APIGroup"));
  const Value core = json(get("/api/v1"));
  CHECK(core["groupVersion"] == Value("v1"));
  const Value pods = named(core["resources"], "name", "pods");
  CHECK(pods["namespaced"] == Value(true));
  CHECK(pods["shortNames"] == Value::array({"po"}));
  CHECK(pods["categories"] == Value::array({"all"}));
  const Value binding = named(core["resources"], "name", "pods/binding");
  CHECK(binding[keys::kind] == Value("Binding"));
  CHECK(binding["verbs"] == Value::array({"create"}));
  const Value scale = named(json(get("/apis/apps/v1"))["resources"], "name", "deployments/scale");
  CHECK(scale["group"] == Value("autoscaling"));
  CHECK(scale[keys::kind] == Value("Scale"));
  CHECK(get("/apis/unicorns.io").code == 404);
  CHECK(get("/apis/apps/v9").code == 404);
}

TEST_CASE("aggregated discovery says its form in the content type") {
  const HttpResponse response =
      get("/apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
  CHECK(response.contentType == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  const Value list = json(response);
  CHECK(list[keys::apiVersion] == Value("apidiscovery.k8s.io/v2"));
  for (const Value& item : list[keys::items].items())
    CHECK(!item[keys::metadata][keys::name].asString().empty());
  const Value core =
      json(get("/api", "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"));
  CHECK(core[keys::apiVersion] == Value("apidiscovery.k8s.io/v2beta1"));
  const Value version = core[keys::items].item(0)["versions"].item(0);
  const Value nodes = named(version["resources"], "resource", "nodes");
  CHECK(nodes["scope"] == Value("Cluster"));
  CHECK(nodes["responseKind"][keys::kind] == Value("Node"));
  CHECK(named(nodes["subresources"], "subresource", "status")["responseKind"][keys::kind] == Value("Node"));
}

TEST_CASE("a client that has discovery already is told that nothing changed") {
  const std::string accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const std::string tag(get("/apis", accept).headers.find("etag"));
  REQUIRE(!tag.empty());
  HttpRequest again;
  again.method = "GET";
  again.target = "/apis";
  again.headers.add("Accept", accept);
  again.headers.add("If-None-Match", tag);
  const HttpResponse response = answerEndpoint(again, *parseTarget("/apis"), {});
  CHECK(response.code == 304);
  CHECK(response.body.empty());
}

TEST_CASE("health is told in a word, in lines, or check by check") {
  CHECK(get("/healthz").body == "ok");
  CHECK(get("/livez").body == "ok");
  const std::string verbose = get("/readyz?verbose").body;
  CHECK(verbose.find("[+]ping ok\n") == 0);
  CHECK(verbose.find("[+]etcd ok\n") != std::string::npos);
  CHECK(verbose.find("readyz check passed\n") != std::string::npos);
  CHECK(get("/readyz/ping").body == "ok");
  CHECK(get("/readyz/unicorn").code == 404);

  ServerState sick;
  sick.etcdHealthy = false;
  const HttpResponse failed = get("/readyz", "", sick);
  CHECK(failed.code == 500);
  CHECK(failed.body.find("[-]etcd failed: reason withheld\n") != std::string::npos);
  CHECK(failed.body.find("readyz check failed\n") != std::string::npos);
  CHECK(get("/livez/etcd", "", sick).code == 500);
  CHECK(get("/livez?exclude=etcd", "", sick).body == "ok");
  CHECK(get("/livez?verbose&exclude=horn").body.find("no matches for \"horn\"") != std::string::npos);
}

TEST_CASE("version, the list of paths, and what is not there") {
  CHECK(json(get("/version"))["gitVersion"] == Value("v1.33.1"));
  const Value paths = json(get("/"))["paths"];
  const auto all = paths.items();
  CHECK(std::find(all.begin(), all.end(), Value("/apis/apps/v1")) != all.end());
  CHECK(get("/nonsense").code == 404);
  CHECK(get("/nonsense").body == "404 page not found\n");
}

TEST_CASE("OpenAPI documents come from whoever has them") {
  ServerState state;
  state.openApi = [](std::string_view path) -> std::optional<std::string> {
    if (path == "/openapi/v3") return "{}";
    return std::nullopt;
  };
  CHECK(get("/openapi/v3", "", state).body == "{}");
  CHECK(get("/openapi/v3/apis/unicorns.io/v1", "", state).code == 404);
}
