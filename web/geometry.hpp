#pragma once

#include <algorithm>

#include "imgui.h"

namespace pilothouse::web {

/// The one spacing unit of every screen, in CSS pixels.
inline constexpr float kUnit = 4;
/// `n` spacing units.
constexpr float units(float n) { return n * kUnit; }

template <typename T>
constexpr float toFloat(T number) {
  return static_cast<float>(number);
}

inline ImVec2 operator+(ImVec2 a, ImVec2 b) { return {a.x + b.x, a.y + b.y}; }
inline ImVec2 operator-(ImVec2 a, ImVec2 b) { return {a.x - b.x, a.y - b.y}; }
inline ImVec2 operator*(ImVec2 a, float k) { return {a.x * k, a.y * k}; }

/// An axis-aligned rectangle, in CSS pixels or in the scene's own units.
struct Rect {
  ImVec2 min;
  ImVec2 max;

  [[nodiscard]] float width() const { return max.x - min.x; }
  [[nodiscard]] float height() const { return max.y - min.y; }
  [[nodiscard]] ImVec2 size() const { return max - min; }
  [[nodiscard]] ImVec2 center() const { return (min + max) * 0.5F; }
  [[nodiscard]] bool empty() const { return width() <= 0 || height() <= 0; }
  [[nodiscard]] bool contains(ImVec2 p) const {
    return p.x >= min.x && p.x < max.x && p.y >= min.y && p.y < max.y;
  }
  [[nodiscard]] bool overlaps(const Rect& o) const {
    return min.x < o.max.x && o.min.x < max.x && min.y < o.max.y && o.min.y < max.y;
  }
  [[nodiscard]] Rect inset(float by) const { return {{min.x + by, min.y + by}, {max.x - by, max.y - by}}; }
};

inline Rect rectAt(float x, float y, float width, float height) { return {{x, y}, {x + width, y + height}}; }

inline Rect intersect(const Rect& a, const Rect& b) {
  return {{std::max(a.min.x, b.min.x), std::max(a.min.y, b.min.y)},
          {std::min(a.max.x, b.max.x), std::min(a.max.y, b.max.y)}};
}

}  // namespace pilothouse::web
