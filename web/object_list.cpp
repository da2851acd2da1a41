#include <algorithm>

#include "core/api/object.hpp"
#include "web/describe.hpp"
#include "web/inspector.hpp"
#include "web/scene_painter.hpp"

namespace pilothouse::web {

namespace {

constexpr std::size_t kShownPerKind = 100;
constexpr std::size_t kLookedAtPerKind = 5000;
constexpr double kRefreshSeconds = 0.4;

bool matches(const Value& object, std::string_view filter) {
  return filter.empty() || api::name(object).find(filter) != std::string_view::npos ||
         api::namespaceOf(object).find(filter) != std::string_view::npos;
}

/// Lists again when something was written, a few times a second at most.
void refresh(Ui& ui) {
  InspectorState& s = ui.panels.inspector;
  const std::uint64_t version = ui.cluster().revision() + (ui.world.resets() << 48);
  if (s.listVersion == version && s.listFilter == s.filter) return;
  if (s.listFilter == s.filter && ui.now < s.listedAt + kRefreshSeconds &&
      s.listVersion >> 48 == version >> 48) {
    ui.animating = true;
    return;
  }
  s.listVersion = version;
  s.listedAt = ui.now;
  s.listFilter = s.filter;
  s.list.clear();
  for (const api::Resource* resource :
       {&api::resources::deployments, &api::resources::replicaSets, &api::resources::pods,
        &api::resources::services, &api::resources::configMaps, &api::resources::secrets,
        &api::resources::nodes, &api::resources::namespaces}) {
    ObjectGroup group{resource, ui.cluster().count(*resource), {}};
    std::size_t looked = 0;
    ui.cluster().forEach(*resource, "", [&](const Value& object) {
      if (matches(object, s.filter)) group.objects.push_back(object);
      return group.objects.size() < kShownPerKind && ++looked < kLookedAtPerKind;
    });
    if (!group.objects.empty()) s.list.push_back(std::move(group));
  }
}

std::string shortStatus(Ui& ui, const api::Resource& resource, const Value& object) {
  if (&resource == &api::resources::pods) return std::string(ui.t(stateText(podState(object))));
  if (&resource == &api::resources::deployments || &resource == &api::resources::replicaSets) {
    return std::to_string(object.get(keys::status, keys::readyReplicas).asInt()) + '/' +
           std::to_string(object.get(keys::spec, keys::replicas).asInt(1));
  }
  if (&resource == &api::resources::services) return object.get(keys::spec, keys::clusterIP).toString();
  if (&resource == &api::resources::nodes) {
    return std::string(api::conditionIs(object, "Ready", "True") ? ui.t(T::stateReady)
                                                                 : ui.t(T::nodeNotReady));
  }
  return {};
}

void drawRow(Ui& ui, const api::Resource& resource, const Value& object) {
  const Palette& c = ui.colors();
  const std::string name(api::name(object));
  const std::string ns(api::namespaceOf(object));
  const std::string status = shortStatus(ui, resource, object);
  Rect rect;
  const Selection selection = Selection::object(resource, ns, name);
  if (ui.w.row("object." + selection.target(), std::string(resource.kind) + ' ' + name, false, units(7),
               rect)) {
    ui.select(selection);
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float y = rect.center().y - pixels(TextSize::Body) * 0.5F;
  float left = rect.min.x + units(3);
  if (&resource == &api::resources::pods) {
    const PodState state = podState(object);
    drawPodState(draw, state, {rect.min.x + units(3.5F), rect.center().y}, 7, ui.theme.state(state),
                 c.surface);
    left += units(4);
  }
  const float statusWidth = std::min(ui.fonts.width(status, TextSize::Caption), rect.width() * 0.45F);
  const float used =
      ui.w.textAt(draw, {left, y}, name, c.text, TextSize::Body, rect.max.x - left - statusWidth - units(4));
  if (ns != "default" && !ns.empty()) {
    ui.w.textAt(draw, {left + used + units(2), y + 1}, ns, c.muted, TextSize::Caption,
                rect.max.x - left - used - statusWidth - units(6));
  }
  ui.w.textAt(draw, {rect.max.x - statusWidth - units(2), y + 1}, status, c.muted, TextSize::Caption,
              statusWidth + 1);
}

}  // namespace

void drawObjectList(Ui& ui) {
  InspectorState& s = ui.panels.inspector;
  refresh(ui);
  ui.w.textField("inspector.filter", ui.t(T::filter), ui.t(T::filter), s.filter,
                 ImGui::GetContentRegionAvail().x);
  ui.w.caption(ui.t(T::selectHint), ui.colors().muted);
  ImGui::BeginChild("objects");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (const ObjectGroup& group : s.list) {
    ui.w.gap(2);
    const std::string title = std::string(group.resource->kind) + "  " + std::to_string(group.count);
    ui.w.caption(title, ui.theme.kind(group.resource->kind));
    ui.w.gap(0.5F);
    for (const Value& object : group.objects) drawRow(ui, *group.resource, object);
    if (group.count > group.objects.size() && group.objects.size() >= kShownPerKind) {
      ui.w.caption(ui.t(T::more, {std::to_string(group.count - group.objects.size())}), ui.colors().muted);
    }
  }
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

}  // namespace pilothouse::web
