#include "web/layout.hpp"

#include <vector>

#include "doctest/doctest.h"

using namespace pilothouse::web;

namespace {

std::vector<Rect> parts(const Layout& l) {
  std::vector<Rect> all;
  for (const Rect& rect :
       {l.top, l.lesson, l.scene, l.tools, l.time, l.log, l.strip, l.leftSplit, l.rightSplit, l.logSplit}) {
    if (!rect.empty()) all.push_back(rect);
  }
  return all;
}

void checkNothingOverlaps(ImVec2 window, const LayoutState& state) {
  CAPTURE(window.x);
  CAPTURE(window.y);
  const std::vector<Rect> all = parts(layoutFor(window, state));
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].min.x >= 0);
    CHECK(all[i].min.y >= 0);
    CHECK(all[i].max.x <= window.x + 0.5F);
    CHECK(all[i].max.y <= window.y + 0.5F);
    for (std::size_t k = i + 1; k < all.size(); ++k) CHECK_FALSE(all[i].overlaps(all[k]));
  }
}

}  // namespace

TEST_CASE("Nothing overlaps or leaves the window, whatever its size and what is open") {
  for (const ImVec2 window :
       {ImVec2(1440, 900), ImVec2(1024, 768), ImVec2(900, 600), ImVec2(899, 600), ImVec2(390, 844),
        ImVec2(320, 480), ImVec2(2560, 1440), ImVec2(1200, 300), ImVec2(200, 90), ImVec2(1, 1)}) {
    for (int open = 0; open < 8; ++open) {
      LayoutState state;
      state.leftOpen = (open & 1) != 0;
      state.rightOpen = (open & 2) != 0;
      state.logOpen = (open & 4) != 0;
      state.narrowTab = open % 4;
      checkNothingOverlaps(window, state);
      state.left = state.right = state.log = 5000;
      checkNothingOverlaps(window, state);
      state.left = state.right = state.log = 0;
      checkNothingOverlaps(window, state);
    }
  }
}

TEST_CASE("A wide window shows the scene and all panels at readable sizes") {
  for (const float width : {900.0F, 1024.0F, 1440.0F}) {
    const Layout l = layoutFor({width, 768}, {});
    CHECK(l.lesson.width() >= 200);
    CHECK(l.tools.width() >= 300);
    CHECK(l.scene.width() >= 280);
    CHECK(l.scene.height() >= 180);
  }
}

TEST_CASE("A narrow window shows one panel, the clock and the tabs") {
  for (int tab = 0; tab < 4; ++tab) {
    LayoutState state;
    state.narrowTab = tab;
    const Layout l = layoutFor({390, 844}, state);
    CHECK(l.narrow);
    const int shown = static_cast<int>(!l.lesson.empty()) + static_cast<int>(!l.scene.empty()) +
                      static_cast<int>(!l.tools.empty()) + static_cast<int>(!l.log.empty());
    CHECK(shown == 1);
    CHECK_FALSE(l.time.empty());
    CHECK_FALSE(l.strip.empty());
  }
}

TEST_CASE("The layout is remembered, and nonsense is not") {
  LayoutState state;
  state.left = 300;
  state.rightOpen = false;
  state.narrowTab = 3;
  const LayoutState again = LayoutState::fromText(state.toText());
  CHECK(again.left == 300);
  CHECK_FALSE(again.rightOpen);
  CHECK(again.narrowTab == 3);
  for (const char* text :
       {"", "1 2 3", "nan nan nan nan nan nan nan", "-1 -1 -1 1 1 1 1", "x", "1e30 1 1 1 1 1 1"}) {
    CAPTURE(text);
    CHECK(LayoutState::fromText(text).left == LayoutState().left);
  }
  CHECK(LayoutState::fromText("300 400 100 1 1 1 99").narrowTab == 3);
}
