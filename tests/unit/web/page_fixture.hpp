#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/value/document.hpp"
#include "imgui.h"
#include "web/app.hpp"

namespace pilothouse::web::testing {

/// What the browser would keep and be told.
class RecordingPlatform : public Platform {
 public:
  std::string load(std::string_view key) override {
    const auto found = kept.find(std::string(key));
    return found == kept.end() ? std::string() : found->second;
  }
  void store(std::string_view key, std::string_view value) override { kept[std::string(key)] = value; }
  void openLink(std::string_view url) override { links.emplace_back(url); }
  void copyText(std::string_view) override {}
  void saveFile(std::string_view name, std::string_view text) override { saved[std::string(name)] = text; }
  void pickFile() override { ++picks; }
  void setLanguage(std::string_view code) override { language = code; }
  void mirror(const std::string& json) override { mirrored = json; }
  void setTextInput(bool wanted, float, float, float) override { typing = wanted; }

  std::map<std::string, std::string> kept;
  std::map<std::string, std::string> saved;
  std::vector<std::string> links;
  std::string language;
  std::string mirrored = "[]";
  int picks = 0;
  bool typing = false;
};

/// The page over an ImGui context without a screen: frames, clicks by the mirror's ids, the script interface.
class Page {
 public:
  explicit Page(BootFiles boot = {}, std::map<std::string, std::string> kept = {}) {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
#if IMGUI_VERSION_NUM >= 19200
    ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
#endif
    platform.kept = std::move(kept);
    app = std::make_unique<App>(platform, std::move(boot));
    app->prepare(1);
    size(1440, 900);
  }
  ~Page() {
    app.reset();
#if IMGUI_VERSION_NUM >= 19200
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
      texture->SetTexID(ImTextureID_Invalid);
      texture->SetStatus(ImTextureStatus_Destroyed);
    }
#endif
    ImGui::DestroyContext();
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  void size(float width, float height) {
    ImGui::GetIO().DisplaySize = {width, height};
    frames(4);
  }

  bool frame(double seconds = 1.0 / 60) {
    ImGui::GetIO().DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    const bool more = app->frame(seconds);
    ImGui::Render();
#if IMGUI_VERSION_NUM >= 19200
    for (ImTextureData* texture : *ImGui::GetDrawData()->Textures) {
      if (texture->Status == ImTextureStatus_WantDestroy) {
        texture->SetTexID(ImTextureID_Invalid);
        texture->SetStatus(ImTextureStatus_Destroyed);
      } else if (texture->Status != ImTextureStatus_OK) {
        texture->SetTexID(1);
        texture->SetStatus(ImTextureStatus_OK);
      }
    }
#endif
    return more;
  }
  void frames(int count) {
    for (; count > 0; --count) frame();
  }

  Value ask(const std::string& json) {
    const Documents read = readJson(app->evaluate(json));
    return read.documents.empty() ? Value() : read.documents.front().value;
  }

  Value elements() const {
    const Documents read = readJson(platform.mirrored);
    return read.documents.empty() ? Value() : read.documents.front().value;
  }
  /// The visible element with that id; null when there is none.
  Value element(std::string_view id) const {
    const Value all = elements();
    for (const Value& one : all.items()) {
      if (one["id"].asString() == id) return one;
    }
    return {};
  }
  bool click(std::string_view id) {
    const Value one = element(id);
    if (one.isNull()) return false;
    const Value& r = one["rect"];
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(static_cast<float>(r.item(0).asDouble() + r.item(2).asDouble() / 2),
                        static_cast<float>(r.item(1).asDouble() + r.item(3).asDouble() / 2));
    frame();
    io.AddMouseButtonEvent(0, true);
    frame();
    io.AddMouseButtonEvent(0, false);
    frames(3);
    return true;
  }

  RecordingPlatform platform;
  std::unique_ptr<App> app;
};

}  // namespace pilothouse::web::testing
