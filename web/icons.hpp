#pragma once

#include "imgui.h"
#include "web/theme.hpp"

namespace pilothouse::web {

enum class Icon : unsigned char {
  None,
  Play,
  Pause,
  StepEvent,
  StepMessage,
  UntilChange,
  ChevronLeft,
  ChevronRight,
  ChevronUp,
  ChevronDown,
  Plus,
  Minus,
  Fit,
  Close,
  Check,
  Cross,
  Sun,
  Moon,
  PanelLeft,
  PanelRight,
  PanelBottom,
  Reset,
  Person
};

/// Draws the icon in a square of `size` around `center`.
void drawIcon(ImDrawList& draw, Icon icon, ImVec2 center, float size, ImU32 color);

/// A pod's state as a shape that tells itself apart without colour: hollow ring, broken ring, half disc,
/// disc with a check, crossed ring, square with a stroke.
void drawPodState(ImDrawList& draw, PodState state, ImVec2 center, float radius, ImU32 color, ImU32 onColor);

}  // namespace pilothouse::web
