#include "core/http/route.hpp"

#include <doctest/doctest.h>

#include "core/api/keys.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using namespace pilothouse::http;
using apiserver::Verb;

namespace {

HttpRequest request(std::string method, std::string target) {
  HttpRequest made;
  made.method = std::move(method);
  made.target = std::move(target);
  return made;
}

HttpRequest request(std::string method, std::string target, std::string contentType, std::string body) {
  HttpRequest made = request(std::move(method), std::move(target));
  made.headers.add("Content-Type", std::move(contentType));
  made.body = std::move(body);
  return made;
}

Value bodyOf(const HttpResponse& response) {
  Documents read = readJson(response.body);
  return read.documents.empty() ? Value() : read.documents.front().value;
}

std::string messageOf(const Routed& routed) { return bodyOf(routed.answer)[keys::message].toString(); }

}  // namespace

TEST_CASE("a path and a method become a verb on a resource") {
  const Routed one = route(request("GET", "/apis/apps/v1/namespaces/shop/deployments/web"));
  REQUIRE(one.kind == Routed::Kind::Call);
  CHECK(one.request.verb == Verb::Get);
  CHECK(one.request.resource == &api::resources::deployments);
  CHECK(one.request.namespace_ == Value("shop"));
  CHECK(one.request.name == Value("web"));

  const Routed all = route(request("GET", "/api/v1/pods?limit=500&labelSelector=app%3Dweb"));
  CHECK(all.request.verb == Verb::List);
  CHECK(all.request.namespace_.isNull());
  CHECK(all.request.options->limit == 500);
  CHECK(all.request.options->labelSelector == "app=web");

  const Routed collection = route(request("DELETE", "/api/v1/namespaces/shop/pods"));
  CHECK(collection.request.verb == Verb::DeleteCollection);
  const Routed status =
      route(request("PUT", "/api/v1/namespaces/shop/pods/web/status", "application/json", "{}"));
  CHECK(status.request.verb == Verb::Update);
  CHECK(status.request.subresource.text() == "status");
}

TEST_CASE("a namespace is an object, and the place of others") {
  const Routed itself = route(request("GET", "/api/v1/namespaces/shop"));
  CHECK(itself.request.resource == &api::resources::namespaces);
  CHECK(itself.request.name == Value("shop"));
  CHECK(itself.request.namespace_.isNull());
  const Routed finalize = route(request("PUT", "/api/v1/namespaces/shop/finalize", "application/json", "{}"));
  CHECK(finalize.request.resource == &api::resources::namespaces);
  CHECK(finalize.request.subresource.text() == "finalize");
  const Routed inside = route(request("GET", "/api/v1/namespaces/shop/pods"));
  CHECK(inside.request.resource == &api::resources::pods);
  CHECK(inside.request.namespace_ == Value("shop"));
}

TEST_CASE("watches come as a parameter or as the old path") {
  const Routed modern = route(
      request("GET", "/api/v1/pods?watch=1&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=300"));
  REQUIRE(modern.kind == Routed::Kind::Watch);
  CHECK(modern.request.options->resourceVersion == "7");
  CHECK(modern.request.options->allowWatchBookmarks);
  CHECK(modern.request.options->watchTimeout == std::chrono::seconds(300));
  const Routed old =
      route(request("GET", "/api/v1/watch/namespaces/shop/pods/web?fieldSelector=status.phase=Running"));
  REQUIRE(old.kind == Routed::Kind::Watch);
  CHECK(old.request.name.isNull());
  CHECK(old.request.options->fieldSelector == "status.phase=Running,metadata.name=web");
  CHECK(route(request("GET", "/api/v1/pods?watch=false")).request.verb == Verb::List);
  CHECK(route(request("GET", "/api/v1/namespaces/a/pods/b?watch=true")).request.verb == Verb::Get);
}

TEST_CASE("what is no place in the API is not found") {
  const auto codeOf = [](const char* method, const char* target) {
    const Routed routed = route(request(method, target));
    return routed.kind == Routed::Kind::Answer ? routed.answer.code : 0;
  };
  CHECK(codeOf("GET", "/api/v1/unicorns") == 404);
  CHECK(codeOf("GET", "/api/v1/pods/web") == 404);            // a namespaced object without its namespace
  CHECK(codeOf("GET", "/api/v1/namespaces/a/nodes") == 404);  // one that is in no namespace
  CHECK(codeOf("GET", "/api/v1/namespaces/a/pods/b/horn") == 404);  // no such subresource
  CHECK(codeOf("GET", "/apis/apps/v9/deployments") == 404);
  CHECK(codeOf("POST", "/api/v1/pods") == 405);  // all namespaces can only be looked at
  CHECK(codeOf("POST", "/api/v1/namespaces/a/pods/b") == 405);
  CHECK(codeOf("PUT", "/api/v1/namespaces/a/pods") == 405);
  CHECK(codeOf("DELETE", "/api/v1/namespaces/a/pods/b/log") == 405);
  CHECK(codeOf("BREW", "/api/v1/namespaces/a/pods/b") == 405);
  CHECK(codeOf("GET", "no-slash") == 400);
  CHECK(codeOf("GET", "/api/v1/pods/%zz") == 400);

  const Routed missing = route(request("GET", "/api/v1/unicorns"));
  CHECK(messageOf(missing) == "the server could not find the requested resource");
  CHECK(bodyOf(missing.answer)["details"].isObject());
  // Nothing at all is served under that group.
  CHECK(route(request("GET", "/apis/unicorns.io/v1/unicorns")).answer.body == "404 page not found\n");
}

TEST_CASE("discovery and health are no resources") {
  for (const char* path :
       {"/", "/api", "/apis/apps/v1", "/version", "/readyz", "/openapi/v3/api/v1", "/nonsense"}) {
    const Routed routed = route(request("GET", path));
    CHECK(routed.kind == Routed::Kind::Endpoint);
    CHECK(routed.path == path);
    CHECK(routed.verb == "get");
  }
}

TEST_CASE("numbers that are none are refused in Go's words") {
  CHECK(messageOf(route(request("GET", "/api/v1/pods?limit=many"))) ==
        R"(strconv.ParseInt: parsing "many": invalid syntax)");
  CHECK(messageOf(route(request("GET", "/api/v1/pods?limit=99999999999999999999"))) ==
        R"(strconv.ParseInt: parsing "99999999999999999999": value out of range)");
  CHECK(messageOf(route(request("GET", "/api/v1/namespaces/a/pods/b/log?tailLines=x"))) ==
        R"(strconv.ParseInt: parsing "x": invalid syntax)");
  CHECK(messageOf(route(request("GET", "/api/v1/pods?resourceVersionMatch=Perhaps")))
            .find("Unsupported value") != std::string::npos);
}

TEST_CASE("write options are validated before the body is looked at") {
  const char* pods = "/api/v1/namespaces/a/pods";
  const auto posted = [&](const std::string& query) {
    return route(request("POST", pods + query, "application/json", "{}"));
  };
  CHECK(posted("?dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict").kind == Routed::Kind::Call);
  CHECK(posted("?dryRun=All").request.options->dryRun);
  CHECK(posted("?fieldValidation=Strict").request.fieldValidation == apiserver::FieldValidation::Strict);
  CHECK(posted("").request.fieldValidation == apiserver::FieldValidation::Warn);
  CHECK(messageOf(posted("?dryRun=Perhaps"))
            .find(R"(CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value)") == 0);
  const Routed force =
      route(request("PATCH", "/api/v1/namespaces/a/pods/b?force=true", "application/merge-patch+json", "{}"));
  CHECK(
      messageOf(force) ==
      R"(PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch)");
}

TEST_CASE("bodies are read by their content type") {
  const char* pods = "/api/v1/namespaces/a/pods";
  const Value expected = Value::object({{keys::kind, "Pod"}});
  CHECK(route(request("POST", pods, "application/json", R"({"kind":"Pod"})")).request.body == expected);
  CHECK(route(request("POST", pods, "application/yaml", "kind: Pod\n")).request.body == expected);
  CHECK(route(request("POST", pods, "application/json; charset=utf-8", R"({"kind":"Pod"})")).request.body ==
        expected);

  const Routed text = route(request("POST", pods, "text/plain", "kind: Pod"));
  CHECK(text.answer.code == 415);
  CHECK(messageOf(text) ==
        "the body of the request was in an unknown format - accepted media types include: application/json, "
        "application/yaml, application/vnd.kubernetes.protobuf");
  const Routed broken = route(request("POST", pods, "application/json", R"({"kind":})"));
  CHECK(broken.answer.code == 400);
  CHECK(messageOf(broken) ==
        "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse "
        "error: "
        "invalid character '}' looking for beginning of value ({\"kind\":})");
  CHECK(messageOf(route(request("POST", pods, "application/json", ""))) ==
        "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse "
        "error: "
        "unexpected end of JSON input (<empty>)");
  CHECK(messageOf(route(request("POST", pods, "application/vnd.kubernetes.protobuf", "oops")))
            .find("the object provided is unrecognized (must be of type Pod)") == 0);
}

TEST_CASE("a patch is of one of four types") {
  const auto patched = [](const char* type, const char* body) {
    return route(request("PATCH", "/api/v1/namespaces/a/pods/b?fieldManager=me", type, body));
  };
  CHECK(patched("application/json-patch+json", "[]").request.patchType == apiserver::PatchType::Json);
  CHECK(patched("application/merge-patch+json", "{}").request.patchType == apiserver::PatchType::Merge);
  CHECK(patched("application/strategic-merge-patch+json", "{}").request.patchType ==
        apiserver::PatchType::StrategicMerge);
  CHECK(patched("application/apply-patch+yaml", "kind: Pod").request.patchType ==
        apiserver::PatchType::Apply);
  CHECK(patched("application/json", "{}").answer.code == 415);
  CHECK(patched("application/merge-patch+json", "{").answer.code == 400);
  CHECK(patched("application/apply-patch+yaml", "a: [").answer.code == 400);
}

TEST_CASE("deletion's options come in the body or as parameters") {
  const Routed body = route(request("DELETE", "/api/v1/namespaces/a/pods/b", "application/json",
                                    R"({"propagationPolicy":"Orphan"})"));
  CHECK(body.request.body["propagationPolicy"] == Value("Orphan"));
  const Routed query =
      route(request("DELETE", "/api/v1/namespaces/a/pods/b?gracePeriodSeconds=0&orphanDependents=true"));
  CHECK(query.request.body["gracePeriodSeconds"] == Value(0));
  CHECK(query.request.body["orphanDependents"] == Value(true));
  CHECK(route(request("DELETE", "/api/v1/namespaces/a/pods/b")).request.body.isNull());
  CHECK(route(request("DELETE", "/api/v1/namespaces/a/pods/b?gracePeriodSeconds=soon")).answer.code == 400);
}

TEST_CASE("logs and commands are streams") {
  const Routed log =
      route(request("GET",
                    "/api/v1/namespaces/a/pods/b/"
                    "log?container=c&follow=true&tailLines=5&sinceTime=2026-01-01T00%3A00%3A00Z"));
  REQUIRE(log.kind == Routed::Kind::Stream);
  CHECK(log.request.body["container"] == Value("c"));
  CHECK(log.request.body["follow"] == Value(true));
  CHECK(log.request.body["tailLines"] == Value(5));
  CHECK(log.request.body["sinceTime"] == Value("2026-01-01T00:00:00Z"));
  CHECK(route(request("GET", "/api/v1/namespaces/a/pods/b/log?sinceTime=yesterday")).answer.code == 400);
  const Routed exec = route(request(
      "GET", "/api/v1/namespaces/a/pods/b/exec?command=sh&command=-c&command=echo+hi&stdout=true&tty=false"));
  REQUIRE(exec.kind == Routed::Kind::Stream);
  CHECK(exec.request.body["command"] == Value::array({"sh", "-c", "echo hi"}));
  CHECK(exec.request.body["stdout"] == Value(true));
  CHECK(!exec.request.body.has(Key::intern("tty")));
  CHECK(route(request("POST", "/api/v1/namespaces/a/pods/b/portforward?ports=80")).answer.code == 501);
}

TEST_CASE("credentials are what the transport and the headers bring") {
  HttpRequest made = request("GET", "/api/v1/pods");
  CHECK(route(made).request.credentials->commonName.empty());
  made.peer = {"jane", {"students"}, false};
  made.headers.add("authorization", "Bearer abc.def");
  made.headers.add("Impersonate-User", "bob");
  made.headers.add("Impersonate-Group", "a");
  made.headers.add("Impersonate-Group", "b");
  made.headers.add("Impersonate-Extra-Scopes%2fX", "view");
  const auto credentials = route(made).request.credentials;
  CHECK(credentials->commonName == "jane");
  CHECK(credentials->bearerToken == "abc.def");
  REQUIRE(credentials->impersonate);
  CHECK(credentials->impersonate->groups == std::vector<std::string>{"a", "b"});
  REQUIRE(credentials->impersonate->extra.size() == 1);
  CHECK(credentials->impersonate->extra[0].first == "scopes/x");

  HttpRequest strange = request("GET", "/api/v1/pods");
  strange.peer.badCertificate = true;
  CHECK(route(strange).answer.code == 401);
  HttpRequest groupOnly = request("GET", "/api/v1/pods");
  groupOnly.headers.add("Impersonate-Group", "a");
  CHECK(route(groupOnly).answer.code == 500);
}

TEST_CASE("a body beyond the limit is refused") {
  const Routed routed =
      route(request("POST", "/api/v1/namespaces/a/pods", "application/json", std::string(kBodyMax + 1, ' ')));
  CHECK(routed.answer.code == 413);
  CHECK(messageOf(routed) == "Request entity too large: limit is 3145728");
}
