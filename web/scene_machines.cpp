#include <algorithm>
#include <cmath>

#include "core/api/object.hpp"
#include "web/scene_painter.hpp"

namespace pilothouse::web {

namespace {

const Key kType = Key::intern("type");

void box(ScenePainter& p, const Rect& screen, ImU32 fill, ImU32 edge, float rounding = 8,
         float thickness = 1) {
  p.draw.AddRectFilled(screen.min, screen.max, fill, rounding);
  p.draw.AddRect(screen.min, screen.max, edge, rounding, 0, thickness);
}

void dashed(ScenePainter& p, const Rect& r, ImU32 color) {
  const float step = 9;
  for (float x = r.min.x; x < r.max.x; x += step) {
    const float to = std::min(x + step * 0.55F, r.max.x);
    p.draw.AddLine({x, r.min.y}, {to, r.min.y}, color);
    p.draw.AddLine({x, r.max.y}, {to, r.max.y}, color);
  }
  for (float y = r.min.y; y < r.max.y; y += step) {
    const float to = std::min(y + step * 0.55F, r.max.y);
    p.draw.AddLine({r.min.x, y}, {r.min.x, to}, color);
    p.draw.AddLine({r.max.x, y}, {r.max.x, to}, color);
  }
}

bool componentUp(ScenePainter& p, std::string_view name) {
  const Network& network = p.ui.cluster().network();
  const auto id = network.find(name);
  return !id || network.isUp(*id);
}

/// A room's title, in two lines at a hyphen when one is too narrow.
void title(ScenePainter& p, const Rect& screen, std::string_view name, ImU32 ink, float height) {
  const float size = p.textHeight(height);
  const float room = screen.width() - 8;
  if (Fonts::measure(p.ui.fonts.ui(), size, name).x <= room) {
    p.centered(screen, name, ink, height);
    return;
  }
  const std::size_t cut = name.rfind('-');
  if (cut == std::string_view::npos || screen.height() < size * 2) {
    p.centered(screen, name, ink, height);
    return;
  }
  Rect upper = screen;
  Rect lower = screen;
  upper.max.y = screen.center().y + 2;
  upper.min.y = upper.max.y - size;
  lower.min.y = screen.center().y - 2;
  lower.max.y = lower.min.y + size;
  p.centered(upper, name.substr(0, cut + 1), ink, height);
  p.centered(lower, name.substr(cut + 1), ink, height);
}

void room(ScenePainter& p, const SceneRoom& room, std::string_view shown, float height, bool strong) {
  const Palette& c = p.ui.colors();
  const Rect screen = p.at(room.rect);
  if (!p.visible(screen)) return;
  const Selection selection = Selection::component(room.component);
  const bool up = componentUp(p, room.component);
  std::string label = room.component;
  if (!up) label += std::string(", ") + std::string(p.ui.t(T::componentDown));
  const bool hot = p.target(screen, selection, label);
  ImU32 fill = strong ? mix(c.raised, c.accent, 0.14F) : c.raised;
  ImU32 edge = strong ? mix(c.border, c.accent, 0.6F) : c.borderStrong;
  ImU32 ink = c.text;
  if (!up) {
    fill = c.badSoft;
    edge = c.bad;
    ink = c.bad;
  }
  if (hot) fill = mix(fill, c.accentSoft, 0.8F);
  box(p, screen, fill, edge, 6);
  if (!up) {
    p.draw.AddLine({screen.min.x + 4, screen.max.y - 4}, {screen.max.x - 4, screen.min.y + 4},
                   withAlpha(c.bad, 0.5F), 1.5F);
  }
  title(p, screen, shown, ink, height);
  p.rings(screen, selection, 6);
}

void paintRoomLink(ScenePainter& p, const SceneRoom& room) {
  p.paths(room.link, p.ui.colors().borderStrong, 1.25F);
}

std::string machineLabel(const Ui& ui, const NodeView* node, std::string_view name) {
  std::string label(name);
  label += ", ";
  label += ui.t(T::nodePods, {std::to_string(node != nullptr ? node->pods.size() : 0)});
  if (node == nullptr || !node->ready) {
    label += ", ";
    label += ui.t(T::nodeNotReady);
  }
  return label;
}

void paintPods(ScenePainter& p, const NodeView& node, const SceneMachine& machine) {
  const PodGrid grid = podGrid(std::max(p.state.fullest, node.pods.size()), machine.pods.width());
  const float column = machine.pods.width() / toFloat(grid.columns);
  const auto rows = static_cast<std::size_t>(std::max(1.0F, (machine.pods.height() + 2) / grid.rowHeight));
  const std::size_t fit = rows * grid.columns;
  const bool all = node.pods.size() <= fit;
  const std::size_t shown = all ? node.pods.size() : fit - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    const float x = machine.pods.min.x + toFloat(i % grid.columns) * column;
    const float y = machine.pods.min.y + toFloat(i / grid.columns) * grid.rowHeight;
    const Rect rect = rectAt(x, y, column - 4, grid.rowHeight - 4);
    const Rect screen = p.at(rect);
    if (p.visible(screen)) paintPod(p, *node.pods[i], screen, grid.chips);
  }
  if (all) return;
  const float x = machine.pods.min.x + toFloat(shown % grid.columns) * column;
  const float y = machine.pods.min.y + toFloat(shown / grid.columns) * grid.rowHeight;
  p.text(p.at(ImVec2(x, y)), p.ui.t(T::more, {std::to_string(node.pods.size() - shown)}), p.ui.colors().muted,
         13, p.scale(column + 40));
}

void paintMachine(ScenePainter& p, const SceneMachine& machine) {
  const Palette& c = p.ui.colors();
  const Rect screen = p.at(machine.rect);
  if (!p.visible(screen)) return;
  const NodeView* node = p.ui.world.view().node(machine.name);
  const bool exists = node != nullptr && node->exists;
  const bool ready = exists && node->ready;
  const Selection selection = Selection::object(api::resources::nodes, "", machine.name);
  const bool hot = p.target(screen, selection, machineLabel(p.ui, node, machine.name));
  box(p, screen, hot ? mix(c.surface, c.accentSoft, 0.5F) : c.surface, ready ? c.borderStrong : c.bad, 10,
      ready ? 1.0F : 1.5F);
  p.rings(screen, selection, 10);
  const float top = screen.min.y + p.scale(7);
  const float left = screen.min.x + p.scale(10);
  const ImVec2 light{left + p.scale(5), top + p.textHeight(15) * 0.5F};
  if (ready) {
    p.draw.AddCircleFilled(light, 4.5F, c.good, 16);
  } else {
    p.draw.AddRectFilled(light - ImVec2(4.5F, 4.5F), light + ImVec2(4.5F, 4.5F), c.bad);
  }
  const std::string count = exists ? std::to_string(node->pods.size()) : std::string();
  const float countWidth = Fonts::measure(p.ui.fonts.ui(), p.textHeight(14), count).x;
  const std::string name = ready ? machine.name : machine.name + " · " + std::string(p.ui.t(T::nodeNotReady));
  p.text({left + p.scale(16), top}, name, ready ? c.text : c.bad, 15.5F,
         screen.width() - p.scale(40) - countWidth);
  p.text({screen.max.x - p.scale(12) - countWidth, top}, count, c.muted, 14, countWidth + 2);
  if (node != nullptr) paintPods(p, *node, machine);
}

/// A worker of a large cluster: its pods as dots, or one colour when there is no room for dots.
void paintTile(ScenePainter& p, const SceneMachine& machine) {
  const Rect screen = p.at(machine.rect);
  if (!p.visible(screen)) return;
  const Palette& c = p.ui.colors();
  const NodeView* node = p.ui.world.view().node(machine.name);
  const Selection selection = Selection::object(api::resources::nodes, "", machine.name);
  const bool ready = node != nullptr && node->ready;
  const std::size_t pods = node != nullptr ? node->pods.size() : 0;
  const auto count = [&](PodState s) {
    return node != nullptr ? node->counts[static_cast<std::size_t>(s)] : 0U;
  };
  const float full = std::min(1.0F, toFloat(count(PodState::Ready)) / 40);
  ImU32 heat = mix(c.raised, c.good, 0.2F + 0.65F * full);
  if (pods == 0) heat = c.raised;
  const std::uint32_t busy = count(PodState::Starting) + count(PodState::NotReady);
  if (busy > 0) heat = mix(heat, c.warning, 0.25F + 0.5F * toFloat(busy) / toFloat(pods));
  if (count(PodState::Failed) > 0) heat = mix(heat, c.bad, 0.7F);
  const bool named = screen.width() > 110;
  const bool dots = screen.width() > 56;
  const float rounding = std::min(6.0F, screen.width() * 0.15F);
  p.draw.AddRectFilled(screen.min, screen.max, dots ? c.surface : heat, rounding);
  if (!ready) {
    p.draw.AddRect(screen.min, screen.max, c.bad, rounding, 0, 1.5F);
    p.draw.AddLine(screen.min, screen.max, withAlpha(c.bad, 0.7F), 1);
  } else if (dots) {
    p.draw.AddRect(screen.min, screen.max, c.borderStrong, rounding);
  }
  if (screen.width() > 4) p.target(screen, selection, machineLabel(p.ui, node, machine.name), named);
  if (dots && node != nullptr) {
    Rect inner = screen.inset(4);
    if (named) {
      p.text({inner.min.x + 2, inner.min.y}, machine.name, c.text, 0, inner.width() - 4);
      inner.min.y += p.textHeight(0) + 4;
    }
    const float area = inner.width() * std::max(1.0F, inner.height());
    const float cell =
        std::clamp(std::sqrt(area / toFloat(std::max<std::size_t>(pods, 12))) * 0.92F, 3.0F, 26.0F);
    const auto columns = static_cast<std::size_t>(std::max(1.0F, inner.width() / cell));
    for (std::size_t i = 0; i < pods; ++i) {
      const Rect dot = rectAt(inner.min.x + toFloat(i % columns) * cell,
                              inner.min.y + toFloat(i / columns) * cell, cell - 1, cell - 1);
      if (dot.max.y > inner.max.y + 1) break;
      paintPod(p, *node->pods[i], dot, false);
    }
  }
  p.rings(screen, selection, rounding);
}

/// A pod's name cut in its middle: the end is what tells it from its siblings.
std::string shortName(const ScenePainter& p, std::string_view name, float room) {
  const float size = p.textHeight(13.5F);
  const auto width = [&](std::string_view text) { return Fonts::measure(p.ui.fonts.ui(), size, text).x; };
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || name.size() > 253 || width(name) <= room) return std::string(name);
  const std::string tail = "…" + std::string(name.substr(dash + 1));
  for (std::size_t keep = dash; keep > 2; --keep) {
    std::string text = std::string(name.substr(0, keep)) + tail;
    if (width(text) <= room) return text;
  }
  return std::string(name);
}

void paintService(ScenePainter& p, const ServiceView& service, const Rect& rect) {
  const Palette& c = p.ui.colors();
  const Rect screen = p.at(rect);
  if (!p.visible(screen)) return;
  const std::string_view name = api::name(service.object);
  const Selection selection =
      Selection::object(api::resources::services, api::namespaceOf(service.object), name);
  const ImU32 color = p.ui.theme.kind("Service");
  const std::string count = service.ready == 1 ? std::string(p.ui.t(T::endpointCountOne))
                                               : p.ui.t(T::endpointCount, {std::to_string(service.ready)});
  const bool hot = p.target(screen, selection, "Service " + std::string(name) + ", " + count);
  box(p, screen, hot ? mix(c.raised, c.accentSoft, 0.8F) : c.raised, mix(c.border, color, 0.5F), 8);
  p.draw.AddRectFilled({screen.min.x, screen.min.y + 6}, {screen.min.x + 3, screen.max.y - 6}, color, 2);
  const float left = screen.min.x + p.scale(11);
  const float height = p.textHeight(14.5F);
  const float top = screen.center().y - height - 0.5F;
  p.text({left, top}, name, c.text, 14.5F, screen.max.x - left - 4);
  p.text({left, top + height + 1}, count, service.ready > 0 ? c.good : c.muted, 13.5F,
         screen.max.x - left - 4);
  p.rings(screen, selection, 8);
}

}  // namespace

void paintOutside(ScenePainter& p) {
  const Palette& c = p.ui.colors();
  const SceneLayout& layout = p.state.layout;
  const Rect user = p.at(layout.user);
  const float label = user.min.y - p.textHeight(14) - 4;
  p.text({user.min.x, label}, p.ui.t(T::outside), c.muted, 14, p.scale(layout.user.width()));
  const Selection self = Selection::component("user");
  const bool hot = p.target(user, self, p.ui.t(T::user));
  for (const SceneRoom& room : layout.rooms) {
    if (room.rect.min.x == layout.user.min.x && room.rect.min.y == layout.user.min.y) paintRoomLink(p, room);
  }
  box(p, user, hot ? mix(c.raised, c.accentSoft, 0.8F) : mix(c.raised, c.accent, 0.1F),
      mix(c.border, c.accent, 0.5F), p.scale(22));
  drawIcon(p.draw, Icon::Person, {user.min.x + p.scale(24), user.center().y}, p.scale(20), c.accent);
  p.text({user.min.x + p.scale(42), user.center().y - p.textHeight(14.5F) * 0.5F}, p.ui.t(T::user), c.text,
         14.5F, user.max.x - user.min.x - p.scale(48));
  p.rings(user, self, p.scale(22));

  const Rect services = p.at(layout.services);
  p.text({services.min.x, label}, p.ui.t(T::services), c.muted, 14, services.width());
  const auto& all = p.ui.world.view().services();
  const std::size_t fit = layout.serviceColumns * layout.serviceRows;
  const std::size_t shown = all.size() <= fit ? all.size() : fit - 1;
  const float gap = 8;
  const float width = (layout.services.width() + gap) / toFloat(layout.serviceColumns) - gap;
  std::size_t i = 0;
  const auto cell = [&](std::size_t index) {
    return rectAt(layout.services.min.x + toFloat(index % layout.serviceColumns) * (width + gap),
                  layout.services.min.y + toFloat(index / layout.serviceColumns) * (44 + gap), width, 44);
  };
  for (const auto& [key, service] : all) {
    if (i >= shown) break;
    paintService(p, service, cell(i++));
  }
  if (all.size() > shown)
    p.centered(p.at(cell(shown)), p.ui.t(T::more, {std::to_string(all.size() - shown)}), c.muted, 14);
  if (all.empty())
    p.text({services.min.x, services.min.y + p.scale(12)}, p.ui.t(T::noServices), c.muted, 14,
           services.width());
}

void paintControlPlane(ScenePainter& p) {
  const Palette& c = p.ui.colors();
  const SceneLayout& layout = p.state.layout;
  const Rect screen = p.at(layout.controlPlane);
  box(p, screen, c.surface, c.borderStrong, 10);
  const float textWidth = p.scale(layout.controlPlane.width() - 24);
  p.text({screen.min.x + p.scale(12), screen.min.y + p.scale(7)}, p.ui.t(T::controlPlane), c.text, 15.5F,
         textWidth);
  for (const SceneRoom& one : layout.rooms) {
    if (layout.controlPlane.contains(one.rect.center())) paintRoomLink(p, one);
  }
  for (const SceneRoom& one : layout.rooms) {
    const bool inside = layout.controlPlane.contains(one.rect.center());
    if (!inside) continue;
    const bool server = one.component == "kube-apiserver";
    const std::size_t slash = one.component.find('/');
    const std::string shown = one.component.substr(0, slash);
    room(p, one, shown, server ? 17.0F : (slash == std::string::npos ? 14.5F : 13.0F), server);
  }
}

void paintWaiting(ScenePainter& p) {
  const Palette& c = p.ui.colors();
  const auto& waiting = p.ui.world.view().unscheduled();
  if (waiting.empty()) return;
  const Rect screen = p.at(p.state.layout.waiting);
  dashed(p, screen, c.borderStrong);
  const std::string label = std::string(p.ui.t(T::unscheduled)) + "  " + std::to_string(waiting.size());
  const float used = p.text({screen.min.x + 8, screen.center().y - p.textHeight(14) * 0.5F}, label, c.muted,
                            14, screen.width() * 0.6F);
  p.ui.w.describe("scene.waiting", "text", label, screen);
  const float side = p.scale(18);
  float x = screen.min.x + used + 20;
  for (const PodView* pod : waiting) {
    if (x + side > screen.max.x - 6) break;
    paintPod(p, *pod, rectAt(x, screen.center().y - side * 0.5F, side, side), false);
    x += side + 4;
  }
}

void paintMachines(ScenePainter& p) {
  const SceneLayout& layout = p.state.layout;
  if (layout.tiles) {
    for (const SceneMachine& machine : layout.machines) paintTile(p, machine);
    return;
  }
  for (const SceneMachine& machine : layout.machines) paintMachine(p, machine);
  for (const SceneRoom& one : layout.rooms) {
    if (layout.controlPlane.contains(one.rect.center()) || one.rect.min.x == layout.user.min.x) continue;
    paintRoomLink(p, one);
    const std::string kind = one.component.substr(0, one.component.find('/'));
    const bool runtime = kind != "kubelet" && kind != "kube-proxy";
    room(p, one, runtime ? p.ui.t(T::runtimeRoom) : std::string_view(kind), 13.5F, false);
  }
}

T stateText(PodState state) {
  switch (state) {
    case PodState::Pending:
      return T::statePending;
    case PodState::Starting:
      return T::stateStarting;
    case PodState::NotReady:
      return T::stateNotReady;
    case PodState::Ready:
      return T::stateReady;
    case PodState::Terminating:
      return T::stateTerminating;
    case PodState::Failed:
      return T::stateFailed;
    case PodState::Succeeded:
      return T::stateSucceeded;
  }
  return T::stateFailed;
}

std::string podLabel(const Ui& ui, const PodView& pod) {
  std::string label = pod.ns.toString() + '/' + pod.name.toString() + ", ";
  return label + std::string(ui.t(stateText(pod.state)));
}

void paintPod(ScenePainter& p, const PodView& pod, const Rect& screen, bool chip) {
  const Palette& c = p.ui.colors();
  const ImU32 app = p.ui.theme.app(pod.app);
  const ImU32 state = p.ui.theme.state(pod.state);
  const bool small = screen.width() < 9;
  if (small) {
    p.draw.AddRectFilled(screen.min, screen.max, state);
    if (pod.state == PodState::Failed) p.draw.AddLine(screen.min, screen.max, c.surface);
    return;
  }
  const Selection selection = Selection::object(api::resources::pods, pod.ns.asString(), pod.name.asString());
  const bool hot = p.target(screen, selection, podLabel(p.ui, pod), chip || screen.width() > 14);
  const bool fading = pod.state == PodState::Terminating || pod.state == PodState::Pending;
  const float rounding = std::min(5.0F, screen.height() * 0.3F);
  const ImU32 fill = mix(c.raised, app, fading ? 0.06F : 0.2F);
  p.draw.AddRectFilled(screen.min, screen.max, hot ? mix(fill, app, 0.25F) : fill, rounding);
  p.draw.AddRect(screen.min, screen.max, withAlpha(app, fading ? 0.45F : 0.9F), rounding);
  if (chip) {
    const float radius = std::min(screen.height() * 0.32F, 7.0F);
    const ImVec2 mark{screen.min.x + screen.height() * 0.5F, screen.center().y};
    drawPodState(p.draw, pod.state, mark, radius, state, c.surface);
    const float left = screen.min.x + screen.height();
    const float room = screen.max.x - left - 4;
    p.text({left, screen.center().y - p.textHeight(13.5F) * 0.5F}, shortName(p, pod.name.asString(), room),
           fading ? c.muted : c.text, 13.5F, room);
  } else {
    drawPodState(p.draw, pod.state, screen.center(), screen.width() * 0.32F, state, c.surface);
  }
  p.rings(screen, selection, rounding);
}

}  // namespace pilothouse::web
