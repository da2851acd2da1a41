// Looks at the page without a browser: runs web/ over a simulated pointer and keyboard and writes PNG files.
//
//   pilothouse_screenshot [--size 1440x900] [--ratio 2] [--language ko] [--dark] [--hash TEXT]
//                         [--file NAME=PATH]… STEP…
//
// Steps: eval:JSON (App::evaluate, prints the answer), click:ID (an element of the mirror), at:X,Y (click),
// move:X,Y, type:TEXT, frames:N (of 1/60 s), shot:FILE.png, mirror (prints it).

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/value/document.hpp"
#include "tests/tools/screenshot/software_canvas.hpp"
#include "web/app.hpp"

namespace {

using namespace pilothouse;

class ToolPlatform : public web::Platform {
 public:
  std::string load(std::string_view key) override { return kept[std::string(key)]; }
  void store(std::string_view key, std::string_view value) override { kept[std::string(key)] = value; }
  void openLink(std::string_view url) override {
    std::printf("link %.*s\n", static_cast<int>(url.size()), url.data());
  }
  void copyText(std::string_view) override {}
  void saveFile(std::string_view, std::string_view) override {}
  void pickFile() override {}
  void setLanguage(std::string_view) override {}
  void mirror(const std::string& json) override { mirrored = json; }
  void setTextInput(bool, float, float, float) override {}

  std::map<std::string, std::string> kept;
  std::string mirrored;
};

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Page {
  ToolPlatform platform;
  std::unique_ptr<web::App> app;
  tools::SoftwareCanvas canvas;
  ImVec2 size{1440, 900};
  float ratio = 1;

  void frame() {
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = size;
    io.DisplayFramebufferScale = {ratio, ratio};
    io.DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    app->frame(1.0 / 60);
    ImGui::Render();
    canvas.updateTextures(*ImGui::GetDrawData());
  }

  void click(ImVec2 at) {
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(at.x, at.y);
    frame();
    io.AddMouseButtonEvent(0, true);
    frame();
    io.AddMouseButtonEvent(0, false);
    for (int i = 0; i < 3; ++i) frame();
  }

  bool clickId(const std::string& id) {
    const Documents read = readJson(platform.mirrored);
    if (read.documents.empty()) return false;
    for (const Value& element : read.documents.front().value.items()) {
      if (element["id"].asString() != id) continue;
      const Value& r = element["rect"];
      click({static_cast<float>(r.item(0).asDouble() + r.item(2).asDouble() / 2),
             static_cast<float>(r.item(1).asDouble() + r.item(3).asDouble() / 2)});
      return true;
    }
    return false;
  }

  bool step(const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string verb = text.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (verb == "eval") {
      std::printf("%s\n", app->evaluate(rest).substr(0, 2000).c_str());
    } else if (verb == "click") {
      if (!clickId(rest)) std::printf("no element %s\n", rest.c_str());
    } else if (verb == "at" || verb == "move") {
      ImVec2 at;
      if (std::sscanf(rest.c_str(), "%f,%f", &at.x, &at.y) != 2) return false;
      if (verb == "at") click(at);
      ImGui::GetIO().AddMousePosEvent(at.x, at.y);
    } else if (verb == "type") {
      ImGui::GetIO().AddInputCharactersUTF8(rest.c_str());
      frame();
    } else if (verb == "frames") {
      for (int i = std::atoi(rest.c_str()); i > 0; --i) frame();
    } else if (verb == "shot") {
      canvas.render(*ImGui::GetDrawData(), IM_COL32(238, 241, 245, 255));
      return canvas.writePng(rest);
    } else if (verb == "mirror") {
      std::printf("%s\n", platform.mirrored.c_str());
    } else {
      return false;
    }
    return true;
  }
};

}  // namespace

int main(int count, char** arguments) {
  web::BootFiles boot;
  boot.language = "en";
  const std::string fonts = "/usr/share/fonts/truetype/nanum/";
  boot.files["fonts/ui.ttf"] = readFile(fonts + "NanumGothic.ttf");
  boot.files["fonts/mono.ttf"] = readFile(fonts + "NanumGothicCoding.ttf");
  Page page;
  std::vector<std::string> steps;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    const auto next = [&] { return i + 1 < count ? std::string(arguments[++i]) : std::string(); };
    if (word == "--size") {
      std::sscanf(next().c_str(), "%fx%f", &page.size.x, &page.size.y);
    } else if (word == "--ratio") {
      page.ratio = std::strtof(next().c_str(), nullptr);
    } else if (word == "--language") {
      boot.language = next();
    } else if (word == "--dark") {
      boot.dark = true;
    } else if (word == "--hash") {
      boot.hash = next();
    } else if (word == "--file") {
      const std::string pair = next();
      const std::size_t equals = pair.find('=');
      if (equals != std::string::npos) boot.files[pair.substr(0, equals)] = readFile(pair.substr(equals + 1));
    } else {
      steps.push_back(word);
    }
  }
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
#if IMGUI_VERSION_NUM >= 19200
  ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
#endif
  page.app = std::make_unique<web::App>(page.platform, std::move(boot));
  page.app->prepare(page.ratio);
  for (int i = 0; i < 3; ++i) page.frame();
  for (const std::string& step : steps) {
    if (page.step(step)) continue;
    std::fprintf(stderr, "cannot do \"%s\"\n", step.c_str());
    return 1;
  }
  page.app.reset();
#if IMGUI_VERSION_NUM >= 19200
  // What a renderer does at the end.
  for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
    texture->SetTexID(ImTextureID_Invalid);
    texture->SetStatus(ImTextureStatus_Destroyed);
  }
#endif
  ImGui::DestroyContext();
  return 0;
}
