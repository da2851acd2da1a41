#include <algorithm>
#include <cmath>

#include "core/api/object.hpp"
#include "web/describe.hpp"
#include "web/scene_painter.hpp"

namespace pilothouse::web {

namespace {

const Key kTargetRef = Key::intern("targetRef");
const Key kServiceName = Key::intern("kubernetes.io/service-name");
constexpr std::size_t kLabelsMax = 10;
constexpr std::size_t kEndpointsMax = 200;

/// Which of the motes still to be drawn deserve words: the few in front.
class Labels {
 public:
  /// Places a label beside a point where none is yet; false when there is no room.
  bool place(ScenePainter& p, ImVec2 beside, std::string_view text, ImU32 color) {
    if (placed_.size() >= kLabelsMax) return false;
    const float height = p.textHeight(13);
    const float width = Fonts::measure(p.ui.fonts.ui(), height, text).x;
    const ImVec2 size{width + 12, height + 5};
    for (const ImVec2 from : {ImVec2(10, -size.y * 0.5F), ImVec2(-10 - size.x, -size.y * 0.5F),
                              ImVec2(10, size.y * 0.4F), ImVec2(10, -size.y * 1.4F)}) {
      const Rect rect{beside + from, beside + from + size};
      if (rect.max.x > p.view.max.x || rect.min.x < p.view.min.x) continue;
      if (std::any_of(placed_.begin(), placed_.end(), [&](const Rect& r) { return r.overlaps(rect); }))
        continue;
      placed_.push_back(rect);
      const Palette& c = p.ui.colors();
      p.draw.AddRectFilled(rect.min, rect.max, withAlpha(c.raised, 0.94F), 5);
      p.draw.AddRect(rect.min, rect.max, withAlpha(color, 0.8F), 5);
      p.text({rect.min.x + 6, rect.min.y + 2}, text, color, 13, width + 2);
      return true;
    }
    return false;
  }

 private:
  std::vector<Rect> placed_;
};

/// A message is an envelope, a watch event a diamond, a call to the runtime a square: shape beside colour.
void paintMark(ScenePainter& p, const Mote& mote, ImVec2 at, float r, ImU32 color) {
  const ImU32 halo = p.ui.colors().raised;
  switch (mote.kind) {
    case MessageKind::WatchEvent:
    case MessageKind::EtcdWatch:
      p.draw.AddQuadFilled({at.x, at.y - r - 2}, {at.x + r + 2, at.y}, {at.x, at.y + r + 2},
                           {at.x - r - 2, at.y}, halo);
      p.draw.AddQuadFilled({at.x, at.y - r}, {at.x + r, at.y}, {at.x, at.y + r}, {at.x - r, at.y}, color);
      break;
    case MessageKind::Cri:
    case MessageKind::CriResponse:
      p.draw.AddRectFilled(at - ImVec2(r + 1, r + 1), at + ImVec2(r + 1, r + 1), halo, 2);
      p.draw.AddRectFilled(at - ImVec2(r - 0.5F, r - 0.5F), at + ImVec2(r - 0.5F, r - 0.5F), color, 2);
      break;
    case MessageKind::Response:
    case MessageKind::EtcdResponse:
      p.draw.AddCircleFilled(at, r + 1, halo, 20);
      p.draw.AddCircle(at, r - 1, color, 20, 2.5F);
      break;
    default:
      p.draw.AddCircleFilled(at, r + 1.5F, halo, 20);
      p.draw.AddCircleFilled(at, r, color, 20);
      break;
  }
}

void paintMote(ScenePainter& p, const Mote& mote, Labels& labels) {
  const double now = p.ui.now;
  if (mote.start > now) return;
  const Palette& c = p.ui.colors();
  const ImU32 color = p.ui.theme.message(mote.kind, mote.verb, mote.code);
  if (mote.kind == MessageKind::Note) {
    const ImVec2 at = p.at(p.state.layout.place(mote.from));
    labels.place(p, {at.x, at.y - p.scale(30)},
                 describeShort(mote.kind, mote.verb, mote.resource, 0, mote.count), color);
    return;
  }
  const std::vector<ImVec2> path = p.state.layout.route(mote.from, mote.to);
  if (path.size() < 2) return;
  const double span = std::max(0.001, mote.end - mote.start);
  auto t = static_cast<float>(std::clamp((now - mote.start) / span, 0.0, 1.0));
  if (mote.dropped) t = std::min(t, 0.5F);
  t = t * t * (3 - 2 * t);  // gently off and in
  const float strength = mote.background ? 0.35F : 1.0F;
  p.paths(path, withAlpha(color, 0.5F * strength), mote.background ? 1.5F : 2.5F);
  if (p.ui.boot.reducedMotion) t = 0.5F;
  const ImVec2 at = p.at(along(path, t));
  const float radius = mote.background ? 3.0F : std::min(10.0F, 5.5F + std::log2(toFloat(mote.count)));
  paintMark(p, mote, at, radius, withAlpha(color, strength));
  if (mote.dropped && t >= 0.49F) drawIcon(p.draw, Icon::Cross, at, 16, c.bad);
  if (mote.background) return;
  labels.place(p, at, describeShort(mote.kind, mote.verb, mote.resource, mote.code, mote.count), color);
  const Rect around{at - ImVec2(9, 9), at + ImVec2(9, 9)};
  if (p.pointerInside && around.contains(ImGui::GetIO().MousePos)) {
    const TraceRecord* record = p.ui.cluster().trace().find(mote.message);
    if (record != nullptr) {
      p.hovered = Selection::of(record->object);
      p.hovered.message = mote.message;
      p.hoveredLabel = describe(*record, p.ui.cluster().network(), p.ui.language);
    }
  }
}

void lookUpEndpoints(ScenePainter& p) {
  SceneState& s = p.state;
  const std::string key = p.ui.selection.ns + '/' + p.ui.selection.name;
  const std::uint64_t version = p.ui.world.view().version() + p.ui.world.resets() * (1ULL << 48);
  if (s.endpointsVersion == version && s.endpointsOf == key) return;
  s.endpointsVersion = version;
  s.endpointsOf = key;
  s.endpoints.clear();
  p.ui.cluster().forEach(api::resources::endpointSlices, p.ui.selection.ns, [&](const Value& slice) {
    if (api::labels(slice)[kServiceName].asString() != p.ui.selection.name) return true;
    for (const Value& endpoint : slice[keys::endpoints].items()) {
      const Value& pod = endpoint[kTargetRef];
      s.endpoints.emplace_back(pod[keys::namespace_].toString(), pod[keys::name].toString());
      if (s.endpoints.size() >= kEndpointsMax) return false;
    }
    return true;
  });
}

/// Where a pod's chip is, in scene units.
ImVec2 podPlace(ScenePainter& p, const PodView& pod) {
  for (const SceneMachine& machine : p.state.layout.machines) {
    if (pod.node == nullptr || machine.name != pod.node->name) continue;
    if (p.state.layout.tiles) return machine.rect.center();
    const PodGrid grid = podGrid(std::max(p.state.fullest, pod.node->pods.size()), machine.pods.width());
    const float column = machine.pods.width() / toFloat(grid.columns);
    return {machine.pods.min.x + (toFloat(pod.slot % grid.columns) + 0.5F) * column,
            machine.pods.min.y + toFloat(pod.slot / grid.columns) * grid.rowHeight + 2};
  }
  return p.state.layout.waiting.center();
}

}  // namespace

void paintEndpoints(ScenePainter& p) {
  const Selection& selected = p.ui.selection;
  if (selected.kind != Selection::Kind::Object || selected.resource != &api::resources::services) return;
  lookUpEndpoints(p);
  const auto& all = p.ui.world.view().services();
  const auto found = all.find(selected.ns + '/' + selected.name);
  if (found == all.end()) return;
  const auto index = static_cast<std::size_t>(std::distance(all.begin(), found));
  const SceneLayout& layout = p.state.layout;
  if (index >= layout.serviceColumns * layout.serviceRows) return;
  const float width = (layout.services.width() + 8) / toFloat(layout.serviceColumns) - 8;
  const ImVec2 from{
      layout.services.min.x + toFloat(index % layout.serviceColumns) * (width + 8) + width * 0.5F,
      layout.services.min.y + toFloat(index / layout.serviceColumns) * 52 + 44};
  const ImU32 color = p.ui.theme.kind("Service");
  for (const auto& [ns, name] : p.state.endpoints) {
    const PodView* pod = p.ui.world.view().pod(ns, name);
    if (pod == nullptr) continue;
    const ImVec2 a = p.at(from);
    const ImVec2 b = p.at(podPlace(p, *pod));
    const float bend = (b.y - a.y) * 0.4F;
    p.draw.AddBezierCubic(a, {a.x, a.y + bend}, {b.x, b.y - bend}, b, withAlpha(color, 0.75F), 1.75F, 32);
    p.draw.AddCircleFilled(b, 3, color, 12);
  }
}

void paintMessages(ScenePainter& p) {
  Labels labels;
  const std::vector<Mote>& motes = p.ui.world.flow().motes();
  for (const Mote& mote : motes) {
    if (mote.background) paintMote(p, mote, labels);
  }
  for (const Mote& mote : motes) {
    if (!mote.background) paintMote(p, mote, labels);
  }
  if (!motes.empty()) p.ui.animating = true;
}

}  // namespace pilothouse::web
