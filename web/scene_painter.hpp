#pragma once

#include <string_view>

#include "web/ui.hpp"

namespace pilothouse::web {

/// Drawing in scene units: the camera, text that never gets too small to read, and what the pointer is on.
class ScenePainter {
 public:
  ScenePainter(Ui& ui, const Rect& view)
      : ui(ui), state(ui.panels.scene), draw(*ImGui::GetWindowDrawList()), view(view) {}

  [[nodiscard]] ImVec2 at(ImVec2 p) const { return view.min + state.offset + p * state.zoom; }
  [[nodiscard]] Rect at(const Rect& r) const { return {at(r.min), at(r.max)}; }
  [[nodiscard]] float scale(float length) const { return length * state.zoom; }
  [[nodiscard]] bool visible(const Rect& screen) const { return screen.overlaps(view); }

  /// Text at a place on screen, cut at `maxWidth`; drawn at the scene's scale but never below kTextMin.
  /// Returns its width, 0 when there was no room.
  float text(ImVec2 at, std::string_view text, ImU32 color, float height, float maxWidth) const;
  void centered(const Rect& screen, std::string_view text, ImU32 color, float height) const;
  [[nodiscard]] float textHeight(float height) const;
  static constexpr float kTextMin = 13;

  /// Registers what is at `screen`: for the pointer, and (with a label) for the mirror. True when it is under
  /// the pointer.
  bool target(const Rect& screen, const Selection& selection, std::string_view label, bool describe = true);
  /// A ring around what is selected or pointed out by a lesson.
  void rings(const Rect& screen, const Selection& selection, float rounding);

  void paths(const std::vector<ImVec2>& path, ImU32 color, float thickness) const;

  Ui& ui;
  SceneState& state;
  ImDrawList& draw;
  Rect view;
  Selection hovered;
  std::string hoveredLabel;
  bool pointerInside = false;
};

/// A point along a way, 0 to 1 of its length.
ImVec2 along(const std::vector<ImVec2>& path, float t);

/// One layer each, from back to front.
void paintOutside(ScenePainter& p);
void paintControlPlane(ScenePainter& p);
void paintWaiting(ScenePainter& p);
void paintMachines(ScenePainter& p);
void paintEndpoints(ScenePainter& p);
void paintMessages(ScenePainter& p);
/// Chip or dot of one pod.
void paintPod(ScenePainter& p, const PodView& pod, const Rect& screen, bool chip);
std::string podLabel(const Ui& ui, const PodView& pod);
T stateText(PodState state);

}  // namespace pilothouse::web
