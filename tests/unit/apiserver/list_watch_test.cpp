#include "tests/unit/apiserver/writers_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

const Key kContinue = Key::intern("continue");

Value configMap(const std::string& name, std::string_view label = "a") {
  return Value::object(
      {{keys::apiVersion, "v1"},
       {keys::kind, "ConfigMap"},
       {keys::metadata, Value::object({{keys::name, Value(name)},
                                       {keys::labels, Value::object({{Key::intern("l"), Value(label)}})}})}});
}

std::string versionOf(const Response& response) {
  return response.body.get(keys::metadata, keys::resourceVersion).toString();
}

/// Some ConfigMaps: c0, c1…
struct Lists : ClusterFixture {
  explicit Lists(int count) {
    for (int i = 0; i < count; ++i) create(r::configMaps, configMap("c" + std::to_string(i)));
  }
  Response refusedWatch(const RequestOptions& options) {
    Request made = request(Verb::Watch, r::configMaps);
    made.options = std::make_shared<RequestOptions>(options);
    Response answer;
    server.watch(std::move(made), [&](Response response) { answer = std::move(response); },
                 {[](WatchEvent) {}, [] {}});
    simulator.runFor(20ms);
    return answer;
  }
};

RequestOptions at(std::string_view version, ResourceVersionMatch match = ResourceVersionMatch::Unset,
                  std::int64_t limit = 0) {
  RequestOptions options;
  options.resourceVersion = version;
  options.resourceVersionMatch = match;
  options.limit = limit;
  return options;
}

}  // namespace

TEST_CASE("list options that contradict each other are invalid ListOptions") {
  Lists f(1);
  const Response lone = f.list(r::configMaps, at("", ResourceVersionMatch::Exact));
  CHECK(lone.code == 422);
  CHECK(message(lone) ==
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is "
        "forbidden unless resourceVersion is provided");
  CHECK(message(f.list(r::configMaps, at("0", ResourceVersionMatch::Exact))) ==
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "
        "\"exact\" is forbidden for resourceVersion \"0\"");
  RequestOptions initial;
  initial.sendInitialEvents = true;
  CHECK(
      message(f.list(r::configMaps, initial)) ==
      "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden "
      "for list");
  CHECK(
      message(f.refusedWatch(initial)) ==
      "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires "
      "setting resourceVersionMatch to NotOlderThan");
  CHECK(message(f.refusedWatch(at("1", ResourceVersionMatch::NotOlderThan))) ==
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is "
        "forbidden for watch unless sendInitialEvents is provided");
}

TEST_CASE("versions that are none are told as kube-apiserver tells them") {
  Lists f(1);
  const Response list = f.list(r::configMaps, at("x"));
  CHECK(list.code == 400);
  CHECK(message(list) ==
        "invalid resource version: resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": "
        "invalid syntax");
  const Response watch = f.refusedWatch(at("x"));
  CHECK(watch.code == 500);
  CHECK(message(watch) ==
        "resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax");
  RequestOptions token;
  token.continueToken = "a?b";
  CHECK(message(f.list(r::configMaps, token)) ==
        "invalid continue token: continue key is not valid: illegal base64 data at input byte 1");
}

TEST_CASE("a version that is not there yet is too large") {
  Lists f(1);
  const Response list = f.list(r::configMaps, at("99999", ResourceVersionMatch::NotOlderThan));
  CHECK(list.code == 504);
  CHECK(list.body[keys::reason].toString() == "Timeout");
  CHECK(message(list).find("Timeout: Too large resource version: 99999, current: ") == 0);
  CHECK(list.body["details"]["causes"].item(0)[keys::reason].toString() == "ResourceVersionTooLarge");
  CHECK(f.list(r::configMaps, at("99999", ResourceVersionMatch::Exact)).code == 504);
  Request get = ClusterFixture::request(Verb::Get, r::configMaps, "c0");
  get.options = std::make_shared<RequestOptions>(at("99999"));
  CHECK(f.send(std::move(get)).code == 504);
}

TEST_CASE("pages are one consistent list; without a match a limit makes a version exact; 0 knows no pages") {
  Lists f(5);
  RequestOptions page = at("", ResourceVersionMatch::Unset, 2);
  const Response first = f.list(r::configMaps, page);
  CHECK(first.body[keys::items].size() == 2);
  CHECK(first.body[keys::metadata]["remainingItemCount"].asInt() == 3);
  f.create(r::configMaps, configMap("c11"));
  f.remove(r::configMaps, "c3");
  page.continueToken = first.body.get(keys::metadata, kContinue).toString();
  page.limit = 0;
  const Response rest = f.list(r::configMaps, page);
  CHECK(versionOf(rest) == versionOf(first));
  REQUIRE(rest.body[keys::items].size() == 3);
  CHECK(api::name(rest.body[keys::items].item(1)) == "c3");

  const Response exact = f.list(r::configMaps, at(versionOf(first), ResourceVersionMatch::Unset, 10));
  CHECK(exact.body[keys::items].size() == 5);
  CHECK(versionOf(exact) == versionOf(first));
  CHECK(f.list(r::configMaps, at("0", ResourceVersionMatch::Unset, 2)).body[keys::items].size() == 5);
  RequestOptions both = at("1");
  both.continueToken = page.continueToken;
  CHECK(message(f.list(r::configMaps, both)) ==
        "specifying resource version is not allowed when using continue");
}

TEST_CASE("a page that has expired brings a token that goes on from the newest state") {
  Lists f(4);
  RequestOptions page = at("", ResourceVersionMatch::Unset, 2);
  page.continueToken = f.list(r::configMaps, page).body.get(keys::metadata, kContinue).toString();
  for (int i = 0; i < 3; ++i) {
    f.simulator.runFor(std::chrono::minutes(5));
    f.create(r::configMaps, configMap("d" + std::to_string(i)));
  }
  const Response expired = f.list(r::configMaps, page);
  CHECK(expired.code == 410);
  CHECK(expired.body[keys::reason].toString() == "Expired");
  page.continueToken = expired.body.get(keys::metadata, kContinue).toString();
  REQUIRE_FALSE(page.continueToken.empty());
  page.limit = 0;
  const Response rest = f.list(r::configMaps, page);
  REQUIRE(rest.ok());
  CHECK(rest.body[keys::items].size() == 5);
  CHECK(api::name(rest.body[keys::items].item(0)) == "c2");
}

TEST_CASE("initial events of a watch end with an annotated bookmark") {
  Lists f(2);
  std::vector<std::string> seen;
  Value last;
  RequestOptions options = at("", ResourceVersionMatch::NotOlderThan);
  options.sendInitialEvents = true;
  options.allowWatchBookmarks = true;
  Request made = ClusterFixture::request(Verb::Watch, r::configMaps);
  made.options = std::make_shared<RequestOptions>(options);
  f.server.watch(std::move(made), [](Response response) { CHECK(response.ok()); },
                 {[&](WatchEvent event) {
                    seen.push_back(std::string(watchEventKey(event.type).text()) + " " +
                                   std::string(api::name(event.object)));
                    last = event.object;
                  },
                  [] {}});
  f.simulator.runFor(20ms);
  CHECK(seen == std::vector<std::string>{"ADDED c0", "ADDED c1", "BOOKMARK "});
  CHECK(api::annotations(last)["k8s.io/initial-events-end"].toString() == "true");
  f.create(r::configMaps, configMap("c2"));
  CHECK(seen.back() == "ADDED c2");
}

TEST_CASE("a watch that was stopped before etcd answered never opens") {
  Lists f(2);
  RequestOptions options = at("", ResourceVersionMatch::NotOlderThan);
  options.sendInitialEvents = true;
  Request made = ClusterFixture::request(Verb::Watch, r::configMaps);
  made.options = std::make_shared<RequestOptions>(options);
  const WatchId id = f.server.watch(std::move(made), [](Response) { FAIL("answered"); },
                                    {[](WatchEvent) { FAIL("sent"); }, [] {}});
  f.server.stopWatch(id);
  f.simulator.runFor(20ms);
}

TEST_CASE("an object that leaves a selector is DELETED for its watcher, at the version of the change") {
  Lists f(1);
  std::vector<std::string> seen;
  RequestOptions options;
  options.labelSelector = "l=a";
  f.watch(r::configMaps, options, seen);
  f.update(r::configMaps, configMap("c0", "b"));
  f.update(r::configMaps, configMap("c0", "a"));
  f.update(r::configMaps, configMap("c0", "a").withPath({keys::data}, Value::object({{keys::value, "1"}})));
  CHECK(seen == std::vector<std::string>{"ADDED c0", "DELETED c0", "ADDED c0", "MODIFIED c0"});
}

TEST_CASE("a watch ends after its time") {
  Lists f(1);
  std::vector<std::string> seen;
  RequestOptions options;
  options.watchTimeout = 10s;
  f.watch(r::configMaps, options, seen);
  f.simulator.runFor(11s);
  CHECK(seen == std::vector<std::string>{"ADDED c0", "closed"});
}

TEST_CASE("a dry run of deletecollection deletes nothing") {
  Lists f(2);
  Request made = ClusterFixture::request(Verb::DeleteCollection, r::configMaps);
  auto options = std::make_shared<RequestOptions>();
  options->dryRun = true;
  options->labelSelector = "l=a";
  made.options = options;
  CHECK(f.send(std::move(made)).body[keys::items].size() == 2);
  CHECK(f.list(r::configMaps).body[keys::items].size() == 2);
}

TEST_CASE("a Job that is deleted without a word keeps its pods, and says so") {
  ClusterFixture f;
  const api::Resource& jobs = *api::findResource("batch", "jobs");
  const Value job = ClusterFixture::yaml(
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {restartPolicy: Never, "
      "containers: [{name: c, image: i}]}}}\n");
  REQUIRE(f.create(jobs, job).ok());
  const Response first = f.remove(jobs, "j");
  REQUIRE(first.warnings.size() == 1);
  CHECK(
      first.warnings[0] ==
      "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove "
      "them or set propagationPolicy=Orphan to suppress this warning");
  CHECK(api::meta(f.get(jobs, "j").body)[keys::finalizers].item(0).toString() == "orphan");
}

TEST_CASE("DeleteOptions are looked at") {
  Lists f(1);
  const Response refused = f.remove(r::configMaps, "c0", ClusterFixture::yaml("dryRun: [Some]"));
  CHECK(refused.code == 422);
  CHECK(message(refused).find("dryRun: Unsupported value: ") != std::string::npos);
}
