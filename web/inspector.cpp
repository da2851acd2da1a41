#include "web/inspector.hpp"

#include <algorithm>

#include "core/api/object.hpp"
#include "core/value/document.hpp"

namespace pilothouse::web {

namespace {

const Key kInvolvedObject = Key::intern("involvedObject");
const Key kManagedFields = Key::intern("managedFields");

/// Forgets what was about another object.
void follow(Ui& ui) {
  InspectorState& s = ui.panels.inspector;
  if (s.shown.sameTarget(ui.selection)) return;
  s.shown = ui.selection;
  s.container.clear();
  s.url.clear();
  s.request = 0;
  s.yamlOf = Value();
  if (ui.selection.kind != Selection::Kind::Object || ui.selection.resource != &api::resources::pods) {
    if (s.section == 3) s.section = 0;
  }
}

void drawTitle(Ui& ui, std::string_view kind, std::string_view name) {
  if (ui.w.link("inspector.all", "‹ " + std::string(ui.t(T::allObjects)))) ui.select({});
  ui.w.badge(kind, ui.theme.kind(kind));
  ui.w.heading(name);
}

void drawYaml(Ui& ui, const Value& object) {
  InspectorState& s = ui.panels.inspector;
  if (!s.yamlOf.sameAs(object)) {
    s.yamlOf = object;
    s.yaml.setText(writeYaml(object.withoutPath({keys::metadata, kManagedFields})));
  }
  s.yaml.draw(ui.w, ImGui::GetContentRegionAvail(),
              {.id = "inspector.yaml", .label = ui.t(T::sectionYaml), .readOnly = true});
}

void drawRelatedEvents(Ui& ui, const Value& object) {
  ImGui::BeginChild("events");
  const std::string_view uid = api::uid(object);
  bool any = false;
  const auto& events = ui.world.view().events();
  for (auto at = events.rbegin(); at != events.rend(); ++at) {
    const Value& about = (*at)[kInvolvedObject];
    const bool same =
        about[keys::uid].asString() == uid ||
        (about[keys::name].asString() == ui.selection.name &&
         about[keys::kind].asString() == ui.selection.resource->kind && !ui.selection.resource->namespaced);
    if (!same) continue;
    drawEvent(ui, *at, false);
    any = true;
  }
  if (!any) ui.w.paragraph(ui.t(T::noEvents), ui.colors().muted);
  ImGui::EndChild();
}

void drawContainerLog(Ui& ui, const Value& object) {
  InspectorState& s = ui.panels.inspector;
  const auto containers = object.get(keys::spec, keys::containers).items();
  if (s.container.empty() && !containers.empty()) s.container = containers[0][keys::name].toString();
  for (std::size_t i = 0; i < containers.size() && containers.size() > 1; ++i) {
    const std::string name = containers[i][keys::name].toString();
    if (i > 0) ImGui::SameLine();
    if (ui.w.button("log.container." + name, name, name == s.container ? Look::Primary : Look::Plain))
      s.container = name;
  }
  const std::string log = ui.cluster().log(ui.selection.ns, ui.selection.name, s.container);
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.colors().sunken);
  ImGui::BeginChild("log", {0, 0}, ImGuiChildFlags_AlwaysUseWindowPadding);
  if (log.empty()) ui.w.caption(ui.t(T::logEmpty), ui.colors().muted);
  ui.fonts.pushMono(TextSize::Caption);
  // The end of a long log is what a person wants to see.
  constexpr std::size_t kShown = 32768;
  const std::size_t from = log.size() > kShown ? log.size() - kShown : 0;
  const bool atEnd = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - 2;
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(log.data() + from, log.data() + log.size());
  ImGui::PopTextWrapPos();
  Fonts::pop();
  ui.w.describe("inspector.log", "log", ui.t(T::sectionLog),
                {ImGui::GetWindowPos(), ImGui::GetWindowPos() + ImGui::GetWindowSize()}, log.substr(from));
  if (atEnd) ImGui::SetScrollHereY(1);
  ImGui::EndChild();
  ImGui::PopStyleColor();
}

void drawObject(Ui& ui) {
  InspectorState& s = ui.panels.inspector;
  const Value object = ui.cluster().find(*ui.selection.resource, ui.selection.ns, ui.selection.name);
  drawTitle(ui, ui.selection.resource->kind, ui.selection.name);
  if (object.isNull()) {
    ui.w.paragraph(ui.t(T::gone), ui.colors().muted);
    return;
  }
  drawObjectActions(ui, object);
  const bool pod = ui.selection.resource == &api::resources::pods;
  const Widgets::Tab tabs[] = {{"inspector.summary", ui.t(T::sectionSummary)},
                               {"inspector.yamlTab", ui.t(T::sectionYaml)},
                               {"inspector.events", ui.t(T::sectionEvents)},
                               {"inspector.logTab", ui.t(T::sectionLog)}};
  ui.w.tabs(std::span(tabs, pod ? 4U : 3U), s.section, false);
  switch (s.section) {
    case 1:
      drawYaml(ui, object);
      break;
    case 2:
      drawRelatedEvents(ui, object);
      break;
    case 3:
      drawContainerLog(ui, object);
      break;
    default:
      ImGui::BeginChild("summary");
      drawSummary(ui, object);
      ImGui::EndChild();
      break;
  }
}

}  // namespace

Value objectArguments(const Selection& selection) {
  return Value::object({{Key::intern("resource"), Value(selection.resource->plural.text())},
                        {Key::intern("group"), Value(selection.resource->group)},
                        {keys::namespace_, Value(selection.ns)},
                        {keys::name, Value(selection.name)}});
}

void drawInspector(Ui& ui) {
  follow(ui);
  switch (ui.selection.kind) {
    case Selection::Kind::Object:
      drawObject(ui);
      break;
    case Selection::Kind::Component:
      drawTitle(ui, ui.t(T::component), ui.selection.name);
      drawComponent(ui);
      break;
    case Selection::Kind::Nothing:
      drawObjectList(ui);
      break;
  }
}

}  // namespace pilothouse::web
