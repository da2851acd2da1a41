#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "doctest/doctest.h"
#include "tests/unit/web/page_fixture.hpp"

using namespace pilothouse;
using web::BootFiles;
using web::testing::Page;

namespace {

BootFiles withExample() {
  BootFiles boot;
  boot.language = "en";
  boot.files["examples/web.yaml"] =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n  selector:\n"
      "    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n"
      "      containers:\n      - {name: nginx, image: \"nginx:1.25\"}\n";
  return boot;
}

}  // namespace

TEST_CASE("Every panel draws at every size in both languages, light and dark, inside the window") {
  for (const char* language : {"ko", "en"}) {
    BootFiles boot = withExample();
    boot.language = language;
    boot.dark = language == std::string("en");
    Page page(boot);
    page.ask(R"({"do":"run","seconds":3})");
    for (const ImVec2 window : {ImVec2(1440, 900), ImVec2(1024, 768), ImVec2(390, 844), ImVec2(240, 200)}) {
      page.size(window.x, window.y);
      for (const char* tab : {"tab.lesson", "tab.tools", "tab.manifest", "tab.inspector", "tab.etcd",
                              "tab.events", "tab.why", "tab.log", "tab.scene"}) {
        page.click(tab);
        page.frames(2);
        std::set<std::string> buttons;
        const Value all = page.elements();
        for (const Value& one : all.items()) {
          const Value& r = one["rect"];
          CHECK(r.item(0).asInt() >= 0);
          CHECK(r.item(0).asInt() + r.item(2).asInt() <= static_cast<std::int64_t>(window.x) + 1);
          CHECK(r.item(1).asInt() + r.item(3).asInt() <= static_cast<std::int64_t>(window.y) + 1);
          if (one["role"].asString() != "button") continue;
          CHECK_FALSE(one["label"].asString().empty());
          CHECK(buttons.insert(one["id"].toString()).second);
        }
      }
    }
  }
}

TEST_CASE("An example is opened, applied by its button, and its answer shown") {
  Page page(withExample());
  page.ask(R"({"do":"run","seconds":3})");
  REQUIRE(page.click("manifest.examples"));
  REQUIRE(page.click("example.examples/web.yaml"));
  page.frames(40);
  CHECK(page.element("manifest.problems")["label"].toString() == "No problems");
  REQUIRE(page.click("manifest.apply"));
  page.ask(R"({"do":"run","seconds":40})");
  page.frames(5);
  CHECK(page.element("manifest.message.0")["label"].toString() == "line 1  deployment.apps/web created");
  CHECK(page.ask(R"({"do":"state"})")["counts"]["readyPods"].asInt() == 2);
}

TEST_CASE("A wrong manifest is marked while typing, with the API server's words and place") {
  Page page(withExample());
  page.app->fileOpened("bad.yaml",
                       "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  contaners: []\n");
  page.frames(60);
  const std::string said = page.element("manifest.message.1000")["label"].toString();
  CAPTURE(said);
  CHECK(said.find("contaners") != std::string::npos);
  CHECK(said.find("line 6") != std::string::npos);
}

TEST_CASE("A pod is chosen in the scene and deleted, and another takes its place") {
  Page page(withExample());
  page.app->fileOpened("web.yaml", withExample().files.at("examples/web.yaml"));
  page.frames(2);
  page.click("manifest.apply");
  page.ask(R"({"do":"run","seconds":60})");
  page.frames(5);
  const Value before = page.ask(R"({"do":"objects","resource":"pods"})")["items"];
  REQUIRE(before.size() == 2);
  const std::string name = before.item(0)["metadata"]["name"].toString();
  REQUIRE(page.click("scene.pod:default/" + name));
  CHECK(page.ask(R"({"do":"state"})")["selected"].toString() == "pod:default/" + name);
  REQUIRE(page.click("object.delete"));
  page.ask(R"({"do":"run","seconds":60})");
  bool gone = true;
  const Value after = page.ask(R"({"do":"objects","resource":"pods"})")["items"];
  for (const Value& pod : after.items()) gone = gone && pod["metadata"]["name"].asString() != name;
  CHECK(after.size() == 2);
  CHECK(gone);
}

TEST_CASE("The language switch changes every label at once and is remembered") {
  std::map<std::string, std::string> kept;
  {
    Page page(withExample());
    CHECK(page.element("manifest.apply")["label"].toString() == "Apply");
    REQUIRE(page.click("app.language"));
    CHECK(page.element("manifest.apply")["label"].toString() == "적용");
    kept = page.platform.kept;
  }
  CHECK(kept["language"] == "ko");
  Page again(withExample(), kept);
  CHECK(again.element("manifest.apply")["label"].toString() == "적용");
}

TEST_CASE("A lesson goes on after a reload where it was left, in the cluster as it was") {
  BootFiles boot = withExample();
  for (const char* name : {"lesson.yaml", "ko.md", "en.md", "manifests/big.yaml", "manifests/shop.yaml",
                           "manifests/web-2.yaml", "manifests/web-5.yaml", "manifests/web.yaml"}) {
    const std::string path = std::string("lessons/03-desired-state/") + name;
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in.good());
    boot.files[path] = std::string(std::istreambuf_iterator<char>(in), {});
  }
  std::map<std::string, std::string> kept;
  {
    Page page(boot);
    REQUIRE(page.click("lesson.open.03-desired-state"));
    page.frames(3);
    REQUIRE(page.click("lesson.next"));
    page.ask(R"({"do":"run","seconds":20})");
    page.ask(R"({"do":"input","verb":"stop","arguments":{"component":"kube-scheduler"}})");
    page.frames(10);
    CHECK(page.ask(R"({"do":"state"})")["lesson"]["step"].asInt() == 1);
    kept = page.platform.kept;
  }
  Page again(boot, kept);
  const Value state = again.ask(R"({"do":"state"})");
  CHECK(state["lesson"]["id"].toString() == "03-desired-state");
  CHECK(state["lesson"]["step"].asInt() == 1);
  CHECK(state["elapsed"].asDouble() > 20);
  again.frames(3);
  CHECK(again.element("scene.component:kube-scheduler")["label"].toString() == "kube-scheduler, stopped");
}

TEST_CASE("A paused page at rest asks for no further frame") {
  Page page(withExample());
  page.ask(R"({"do":"time","speed":0})");
  page.frames(200);
  CHECK_FALSE(page.frame());
  page.ask(R"({"do":"time","speed":1})");
  CHECK(page.frame());
}

TEST_CASE("Typing reaches the editor only while it has the keyboard") {
  Page page(withExample());
  REQUIRE(page.click("manifest.editor"));
  CHECK(page.platform.typing);
  ImGui::GetIO().AddInputCharactersUTF8("이름: web");
  page.frames(2);
  CHECK(page.ask(R"({"do":"editor"})")["text"].toString() == "이름: web");
  REQUIRE(page.click("tab.etcd"));
  page.frames(2);
  CHECK_FALSE(page.platform.typing);
}

TEST_CASE("A large cluster is drawn as tiles") {
  BootFiles boot = withExample();
  boot.hash = "#preset=scale-300&seed=3";
  Page page(boot);
  page.ask(R"({"do":"run","seconds":2})");
  page.frames(3);
  CHECK(page.ask(R"({"do":"state"})")["counts"]["nodes"].asInt() == 300);
}
