#include "web/app.hpp"

#include <algorithm>
#include <chrono>

#include "web/address.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr ImGuiWindowFlags kPanel = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                    ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoCollapse |
                                    ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus;
constexpr ImGuiWindowFlags kFixed =
    kPanel | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
/// Wall time that a frame may spend on the simulation.
constexpr std::chrono::milliseconds kSimulationBudget{9};
/// Frames after the last thing that happened, for ImGui to settle.
constexpr int kSettleFrames = 3;

void panel(Ui& ui, const char* name, const Rect& rect, ImU32 fill, ImVec2 padding, ImGuiWindowFlags flags,
           void (*draw)(Ui&)) {
  if (rect.empty()) return;
  ImGui::SetNextWindowPos(rect.min);
  ImGui::SetNextWindowSize(rect.size());
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, padding);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, fill);
  const bool open = ImGui::Begin(name, nullptr, flags);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
  if (open) draw(ui);
  ImGui::End();
}

/// A border that can be dragged; true when it was let go, to remember where.
bool splitter(Ui& ui, const char* name, const Rect& rect, bool vertical, float sign, float& size) {
  if (rect.empty()) return false;
  bool released = false;
  ImGui::SetNextWindowPos(rect.min);
  ImGui::SetNextWindowSize(rect.size());
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ui.colors().canvas);
  if (ImGui::Begin(name, nullptr, kFixed | ImGuiWindowFlags_NoNavFocus)) {
    ImGui::InvisibleButton("##split", rect.size());
    const bool active = ImGui::IsItemActive();
    if (active || ImGui::IsItemHovered()) {
      ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
      ImGui::GetWindowDrawList()->AddRectFilled(rect.min, rect.max, withAlpha(ui.colors().accent, 0.5F));
    }
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    if (active) size += sign * (vertical ? moved.x : moved.y);
    released = ImGui::IsItemDeactivated();
  }
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
  return released;
}

void drawStrip(Ui& ui) {
  const Widgets::Tab tabs[] = {{"tab.lesson", ui.t(T::tabLesson)},
                               {"tab.scene", ui.t(T::tabScene)},
                               {"tab.tools", ui.t(T::tabTools)},
                               {"tab.log", ui.t(T::tabLog)}};
  if (ui.w.tabs(tabs, ui.layoutState.narrowTab)) ui.platform.store("layout", ui.layoutState.toText());
}

void drawSplitters(Ui& ui) {
  const Layout& l = ui.layout;
  LayoutState& state = ui.layoutState;
  bool released = splitter(ui, "split.left", l.leftSplit, true, 1, state.left);
  released = splitter(ui, "split.right", l.rightSplit, true, -1, state.right) || released;
  released = splitter(ui, "split.log", l.logSplit, false, -1, state.log) || released;
  if (!released) return;
  // What was asked for beyond the limits is forgotten.
  if (!l.lesson.empty()) state.left = l.lesson.width() + l.leftSplit.width();
  if (!l.tools.empty()) state.right = l.tools.width() + l.rightSplit.width();
  if (!l.log.empty()) state.log = l.log.height() + l.logSplit.height();
  ui.platform.store("layout", state.toText());
}

void drawPanels(Ui& ui) {
  const Layout& l = ui.layout;
  const Palette& c = ui.colors();
  const ImVec2 none(0, 0);
  const ImVec2 padding(units(4), units(4));
  panel(ui, "scene", l.scene, c.canvas, none, kFixed, drawScene);
  panel(ui, "top", l.top, c.surface, none, kFixed, drawTopBar);
  panel(ui, "lesson", l.lesson, c.surface, padding, kPanel, drawLesson);
  panel(ui, "tools", l.tools, c.surface, {units(3), units(1)}, kFixed, drawTools);
  panel(ui, "log", l.log, c.surface, {units(3), units(2)}, kFixed, drawLog);
  panel(ui, "time", l.time, c.surface, none, kFixed, drawTimeBar);
  panel(ui, "strip", l.strip, c.surface, {units(3), units(1)}, kFixed, drawStrip);
  drawSplitters(ui);
}

void shortcuts(Ui& ui, bool typing) {
  const ImGuiIO& io = ImGui::GetIO();
  if (typing || io.WantTextInput || io.KeyCtrl || io.KeyAlt || io.KeySuper) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Space, false) && !io.NavVisible) ui.act(Action::Kind::TogglePause);
  if (ImGui::IsKeyPressed(ImGuiKey_Period)) ui.act(Action::Kind::StepEvent);
  if (ImGui::IsKeyPressed(ImGuiKey_Comma)) ui.act(Action::Kind::StepMessage);
  if (ImGui::IsKeyPressed(ImGuiKey_N, false)) ui.act(Action::Kind::UntilChange);
}

/// Whether a person did something in this frame.
bool touched() {
  const ImGuiIO& io = ImGui::GetIO();
  const bool mouse = io.MouseDelta.x != 0 || io.MouseDelta.y != 0 || io.MouseWheel != 0 || io.MouseDown[0] ||
                     io.MouseReleased[0];
  return mouse || !io.InputQueueCharacters.empty() || io.WantTextInput;
}

}  // namespace

struct App::State {
  State(Platform& platform, BootFiles bootIn) : boot(std::move(bootIn)), ui(platform, boot) {}

  BootFiles boot;
  Ui ui;
  std::uint64_t resets = 0;
  int settle = kSettleFrames;
  bool textInput = false;

  void start();
  void followReset();
  void tellPlatform();
};

void App::State::start() {
  const std::string language = ui.platform.load("language");
  ui.language = languageOf(language.empty() ? boot.language : language);
  const std::string theme = ui.platform.load("theme");
  ui.theme.setDark(theme.empty() ? boot.dark : theme == "dark");
  ui.follow = ui.platform.load("follow") != "0";
  ui.layoutState = LayoutState::fromText(ui.platform.load("layout"));
  ui.course.load(boot);
  ui.world.onManifest = [this](std::string_view name, std::string_view text) {
    ui.actions.push_back({.kind = Action::Kind::OpenManifest,
                          .name = std::string(name),
                          .text = std::string(text),
                          .number = kQuietly});
  };
  const Address address = Address::parse(boot.hash);
  if (!address.language.empty()) ui.language = languageOf(address.language);
  if (!address.preset.empty()) ui.world.reset(address.preset, address.seed.value_or(Ui::kSeed));
  if (!address.lesson.empty()) {
    ui.course.open(address.lesson, ui.world, ui.platform, true);
  } else if (address.preset.empty()) {
    ui.course.open(Course::last(ui.platform), ui.world, ui.platform, true);
  }
  if (!address.example.empty()) {
    ui.actions.push_back({.kind = Action::Kind::OpenExample, .name = "examples/" + address.example});
  }
  ui.platform.setLanguage(codeOf(ui.language));
}

/// After the cluster was replaced nothing may remember the old one.
void App::State::followReset() {
  if (resets == ui.world.resets()) return;
  resets = ui.world.resets();
  ui.pending.clear();
  ui.selection = {};
  ui.panels.manifest.applied = 0;
  ui.panels.manifest.checkedVersion = 0;
  ui.panels.inspector.request = 0;
  ui.panels.inspector.list.clear();
  ui.panels.inspector.listVersion = 0;
  ui.panels.etcd.key.clear();
  ui.panels.why = {};
}

void App::State::tellPlatform() {
  if (const auto json = ui.mirror.take()) {
    ui.platform.mirror(*json);
    settle = std::max(settle, 1);
  }
  const Rect caret = ui.w.textInput();
  const bool wanted = !caret.empty();
  if (wanted || textInput) ui.platform.setTextInput(wanted, caret.min.x, caret.min.y, caret.height());
  textInput = wanted;
}

App::App(Platform& platform, BootFiles boot) : state_(std::make_unique<State>(platform, std::move(boot))) {
  state_->start();
}

App::~App() = default;

void App::prepare(float pixelRatio) {
  Ui& ui = state_->ui;
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = false;  // a page at rest draws nothing
  const auto file = [&](const char* name) -> const std::string& {
    static const std::string kNone;
    const auto found = state_->boot.files.find(name);
    return found == state_->boot.files.end() ? kNone : found->second;
  };
  ui.fonts.load(file("fonts/ui.ttf"), file("fonts/mono.ttf"), pixelRatio);
  ui.theme.apply();
}

bool App::frame(double elapsedSeconds) {
  Ui& ui = state_->ui;
  ui.elapsed = elapsedSeconds > 0 && elapsedSeconds < 10 ? elapsedSeconds : 0;
  ui.now += ui.elapsed;
  const auto until = std::chrono::steady_clock::now() + kSimulationBudget;
  const auto mayContinue = [until] { return std::chrono::steady_clock::now() < until; };
  ui.animating = false;
  ui.world.advance(ui.elapsed, ui.now, ui.follow, mayContinue);
  ui.world.flow().settle(ui.now);
  ui.course.update(ui.world, ui.platform);
  state_->followReset();
  followAnswers(ui);

  ui.layout = layoutFor(ImGui::GetIO().DisplaySize, ui.layoutState);
  ui.w.beginFrame();
  drawPanels(ui);
  const bool typing = !ui.w.textInput().empty();
  shortcuts(ui, typing);
  const bool acted = !ui.actions.empty();
  performActions(ui);
  state_->followReset();
  state_->tellPlatform();

  int& settle = state_->settle;
  settle = acted || touched() ? kSettleFrames : std::max(0, settle - 1);
  return !ui.world.pace().paused() || ui.animating || settle > 0 || !ui.pending.empty();
}

void App::fileOpened(std::string_view name, std::string_view text) {
  state_->ui.actions.push_back({.kind = Action::Kind::OpenManifest,
                                .name = std::string(name.substr(0, 255)),
                                .text = std::string(text)});
  state_->settle = kSettleFrames;
}

std::string App::evaluate(std::string_view json) {
  state_->followReset();
  const std::string answer = evaluateScript(state_->ui, json);
  state_->followReset();
  state_->settle = kSettleFrames;
  return answer;
}

}  // namespace pilothouse::web
