#include <string>

#include "doctest/doctest.h"
#include "tests/unit/web/page_fixture.hpp"

using namespace pilothouse;
using web::testing::Page;

namespace {

constexpr const char* kWeb =
    R"({"do":"apply","manifest":"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n)"
    R"(spec:\n  replicas: 2\n  selector:\n    matchLabels: {app: web}\n  template:\n)"
    R"(    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n)"
    R"(      - {name: nginx, image: \"nginx:1.25\"}\n"})";

}  // namespace

TEST_CASE("A script applies a manifest, lets time pass and reads the answer and the objects") {
  Page page;
  page.ask(R"({"do":"run","seconds":5})");
  const Value applied = page.ask(kWeb);
  REQUIRE(applied["id"].asInt() > 0);
  page.ask(R"({"do":"run","seconds":60})");
  const Value result = page.ask(R"({"do":"result","id":)" + std::to_string(applied["id"].asInt()) + "}");
  CHECK(result["finished"].asBool());
  CHECK(result["ok"].asBool());
  CHECK(result["messages"].item(0)["text"].toString() == "deployment.apps/web created");
  const Value state = page.ask(R"({"do":"state"})");
  CHECK(state["counts"]["pods"].asInt() == 2);
  CHECK(state["counts"]["readyPods"].asInt() == 2);
  CHECK(page.ask(R"({"do":"objects","resource":"pods","namespace":"default"})")["items"].size() == 2);
}

TEST_CASE("The same inputs at the same times give the same digest") {
  std::string digests[2];
  for (std::string& digest : digests) {
    Page page;
    page.ask(R"({"do":"reset","preset":"learning","seed":7})");
    page.ask(R"({"do":"run","seconds":3})");
    page.ask(kWeb);
    page.ask(R"({"do":"run","seconds":40})");
    digest = page.ask(R"({"do":"digest"})")["digest"].toString();
  }
  CHECK(digests[0].size() == 16);
  CHECK(digests[0] == digests[1]);
}

TEST_CASE("Whatever a script says, it gets an answer and the page lives on") {
  Page page;
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  const std::string bad[] = {"",
                             "{",
                             "null",
                             "[]",
                             "42",
                             "\"x\"",
                             deep,
                             "{\"do\":" + deep + "}",
                             "{\"do\":1}",
                             "{\"do\":\"fly\"}",
                             "{}",
                             "{}{}",
                             std::string("{\"do\":\"state\"\0}", 15),
                             "{\"do\":\"\xFF\xFE\"}",
                             R"({"do":"apply"})",
                             R"({"do":"apply","manifest":7})",
                             R"({"do":"run"})",
                             R"({"do":"run","seconds":-1})",
                             R"({"do":"run","seconds":1e300})",
                             R"({"do":"run","seconds":"5"})",
                             R"({"do":"result","id":-3})",
                             R"({"do":"result","id":"x"})",
                             R"({"do":"result","id":99999999999999})",
                             R"({"do":"objects"})",
                             R"({"do":"objects","resource":"../../etc"})",
                             R"({"do":"language","language":"xx"})",
                             R"({"do":"language","language":null})",
                             R"({"do":"open","example":"../secret"})",
                             R"({"do":"open"})",
                             R"({"do":"open","lesson":"99-none"})",
                             R"({"do":"input"})",
                             R"({"do":"input","verb":"scale","arguments":[1]})",
                             R"({"do":"time","speed":"fast"})",
                             R"({"do":"time","speed":-5})",
                             R"({"do":"why","target":"pod:x"})",
                             R"({"do":"why"})",
                             R"({"do":"restore","session":{"seed":"x"},"seconds":1})"};
  for (const std::string& script : bad) {
    CAPTURE(script.substr(0, 80));
    const Value answer = page.ask(script);
    CHECK(answer.isObject());
  }
  for (const char* verb : {"apply", "delete", "scale", "stop", "start", "partition", "heal", "request",
                           "killContainer", "zzz"}) {
    for (const char* arguments :
         {"{}", R"({"resource":"pods","name":"","namespace":"","replicas":-9})",
          R"({"component":{},"url":[],"manifest":null,"pod":1,"container":true,"a":0,"b":"*"})"}) {
      CHECK(page.ask(std::string(R"({"do":"input","verb":")") + verb + R"(","arguments":)" + arguments +
                     "}")["id"]
                .asInt() > 0);
    }
  }
  page.ask(R"({"do":"run","seconds":30})");
  page.frames(3);
  CHECK(page.ask(R"({"do":"state"})")["counts"]["nodes"].asInt() == 4);
}

TEST_CASE("Speed, pause, language and selection can be set by a script") {
  Page page;
  page.ask(R"({"do":"time","speed":10})");
  page.ask(R"({"do":"language","language":"ko"})");
  page.ask(R"({"do":"select","target":"component:kube-scheduler"})");
  page.frames(2);
  Value state = page.ask(R"({"do":"state"})");
  CHECK(state["speed"].asDouble() == 10);
  CHECK(state["language"].toString() == "ko");
  CHECK(state["selected"].toString() == "component:kube-scheduler");
  CHECK(page.platform.language == "ko");
  page.ask(R"({"do":"time","speed":0})");
  state = page.ask(R"({"do":"state"})");
  CHECK(state["paused"].asBool());
}
