#include <algorithm>
#include <utility>

#include "core/cluster/pace.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr double kToastSeconds = 6;
constexpr std::size_t kToastsMax = 2;  ///< more would hide the picture
constexpr std::size_t kToastBytesMax = 300;
constexpr std::size_t kPendingMax = 64;
constexpr SimDuration kUntilChangeLimit = std::chrono::minutes(10);

void openManifest(Ui& ui, std::string_view name, std::string_view text, bool quietly = false) {
  ManifestState& m = ui.panels.manifest;
  if (text.size() > TextBuffer::kBytesMax) {
    const std::string most = std::to_string(TextBuffer::kBytesMax >> 20) + " MB";
    ui.toasts.push_back({ui.t(T::tooLarge, {most}), true, ui.now + kToastSeconds});
    return;
  }
  // What was there can be had back by undo.
  if (m.editor.buffer().bytes() > 0) {
    m.editor.replaceAll(text);
  } else {
    m.editor.setText(text);
  }
  const std::size_t slash = name.rfind('/');
  m.fileName = name.substr(slash == std::string_view::npos ? 0 : slash + 1);
  m.applied = 0;
  const int tab = ui.layoutState.narrowTab;
  ui.showTool(Tool::Manifest);
  if (quietly) ui.layoutState.narrowTab = tab;
}

void select(Ui& ui, const Action& action) {
  ui.selection = action.selection;
  const bool known = action.selection.kind != Selection::Kind::Nothing;
  if (known && action.text == "show") ui.showTool(Tool::Inspector);
}

void toggleLanguage(Ui& ui) {
  ui.setLanguage(ui.language == Language::Korean ? Language::English : Language::Korean);
}

void toggleTheme(Ui& ui) {
  ui.theme.setDark(!ui.theme.dark());
  ui.theme.apply();
  ui.platform.store("theme", ui.theme.dark() ? "dark" : "light");
}

bool performTime(Ui& ui, Action::Kind kind) {
  cluster::Pace& pace = ui.world.pace();
  switch (kind) {
    case Action::Kind::TogglePause:
      pace.setPaused(!pace.paused());
      return true;
    case Action::Kind::StepEvent:
      pace.stepEvent();
      return true;
    case Action::Kind::StepMessage:
      pace.stepMessage();
      return true;
    case Action::Kind::UntilChange: {
      // Bounded by events, so that a frame ends on any machine.
      std::size_t left = 20000;
      pace.untilChange(kUntilChangeLimit, [&left] { return left-- > 0; });
      pace.setPaused(true);
      return true;
    }
    default:
      return false;
  }
}

bool performLayout(Ui& ui, Action::Kind kind) {
  LayoutState& state = ui.layoutState;
  switch (kind) {
    case Action::Kind::ToggleLesson:
      state.leftOpen = !state.leftOpen;
      break;
    case Action::Kind::ToggleTools:
      state.rightOpen = !state.rightOpen;
      break;
    case Action::Kind::ToggleLog:
      state.logOpen = !state.logOpen;
      break;
    default:
      return false;
  }
  ui.platform.store("layout", state.toText());
  return true;
}

bool performLesson(Ui& ui, const Action& action) {
  switch (action.kind) {
    case Action::Kind::OpenLesson:
      ui.course.open(action.name, ui.world, ui.platform, !Course::isDone(ui.platform, action.name));
      return true;
    case Action::Kind::RestartLesson:
      ui.course.open(action.name, ui.world, ui.platform, false);
      return true;
    case Action::Kind::CloseLesson:
      ui.course.close(ui.platform);
      ui.world.highlight("");
      return true;
    case Action::Kind::NewCluster: {
      const Session& session = ui.cluster().session();
      const std::string preset = session.preset();
      ui.course.close(ui.platform);
      ui.world.reset(preset, session.seed());
      return true;
    }
    default:
      return false;
  }
}

void perform(Ui& ui, const Action& action) {
  if (performTime(ui, action.kind) || performLayout(ui, action.kind) || performLesson(ui, action)) return;
  switch (action.kind) {
    case Action::Kind::Select:
      select(ui, action);
      break;
    case Action::Kind::AskWhy:
      ui.selection = action.selection;
      ui.showTool(Tool::Why);
      break;
    case Action::Kind::Input:
      ui.pending.push_back({ui.world.input(action.verb, action.arguments), 0});
      break;
    case Action::Kind::Apply:
      applyManifest(ui);
      break;
    case Action::Kind::OpenManifest:
      openManifest(ui, action.name, action.text, action.number == kQuietly);
      break;
    case Action::Kind::OpenExample: {
      const auto found = ui.boot.files.find(action.name);
      if (found != ui.boot.files.end()) openManifest(ui, found->first, found->second);
      break;
    }
    case Action::Kind::ShowTool:
      ui.showTool(static_cast<Tool>(std::clamp(action.number, 0, 4)));
      break;
    case Action::Kind::ToggleLanguage:
      toggleLanguage(ui);
      break;
    case Action::Kind::ToggleTheme:
      toggleTheme(ui);
      break;
    case Action::Kind::PickFile:
      ui.platform.pickFile();
      break;
    case Action::Kind::SaveFile:
      ui.platform.saveFile(ui.panels.manifest.fileName, ui.panels.manifest.editor.buffer().text());
      break;
    case Action::Kind::OpenLink:
      ui.platform.openLink(action.text);
      break;
    default:
      break;
  }
}

}  // namespace

void Ui::showTool(Tool which) {
  tool = which;
  layoutState.rightOpen = true;
  layoutState.narrowTab = 2;
}

void Ui::setLanguage(Language which) {
  language = which;
  platform.setLanguage(codeOf(which));
  platform.store("language", codeOf(which));
}

void performActions(Ui& ui) {
  // An action may lead to another one (a lesson opens a manifest); those come in the same frame.
  for (int round = 0; round < 4 && !ui.actions.empty(); ++round) {
    const Actions actions = std::exchange(ui.actions, {});
    for (const Action& action : actions) perform(ui, action);
  }
  ui.actions.clear();
}

void followAnswers(Ui& ui) {
  if (ui.pending.size() > kPendingMax) ui.pending.erase(ui.pending.begin(), ui.pending.end() - kPendingMax);
  for (Ui::Pending& pending : ui.pending) {
    const cluster::InputResult* result = ui.cluster().result(pending.id);
    if (result == nullptr) continue;
    // Where an answer is shown in its own panel it is not said twice.
    const bool manifest = pending.id == ui.panels.manifest.applied && ui.tool == Tool::Manifest;
    const bool request = pending.id == ui.panels.inspector.request && ui.tool == Tool::Inspector;
    const bool shown = (manifest || request) && !ui.layout.tools.empty();
    if (shown) pending.told = result->messages.size();
    for (; pending.told < result->messages.size(); ++pending.told) {
      const cluster::Message& message = result->messages[pending.told];
      ui.toasts.push_back({message.text.substr(0, kToastBytesMax), message.error, ui.now + kToastSeconds});
    }
    if (result->finished) pending.id = 0;
  }
  std::erase_if(ui.pending, [](const Ui::Pending& pending) { return pending.id == 0; });
  if (ui.toasts.size() > kToastsMax) {
    ui.toasts.erase(ui.toasts.begin(), ui.toasts.end() - static_cast<std::ptrdiff_t>(kToastsMax));
  }
}

}  // namespace pilothouse::web
