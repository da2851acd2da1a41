#include <algorithm>
#include <cmath>

#include "web/scene_painter.hpp"

namespace pilothouse::web {

namespace {

constexpr float kZoomMax = 60;
constexpr float kButtonsHeight = 46;

std::size_t fullestWorker(const ClusterView& view) {
  std::size_t most = 0;
  for (const auto& node : view.nodes()) {
    if (!node->controlPlane) most = std::max(most, node->pods.size());
  }
  return most;
}

SceneContents contentsOf(Ui& ui, std::size_t fullest) {
  SceneContents contents;
  const Network& network = ui.cluster().network();
  for (std::size_t i = 0; i < network.componentCount(); ++i) {
    const auto id = static_cast<ComponentId>(i);
    contents.components.push_back({std::string(network.name(id)), std::string(network.host(id))});
  }
  for (const cluster::Machine& machine : ui.cluster().machines()) {
    if (machine.controlPlane) {
      contents.controlPlane = machine.name;
    } else {
      contents.workers.push_back(machine.name);
    }
  }
  contents.services = ui.world.view().services().size();
  contents.podsOnFullest = fullest;
  return contents;
}

void fit(SceneState& s) {
  const ImVec2 size = s.layout.bounds.size();
  if (size.x <= 0 || size.y <= 0) return;
  // The buttons at the bottom stay clear of the machines.
  const float height = std::max(s.window.y * 0.5F, s.window.y - kButtonsHeight);
  s.zoom = std::min({s.window.x / size.x, height / size.y, 1.3F});
  s.offset = {(s.window.x - size.x * s.zoom) * 0.5F, std::max(0.0F, (height - size.y * s.zoom) * 0.4F)};
}

void refreshLayout(Ui& ui, ImVec2 window) {
  SceneState& s = ui.panels.scene;
  const ClusterView& view = ui.world.view();
  const std::size_t components = ui.cluster().network().componentCount();
  // Only small clusters have boxes whose height follows the pods.
  const bool roomed = view.nodes().size() <= kRoomedWorkersMax + 1;
  std::size_t fullest = roomed ? fullestWorker(view) : 0;
  // Growing shows at once; shrinking waits for the next change of structure, so that nothing jumps.
  if (fullest <= s.fullest && s.structure == view.structure() && s.resets == ui.world.resets())
    fullest = s.fullest;
  const bool resized = s.window.x != window.x || s.window.y != window.y;
  if (!resized && s.structure == view.structure() && s.components == components && s.fullest == fullest &&
      s.resets == ui.world.resets()) {
    return;
  }
  if (s.resets != ui.world.resets()) s.moved = false;
  s.layout = layoutScene(contentsOf(ui, fullest), {window.x, window.y - kButtonsHeight});
  s.window = window;
  s.structure = view.structure();
  s.resets = ui.world.resets();
  s.components = components;
  s.fullest = fullest;
  if (!s.moved) fit(s);
}

void zoomAround(SceneState& s, ImVec2 point, float factor) {
  const float zoom = std::clamp(s.zoom * factor, 0.1F, kZoomMax);
  const ImVec2 scene = (point - s.offset) * (1 / s.zoom);
  s.zoom = zoom;
  s.offset = point - scene * zoom;
  s.moved = true;
}

/// Pan, wheel and click on the canvas. The canvas button lies under everything else in the scene's window.
void handlePointer(ScenePainter& p) {
  SceneState& s = p.state;
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetCursorScreenPos(p.view.min);
  ImGui::SetNextItemAllowOverlap();
  const bool released = ImGui::InvisibleButton("##canvas", p.view.size());
  p.pointerInside = ImGui::IsItemHovered();
  if (p.pointerInside && io.MouseWheel != 0) {
    zoomAround(s, io.MousePos - p.view.min, std::pow(1.15F, std::clamp(io.MouseWheel, -4.0F, 4.0F)));
  }
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 4)) {
    s.offset = s.offset + io.MouseDelta;
    s.moved = true;
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
  }
  const ImVec2 drag = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 4);
  s.clicked = released && std::abs(drag.x) + std::abs(drag.y) < 4;
}

void finishPointer(ScenePainter& p) {
  const bool something = p.hovered.kind != Selection::Kind::Nothing || p.hovered.message != CauseId::None;
  if (something) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) p.ui.w.tooltip(p.hoveredLabel);
  }
  if (!p.state.clicked) return;
  if (p.hovered.message != CauseId::None) {
    p.ui.actions.push_back({.kind = Action::Kind::AskWhy, .selection = p.hovered});
  } else {
    p.ui.select(p.hovered, something);
  }
}

void paintLegend(Ui& ui, const Rect& view) {
  if (!ui.panels.scene.legend) return;
  const Palette& c = ui.colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float line = pixels(TextSize::Caption) + units(1.5F);
  const Rect box = rectAt(view.min.x + units(3), view.max.y - units(14) - line * 8, 330, line * 8 + units(3));
  draw.AddRectFilled(box.min, box.max, withAlpha(c.raised, 0.97F), units(2));
  draw.AddRect(box.min, box.max, c.border, units(2));
  float y = box.min.y + units(2);
  for (std::size_t i = 0; i < kPodStates; ++i) {
    const auto state = static_cast<PodState>(i);
    drawPodState(draw, state, {box.min.x + units(5), y + line * 0.45F}, 6, ui.theme.state(state), c.surface);
    ui.w.textAt(draw, {box.min.x + units(9), y}, ui.t(stateText(state)), c.text, TextSize::Caption, 160);
    y += line;
  }
  const struct {
    T text;
    ImU32 color;
  } kinds[] = {{T::legendRead, c.messages[0]},   {T::legendCreate, c.messages[1]},
               {T::legendChange, c.messages[2]}, {T::legendDelete, c.messages[3]},
               {T::legendWatch, c.messages[4]},  {T::legendEtcd, c.messages[5]},
               {T::legendRuntime, c.runtime},    {T::legendTraffic, c.traffic}};
  y = box.min.y + units(2);
  for (const auto& kind : kinds) {
    draw.AddCircleFilled({box.min.x + 212, y + line * 0.45F}, 5, kind.color, 16);
    ui.w.textAt(draw, {box.min.x + 224, y}, ui.t(kind.text), c.text, TextSize::Caption, 100);
    y += line;
  }
}

void drawViewButtons(Ui& ui, const Rect& view) {
  SceneState& s = ui.panels.scene;
  const float size = Widgets::controlHeight();
  const float y = view.max.y - size - units(3);
  float x = view.max.x - 3 * size - units(3);
  const ImVec2 center = view.size() * 0.5F;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled({x - 2, y - 2}, {view.max.x - units(3) + 2, y + size + 2},
                     withAlpha(ui.colors().surface, 0.9F), units(2));
  const auto place = [&] {
    ImGui::SetCursorScreenPos({x, y});
    x += size;
  };
  place();
  if (ui.w.iconButton("scene.zoomOut", Icon::Minus, ui.t(T::zoomOut))) zoomAround(s, center, 1 / 1.3F);
  place();
  if (ui.w.iconButton("scene.zoomIn", Icon::Plus, ui.t(T::zoomIn))) zoomAround(s, center, 1.3F);
  place();
  if (ui.w.iconButton("scene.fit", Icon::Fit, ui.t(T::fit))) {
    s.moved = false;
    fit(s);
  }
  ImGui::SetCursorScreenPos({view.min.x + units(3), y});
  if (ui.w.button("scene.legend", ui.t(T::legend), Look::Quiet)) s.legend = !s.legend;
}

void drawToasts(Ui& ui, const Rect& view) {
  std::erase_if(ui.toasts, [&](const Toast& toast) { return toast.until <= ui.now; });
  const Palette& c = ui.colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float width = std::min(440.0F, view.width() - units(8));
  const float height = pixels(TextSize::Caption);
  float y = view.max.y - units(13);
  for (std::size_t i = ui.toasts.size(); i-- > 0 && y > view.min.y + 60;) {
    const Toast& toast = ui.toasts[i];
    const ImVec2 size = Fonts::measure(ui.fonts.ui(), height, toast.text, width - units(9));
    const Rect box = rectAt(view.center().x - width * 0.5F, y - size.y - units(4), width, size.y + units(4));
    draw.AddRectFilled(box.min, box.max, toast.error ? c.badSoft : c.goodSoft, units(2));
    draw.AddRect(box.min, box.max, toast.error ? c.bad : c.good, units(2));
    drawIcon(draw, toast.error ? Icon::Cross : Icon::Check,
             {box.min.x + units(3.5F), box.min.y + units(2) + height * 0.5F}, 12,
             toast.error ? c.bad : c.good);
    draw.AddText(ui.fonts.ui(), height, {box.min.x + units(7), box.min.y + units(2)}, c.text,
                 toast.text.data(), toast.text.data() + toast.text.size(), width - units(9));
    ui.w.describe("toast", "status", toast.text, box);
    y = box.min.y - units(1.5F);
  }
  if (!ui.toasts.empty()) ui.animating = true;
}

}  // namespace

void drawScene(Ui& ui) {
  const Rect view{ImGui::GetWindowPos(), ImGui::GetWindowPos() + ImGui::GetWindowSize()};
  if (view.empty()) return;
  refreshLayout(ui, view.size());
  ScenePainter painter(ui, view);
  handlePointer(painter);
  paintControlPlane(painter);
  paintOutside(painter);
  paintWaiting(painter);
  paintMachines(painter);
  paintEndpoints(painter);
  paintMessages(painter);
  finishPointer(painter);
  paintLegend(ui, view);
  drawViewButtons(ui, view);
  drawToasts(ui, view);
}

}  // namespace pilothouse::web
