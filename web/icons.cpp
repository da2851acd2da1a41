#include "web/icons.hpp"

#include <cmath>
#include <numbers>

#include "web/geometry.hpp"

namespace pilothouse::web {

namespace {

constexpr float kPi = std::numbers::pi_v<float>;

struct Pen {
  ImDrawList& draw;
  ImVec2 center;
  float half;  ///< half of the icon's square
  ImU32 color;

  [[nodiscard]] ImVec2 at(float x, float y) const { return {center.x + x * half, center.y + y * half}; }
  [[nodiscard]] float stroke() const { return std::max(1.4F, half * 0.22F); }
  void line(float x1, float y1, float x2, float y2) const {
    draw.AddLine(at(x1, y1), at(x2, y2), color, stroke());
  }
  void chevron(float x1, float y1, float x2, float y2, float x3, float y3) const {
    draw.PathLineTo(at(x1, y1));
    draw.PathLineTo(at(x2, y2));
    draw.PathLineTo(at(x3, y3));
    draw.PathStroke(color, 0, stroke());
  }
  void triangle(float left, float right) const {
    draw.AddTriangleFilled(at(left, -0.75F), at(right, 0), at(left, 0.75F), color);
  }
  void panel(float x1, float y1, float x2, float y2) const {
    draw.AddRect(at(-0.85F, -0.7F), at(0.85F, 0.7F), color, half * 0.2F, 0, stroke());
    draw.AddRectFilled(at(x1, y1), at(x2, y2), color);
  }
  void arc(float radius, float from, float to) const {
    draw.PathArcTo(center, radius * half, from, to, 24);
    draw.PathStroke(color, 0, stroke());
  }
};

void drawSun(const Pen& pen) {
  pen.draw.AddCircleFilled(pen.center, pen.half * 0.42F, pen.color, 20);
  for (int i = 0; i < 8; ++i) {
    const float angle = toFloat(i) * kPi / 4;
    const float c = std::cos(angle);
    const float s = std::sin(angle);
    pen.line(c * 0.65F, s * 0.65F, c * 0.95F, s * 0.95F);
  }
}

void drawMoon(const Pen& pen) {
  pen.draw.PathArcTo(pen.center, pen.half * 0.8F, kPi * 0.35F, kPi * 1.65F, 24);
  pen.draw.PathArcTo(pen.at(0.35F, 0), pen.half * 0.72F, kPi * 1.5F, kPi * 0.5F, 24);
  pen.draw.PathStroke(pen.color, ImDrawFlags_Closed, pen.stroke());
}

void drawReset(const Pen& pen) {
  pen.arc(0.7F, -kPi * 0.35F, kPi * 1.35F);
  pen.draw.AddTriangleFilled(pen.at(0.1F, -0.98F), pen.at(0.75F, -0.62F), pen.at(0.12F, -0.2F), pen.color);
}

void drawPerson(const Pen& pen) {
  pen.draw.AddCircleFilled(pen.at(0, -0.4F), pen.half * 0.4F, pen.color, 20);
  pen.draw.PathArcTo(pen.at(0, 0.9F), pen.half * 0.75F, -kPi, 0, 20);
  pen.draw.PathFillConvex(pen.color);
}

void drawMotion(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::Play:
      pen.triangle(-0.55F, 0.8F);
      break;
    case Icon::Pause:
      pen.draw.AddRectFilled(pen.at(-0.6F, -0.7F), pen.at(-0.15F, 0.7F), pen.color);
      pen.draw.AddRectFilled(pen.at(0.15F, -0.7F), pen.at(0.6F, 0.7F), pen.color);
      break;
    case Icon::StepEvent:
      pen.triangle(-0.8F, 0.3F);
      pen.draw.AddRectFilled(pen.at(0.4F, -0.75F), pen.at(0.72F, 0.75F), pen.color);
      break;
    case Icon::StepMessage:
      pen.draw.AddRect(pen.at(-0.95F, -0.6F), pen.at(0.45F, 0.6F), pen.color, 0, 0, pen.stroke());
      pen.chevron(-0.9F, -0.5F, -0.25F, 0.1F, 0.4F, -0.5F);
      pen.draw.AddRectFilled(pen.at(0.68F, -0.75F), pen.at(0.95F, 0.75F), pen.color);
      break;
    default:  // UntilChange
      pen.triangle(-0.95F, -0.1F);
      pen.triangle(-0.15F, 0.7F);
      pen.draw.AddRectFilled(pen.at(0.7F, -0.75F), pen.at(0.95F, 0.75F), pen.color);
      break;
  }
}

void drawFit(const Pen& pen) {
  pen.chevron(-0.8F, -0.3F, -0.8F, -0.8F, -0.3F, -0.8F);
  pen.chevron(0.3F, -0.8F, 0.8F, -0.8F, 0.8F, -0.3F);
  pen.chevron(0.8F, 0.3F, 0.8F, 0.8F, 0.3F, 0.8F);
  pen.chevron(-0.3F, 0.8F, -0.8F, 0.8F, -0.8F, 0.3F);
}

}  // namespace

void drawIcon(ImDrawList& draw, Icon icon, ImVec2 center, float size, ImU32 color) {
  const Pen pen{draw, center, size * 0.5F, color};
  switch (icon) {
    case Icon::None:
      break;
    case Icon::Play:
    case Icon::Pause:
    case Icon::StepEvent:
    case Icon::StepMessage:
    case Icon::UntilChange:
      drawMotion(pen, icon);
      break;
    case Icon::ChevronLeft:
      pen.chevron(0.3F, -0.65F, -0.35F, 0, 0.3F, 0.65F);
      break;
    case Icon::ChevronRight:
      pen.chevron(-0.3F, -0.65F, 0.35F, 0, -0.3F, 0.65F);
      break;
    case Icon::ChevronUp:
      pen.chevron(-0.65F, 0.3F, 0, -0.35F, 0.65F, 0.3F);
      break;
    case Icon::ChevronDown:
      pen.chevron(-0.65F, -0.3F, 0, 0.35F, 0.65F, -0.3F);
      break;
    case Icon::Plus:
      pen.line(-0.7F, 0, 0.7F, 0);
      pen.line(0, -0.7F, 0, 0.7F);
      break;
    case Icon::Minus:
      pen.line(-0.7F, 0, 0.7F, 0);
      break;
    case Icon::Fit:
      drawFit(pen);
      break;
    case Icon::Close:
    case Icon::Cross:
      pen.line(-0.6F, -0.6F, 0.6F, 0.6F);
      pen.line(-0.6F, 0.6F, 0.6F, -0.6F);
      break;
    case Icon::Check:
      pen.chevron(-0.7F, 0.05F, -0.2F, 0.55F, 0.75F, -0.5F);
      break;
    case Icon::Sun:
      drawSun(pen);
      break;
    case Icon::Moon:
      drawMoon(pen);
      break;
    case Icon::PanelLeft:
      pen.panel(-0.85F, -0.7F, -0.25F, 0.7F);
      break;
    case Icon::PanelRight:
      pen.panel(0.25F, -0.7F, 0.85F, 0.7F);
      break;
    case Icon::PanelBottom:
      pen.panel(-0.85F, 0.15F, 0.85F, 0.7F);
      break;
    case Icon::Reset:
      drawReset(pen);
      break;
    case Icon::Person:
      drawPerson(pen);
      break;
  }
}

void drawPodState(ImDrawList& draw, PodState state, ImVec2 center, float radius, ImU32 color, ImU32 onColor) {
  const float stroke = std::max(1.2F, radius * 0.28F);
  const float r = radius - stroke * 0.5F;
  switch (state) {
    case PodState::Pending:
      draw.AddCircle(center, r, color, 20, stroke);
      break;
    case PodState::Starting:
      for (int i = 0; i < 4; ++i) {
        const float from = toFloat(i) * kPi / 2 + 0.25F;
        draw.PathArcTo(center, r, from, from + kPi / 2 - 0.5F, 6);
        draw.PathStroke(color, 0, stroke);
      }
      break;
    case PodState::NotReady:
      draw.AddCircle(center, r, color, 20, stroke);
      draw.PathArcTo(center, r, 0, kPi, 14);
      draw.PathFillConvex(color);
      break;
    case PodState::Ready:
      draw.AddCircleFilled(center, radius, color, 20);
      if (radius > 3.5F) drawIcon(draw, Icon::Check, center, radius * 1.25F, onColor);
      break;
    case PodState::Terminating:
      draw.AddCircle(center, r, color, 20, stroke);
      draw.AddLine({center.x - r * 0.7F, center.y}, {center.x + r * 0.7F, center.y}, color, stroke);
      break;
    case PodState::Failed:
      draw.AddRectFilled({center.x - radius, center.y - radius}, {center.x + radius, center.y + radius},
                         color, radius * 0.3F);
      if (radius > 3.5F) drawIcon(draw, Icon::Cross, center, radius * 1.4F, onColor);
      break;
    case PodState::Succeeded:
      draw.AddRect({center.x - r, center.y - r}, {center.x + r, center.y + r}, color, radius * 0.3F, 0,
                   stroke);
      if (radius > 3.5F) drawIcon(draw, Icon::Check, center, radius * 1.2F, color);
      break;
  }
}

}  // namespace pilothouse::web
