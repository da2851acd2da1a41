#pragma once

#include <string>
#include <string_view>

#include "web/geometry.hpp"

namespace pilothouse::web {

/// What a person did to the layout; remembered over a reload.
struct LayoutState {
  float left = 340;  ///< widths and heights that were asked for, in CSS pixels
  float right = 450;
  float log = 170;
  bool leftOpen = true;
  bool rightOpen = true;
  bool logOpen = true;
  int narrowTab = 1;  ///< which panel a narrow window shows: lesson, scene, tools, log

  [[nodiscard]] std::string toText() const;
  /// Anything that does not read as a layout leaves the defaults.
  static LayoutState fromText(std::string_view text);
};

inline constexpr float kNarrowWidth = 900;
/// What the time bar needs for all of its controls in one row.
inline constexpr float kTimeOneRowMin = 600;

/// Where everything is. Panels that are not shown are empty rectangles; none overlaps another.
struct Layout {
  bool narrow = false;
  bool tallTime = false;  ///< the time bar has two rows
  Rect top;
  Rect lesson;
  Rect scene;
  Rect tools;
  Rect time;
  Rect log;
  Rect strip;  ///< the narrow window's row of tabs
  Rect leftSplit;
  Rect rightSplit;
  Rect logSplit;
};

Layout layoutFor(ImVec2 window, const LayoutState& state);

}  // namespace pilothouse::web
