#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "web/actions.hpp"
#include "web/fonts.hpp"
#include "web/layout.hpp"
#include "web/lesson_state.hpp"
#include "web/mirror.hpp"
#include "web/panel_state.hpp"
#include "web/platform.hpp"
#include "web/text.hpp"
#include "web/theme.hpp"
#include "web/widgets.hpp"
#include "web/world.hpp"

namespace pilothouse::web {

/// A short message over the scene: the answer to an input.
struct Toast {
  std::string text;
  bool error = false;
  double until = 0;  ///< wall seconds
};

/// Everything that a panel reads and the state that it owns. Panels change the cluster only by actions.
struct Ui {
  Ui(Platform& platformIn, const BootFiles& bootIn)
      : platform(platformIn), boot(bootIn), w(theme, fonts, mirror), world("learning", kSeed) {}

  static constexpr std::uint64_t kSeed = 1;

  Platform& platform;
  const BootFiles& boot;
  Theme theme;
  Fonts fonts;
  Mirror mirror;
  Widgets w;
  ClusterWorld world;
  Course course;
  Language language = Language::English;
  bool follow = true;
  double now = 0;      ///< wall seconds since the page started
  double elapsed = 0;  ///< of this frame
  LayoutState layoutState;
  Layout layout;
  Selection selection;
  Tool tool = Tool::Manifest;
  PanelStates panels;
  Actions actions;
  std::vector<Toast> toasts;
  /// Inputs whose answers are still coming, with the number of messages already told.
  struct Pending {
    std::uint64_t id = 0;
    std::size_t told = 0;
  };
  std::vector<Pending> pending;
  bool animating = false;  ///< something on screen moves: another frame is wanted

  [[nodiscard]] std::string_view t(T key) const { return text(language, key); }
  [[nodiscard]] std::string t(T key, std::initializer_list<std::string_view> arguments) const {
    return text(language, key, arguments);
  }
  [[nodiscard]] const Palette& colors() const { return theme.colors(); }
  [[nodiscard]] cluster::Cluster& cluster() { return world.cluster(); }
  [[nodiscard]] SimTime simNow() { return world.cluster().simulator().now(); }

  /// Brings the tool to the front, also in a narrow window.
  void showTool(Tool which);
  void setLanguage(Language which);
  void act(Action::Kind kind) { actions.push_back({.kind = kind}); }
  void select(Selection what, bool show = true) {
    actions.push_back(
        {.kind = Action::Kind::Select, .selection = std::move(what), .text = show ? "show" : ""});
  }
  void input(std::string_view verb, Value arguments) {
    actions.push_back(
        {.kind = Action::Kind::Input, .verb = Key::intern(verb), .arguments = std::move(arguments)});
  }
};

// The panels: each draws into the current window, reads the state and emits actions.
void drawTopBar(Ui& ui);
void drawTimeBar(Ui& ui);
void drawScene(Ui& ui);
void drawLesson(Ui& ui);
void drawTools(Ui& ui);
void drawManifest(Ui& ui);
void drawInspector(Ui& ui);
void drawEtcd(Ui& ui);
void drawEvents(Ui& ui);
void drawWhy(Ui& ui);
void drawLog(Ui& ui);

/// How many messages there were lately: a bar for each quarter of a second, newest at the right.
void drawActivity(Ui& ui, const Rect& rect);
/// One Event in a list; `withObject` names what it is about.
void drawEvent(Ui& ui, const Value& event, bool withObject);

/// Does what the panels asked for.
void performActions(Ui& ui);
/// Follows the answers to inputs and turns them into toasts.
void followAnswers(Ui& ui);
/// The script interface; see App::evaluate.
std::string evaluateScript(Ui& ui, std::string_view json);
/// Applies the manifest in the editor.
void applyManifest(Ui& ui);

}  // namespace pilothouse::web
