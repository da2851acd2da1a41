#include "core/http/encode.hpp"

#include <doctest/doctest.h>

#include "core/api/keys.hpp"

using namespace pilothouse;
using namespace pilothouse::http;

TEST_CASE("warnings become headers that hold no more than their text") {
  CHECK(warningHeader("unknown field \"spec.bogus\"") == R"(299 - "unknown field \"spec.bogus\"")");
  CHECK(warningHeader("a\r\nSet-Cookie: b\\") == R"(299 - "aSet-Cookie: b\\")");
  const HttpResponse response = encode(apiserver::Response{201, Value::emptyObject(), {"one", "two"}}, {});
  CHECK(response.code == 201);
  CHECK(response.headers.all("warning").size() == 2);
}

TEST_CASE("a refusal that may be tried again says when") {
  const api::Status later = api::Status::serverTimeout(api::resources::pods, "list", 3);
  CHECK(encode(later).headers.find("Retry-After") == "3");
  CHECK(!encode(api::Status::badRequest("no")).headers.has("Retry-After"));
}

TEST_CASE("bodies are JSON on a line, JSON for people, or YAML") {
  const Value object = Value::object({{keys::kind, "Pod"}});
  CHECK(jsonText(200, object, {}).body == "{\"kind\":\"Pod\"}\n");
  Style pretty;
  pretty.pretty = true;
  CHECK(jsonText(200, object, pretty).body == "{\n  \"kind\": \"Pod\"\n}\n");
  Style yaml;
  yaml.yaml = true;
  const HttpResponse response = jsonText(200, object, yaml);
  CHECK(response.body == "kind: Pod\n");
  CHECK(response.contentType == "application/yaml");
}

TEST_CASE("an event is a line, and a Table is in the version that was asked for") {
  Style style;
  style.as = apiserver::Representation::Table;
  style.metaVersion = "v1beta1";
  const Value table = Value::object({{keys::apiVersion, "meta.k8s.io/v1"}, {keys::kind, "Table"}});
  CHECK(encodeEvent({apiserver::WatchEvent::Type::Added, table}, style) ==
        "{\"object\":{\"apiVersion\":\"meta.k8s.io/v1beta1\",\"kind\":\"Table\"},\"type\":\"ADDED\"}\n");
}

TEST_CASE("people's tools get JSON in lines") {
  HttpRequest curl;
  curl.headers.add("User-Agent", "curl/7.88.1");
  CHECK(wantsPretty(curl, false, ""));
  CHECK(!wantsPretty(curl, true, "false"));
  HttpRequest kubectl;
  kubectl.headers.add("User-Agent", "kubectl/v1.33.1");
  CHECK(!wantsPretty(kubectl, false, ""));
  CHECK(wantsPretty(kubectl, true, "true"));
}
