#include "web/layout.hpp"

#include <cstdlib>
#include <vector>

namespace pilothouse::web {

namespace {

constexpr float kTop = 48;
constexpr float kTime = 56;
constexpr float kTimeNarrow = 92;
constexpr float kStrip = 48;
constexpr float kSplit = 6;
constexpr float kLeftMin = 240;
constexpr float kRightMin = 320;
constexpr float kSceneMin = 420;
constexpr float kLogMin = 96;
constexpr float kSceneHeightMin = 180;

Layout narrowLayout(ImVec2 window, const LayoutState& state) {
  Layout out;
  out.narrow = true;
  const float top = std::min(kTop, window.y);
  out.top = rectAt(0, 0, window.x, top);
  const float strip = std::min(kStrip, std::max(0.0F, window.y - top));
  out.strip = rectAt(0, window.y - strip, window.x, strip);
  out.tallTime = true;
  const float time = std::min(kTimeNarrow, std::max(0.0F, window.y - top - strip));
  out.time = rectAt(0, window.y - strip - time, window.x, time);
  const Rect body{{0, top}, {window.x, out.time.min.y}};
  switch (state.narrowTab) {
    case 0:
      out.lesson = body;
      break;
    case 2:
      out.tools = body;
      break;
    case 3:
      out.log = body;
      break;
    default:
      out.scene = body;
      break;
  }
  return out;
}

/// Numbers separated by spaces, as toText writes them.
std::vector<float> numbers(std::string_view text) {
  std::vector<float> found;
  const std::string copy(text.substr(0, 200));
  const char* at = copy.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    const float number = std::strtof(at, &end);
    if (end == at) break;
    found.push_back(number);
    at = end;
  }
  return found;
}

}  // namespace

Layout layoutFor(ImVec2 window, const LayoutState& state) {
  window = {std::max(1.0F, window.x), std::max(1.0F, window.y)};
  if (window.x < kNarrowWidth) return narrowLayout(window, state);
  Layout out;
  out.top = rectAt(0, 0, window.x, std::min(kTop, window.y));
  const float bottom = window.y;
  const float bodyTop = out.top.max.y;

  const float forSides = window.x - kSceneMin;
  float left = state.leftOpen ? std::clamp(state.left, kLeftMin, 560.0F) : 0;
  float right = state.rightOpen ? std::clamp(state.right, kRightMin, 900.0F) : 0;
  if (left + right > forSides) right = std::max(state.rightOpen ? kRightMin : 0.0F, forSides - left);
  if (left + right > forSides) left = std::max(state.leftOpen ? kLeftMin : 0.0F, forSides - right);

  const float center = window.x - right;
  out.tallTime = center - left < kTimeOneRowMin;
  const float time = std::min(out.tallTime ? kTimeNarrow : kTime, std::max(0.0F, window.y - out.top.max.y));
  const float timeTop = bottom - time;
  const float logRoom = timeTop - bodyTop - kSceneHeightMin;
  float log = state.logOpen ? std::clamp(state.log, kLogMin, std::max(kLogMin, logRoom)) : 0;
  if (logRoom < kLogMin) log = 0;

  out.time = rectAt(left, timeTop, center - left, time);
  out.log = rectAt(left, timeTop - log, center - left, log);
  out.scene = {{left, bodyTop}, {center, out.log.min.y}};
  if (left > 0) {
    out.lesson = {{0, bodyTop}, {left - kSplit, bottom}};
    out.leftSplit = {{left - kSplit, bodyTop}, {left, bottom}};
  }
  if (right > 0) {
    out.tools = {{center + kSplit, bodyTop}, {window.x, bottom}};
    out.rightSplit = {{center, bodyTop}, {center + kSplit, bottom}};
  }
  if (log > 0) {
    out.logSplit = rectAt(left, out.log.min.y, center - left, kSplit);
    out.log.min.y += kSplit;
  }
  return out;
}

std::string LayoutState::toText() const {
  std::string out;
  for (const float number : {left, right, log, leftOpen ? 1.0F : 0.0F, rightOpen ? 1.0F : 0.0F,
                             logOpen ? 1.0F : 0.0F, toFloat(narrowTab)}) {
    if (!out.empty()) out += ' ';
    out += std::to_string(static_cast<int>(number));
  }
  return out;
}

LayoutState LayoutState::fromText(std::string_view text) {
  LayoutState state;
  const std::vector<float> n = numbers(text);
  if (n.size() != 7) return state;
  for (const float number : n) {
    if (!(number >= 0 && number <= 10000)) return state;
  }
  state.left = n[0];
  state.right = n[1];
  state.log = n[2];
  state.leftOpen = n[3] != 0;
  state.rightOpen = n[4] != 0;
  state.logOpen = n[5] != 0;
  state.narrowTab = std::clamp(static_cast<int>(n[6]), 0, 3);
  return state;
}

}  // namespace pilothouse::web
