// The module's entry points. The page's script (page/*.mjs) owns the loop: it hands input in, asks for frames
// while one is wanted, and shows words if the module should ever fail.

#include <GLES3/gl3.h>
#include <emscripten.h>
#include <emscripten/html5_webgl.h>

#include <algorithm>
#include <memory>
#include <string>

#include "imgui.h"
#include "imgui_impl_opengl3.h"
#include "wasm/browser_platform.hpp"
#include "wasm/keys.hpp"
#include "web/app.hpp"

namespace pilothouse::wasm {
namespace {

constexpr double kFrameSecondsMax = 0.25;
constexpr float kFrameSecondsMin = 1e-5F;  // ImGui wants time to pass

struct Page {
  BrowserPlatform platform;
  web::BootFiles boot;
  std::unique_ptr<web::App> app;
  float width = 1;
  float height = 1;
  float pixelRatio = 1;
  double lastFrame = -1;
  std::string clipboard;
  std::string answer;  ///< of the last evaluate(), for the page to read
};

Page& page() {
  static Page the;
  return the;
}

const char* clipboardText() { return page().clipboard.c_str(); }

void setClipboardText(const char* text) {
  page().clipboard = text;
  page().platform.copyText(text);
}

#if IMGUI_VERSION_NUM >= 19200
void connectClipboard() {
  ImGuiPlatformIO& io = ImGui::GetPlatformIO();
  io.Platform_GetClipboardTextFn = [](ImGuiContext*) { return clipboardText(); };
  io.Platform_SetClipboardTextFn = [](ImGuiContext*, const char* text) { setClipboardText(text); };
}
#else
void connectClipboard() {
  ImGuiIO& io = ImGui::GetIO();
  io.GetClipboardTextFn = [](void*) { return clipboardText(); };
  io.SetClipboardTextFn = [](void*, const char* text) { setClipboardText(text); };
}
#endif

bool openCanvas() {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = false;
  attributes.depth = false;
  attributes.stencil = false;
  attributes.antialias = false;  // ImGui smooths its own edges
  const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context = emscripten_webgl_create_context("#canvas", &attributes);
  return context > 0 && emscripten_webgl_make_context_current(context) == EMSCRIPTEN_RESULT_SUCCESS;
}

void sendModifiers(int modifiers) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, (modifiers & 1) != 0);
  io.AddKeyEvent(ImGuiMod_Shift, (modifiers & 2) != 0);
  io.AddKeyEvent(ImGuiMod_Alt, (modifiers & 4) != 0);
  io.AddKeyEvent(ImGuiMod_Super, (modifiers & 8) != 0);
}

}  // namespace
}  // namespace pilothouse::wasm

using namespace pilothouse;
using pilothouse::wasm::page;

extern "C" {

/// One of the files that are there at the start; call before pilothouseStart.
EMSCRIPTEN_KEEPALIVE void pilothouseAddFile(const char* name, const char* bytes, std::size_t size) {
  page().boot.files[name] = std::string(bytes, size);
}

/// 1 when the application runs; 0 when WebGL2 is refused.
EMSCRIPTEN_KEEPALIVE int pilothouseStart(const char* language, int dark, int reducedMotion, float pixelRatio,
                                         const char* hash) {
  if (!wasm::openCanvas()) return 0;
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  wasm::connectClipboard();
  ImGui_ImplOpenGL3_Init("#version 300 es");
  page().boot.language = language;
  page().boot.dark = dark != 0;
  page().boot.reducedMotion = reducedMotion != 0;
  page().boot.pixelRatio = pixelRatio;
  page().boot.hash = hash;
  page().pixelRatio = pixelRatio;
  page().app = std::make_unique<web::App>(page().platform, std::move(page().boot));
  page().app->prepare(pixelRatio);
  return 1;
}

EMSCRIPTEN_KEEPALIVE void pilothouseResize(float width, float height, float pixelRatio) {
  page().width = std::max(width, 1.0F);
  page().height = std::max(height, 1.0F);
  if (pixelRatio == page().pixelRatio || !page().app) return;
  page().pixelRatio = pixelRatio;
  page().app->prepare(pixelRatio);
}

/// Draws one frame; 1 when another is wanted at once. `now` in milliseconds.
EMSCRIPTEN_KEEPALIVE int pilothouseFrame(double now) {
  wasm::Page& p = page();
  const double elapsed =
      p.lastFrame < 0 ? 0 : std::clamp((now - p.lastFrame) / 1000, 0.0, wasm::kFrameSecondsMax);
  p.lastFrame = now;
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(p.width, p.height);
  io.DisplayFramebufferScale = ImVec2(p.pixelRatio, p.pixelRatio);
  io.DeltaTime = std::max(static_cast<float>(elapsed), wasm::kFrameSecondsMin);
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  const bool more = p.app->frame(elapsed);
  ImGui::Render();
  glViewport(0, 0, static_cast<int>(p.width * p.pixelRatio), static_cast<int>(p.height * p.pixelRatio));
  const ImVec4 background = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  glClearColor(background.x, background.y, background.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  return more ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE void pilothousePointerMove(float x, float y, int touch) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(touch != 0 ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  io.AddMousePosEvent(x, y);
}

EMSCRIPTEN_KEEPALIVE void pilothousePointerLeave() { ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX); }

/// `button` as in PointerEvent.button: 0 left, 1 middle, 2 right.
EMSCRIPTEN_KEEPALIVE void pilothousePointerButton(int button, int down, int modifiers) {
  if (button < 0 || button > 2) return;
  wasm::sendModifiers(modifiers);
  static constexpr int kButtons[] = {0, 2, 1};
  ImGui::GetIO().AddMouseButtonEvent(kButtons[button], down != 0);
}

EMSCRIPTEN_KEEPALIVE void pilothouseWheel(float x, float y, int modifiers) {
  wasm::sendModifiers(modifiers);
  ImGui::GetIO().AddMouseWheelEvent(x, y);
}

EMSCRIPTEN_KEEPALIVE void pilothouseKey(const char* code, int down, int modifiers) {
  wasm::sendModifiers(modifiers);
  const ImGuiKey key = wasm::keyOfCode(code);
  if (key != ImGuiKey_None) ImGui::GetIO().AddKeyEvent(key, down != 0);
}

EMSCRIPTEN_KEEPALIVE void pilothouseText(const char* text) { ImGui::GetIO().AddInputCharactersUTF8(text); }

EMSCRIPTEN_KEEPALIVE void pilothouseFocus(int focused) { ImGui::GetIO().AddFocusEvent(focused != 0); }

/// Text from the system's clipboard: becomes ours, and Ctrl+V follows.
EMSCRIPTEN_KEEPALIVE void pilothousePaste(const char* text) {
  page().clipboard = text;
  ImGuiIO& io = ImGui::GetIO();
  const ImGuiKey modifier = io.ConfigMacOSXBehaviors ? ImGuiMod_Super : ImGuiMod_Ctrl;
  io.AddKeyEvent(modifier, true);
  io.AddKeyEvent(ImGuiKey_V, true);
  io.AddKeyEvent(ImGuiKey_V, false);
  io.AddKeyEvent(modifier, false);
}

EMSCRIPTEN_KEEPALIVE void pilothouseFileOpened(const char* name, const char* bytes, std::size_t size) {
  if (page().app) page().app->fileOpened(name, std::string_view(bytes, size));
}

/// The answer stays valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* pilothouseEvaluate(const char* json) {
  page().answer = page().app ? page().app->evaluate(json) : R"({"error":"not started"})";
  return page().answer.c_str();
}

}  // extern "C"
