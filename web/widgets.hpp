#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "web/fonts.hpp"
#include "web/icons.hpp"
#include "web/mirror.hpp"
#include "web/theme.hpp"

namespace pilothouse::web {

enum class Look : unsigned char { Plain, Primary, Quiet, Danger };

/// The page's own controls. Each is drawn in the page's look, works by keyboard, and adds itself to the
/// mirror under its explicit, stable id ("manifest.apply").
class Widgets {
 public:
  Widgets(const Theme& theme, const Fonts& fonts, Mirror& mirror)
      : theme_(theme), fonts_(fonts), mirror_(mirror) {}

  bool button(std::string_view id, std::string_view label, Look look = Look::Plain, bool enabled = true,
              float width = 0);
  /// A square button with an icon; the label is its tooltip and its name in the mirror.
  bool iconButton(std::string_view id, Icon icon, std::string_view label, bool on = false,
                  bool enabled = true);
  /// Width that button() takes for that label.
  [[nodiscard]] float buttonWidth(std::string_view label) const;
  [[nodiscard]] static float controlHeight() { return units(8); }

  struct Tab {
    std::string_view id;
    std::string_view label;
  };
  /// A row of tabs as wide as the content region; true when `current` changed.
  bool tabs(std::span<const Tab> tabs, int& current, bool underline = true);
  /// One of several answers, with wrapped text.
  bool choice(std::string_view id, std::string_view label, bool chosen, bool enabled = true);
  bool toggle(std::string_view id, std::string_view label, bool& on);
  /// A slider over a logarithmic range; true while the value changes.
  bool logSlider(std::string_view id, std::string_view label, double& value, double least, double most,
                 float width);
  /// One line of text; true when it was changed. `focused` tells where the caret's field is while it is
  /// edited.
  bool textField(std::string_view id, std::string_view label, std::string_view hint, std::string& text,
                 float width, bool* submitted = nullptr);
  bool link(std::string_view id, std::string_view label);
  /// A clickable line of a list with its text drawn by the caller: `rect` is its place.
  bool row(std::string_view id, std::string_view label, bool selected, float height, Rect& rect);

  void heading(std::string_view text, TextSize size = TextSize::Title);
  void paragraph(std::string_view text, ImU32 color = 0, TextSize size = TextSize::Body);
  void caption(std::string_view text, ImU32 color = 0) { paragraph(text, color, TextSize::Caption); }
  /// A small rounded label in the flow of a line.
  void badge(std::string_view text, ImU32 color);
  /// "name   value" with wrapped value; the pair is one line in the mirror.
  void field(std::string_view name, std::string_view value, float nameWidth, ImU32 color = 0);
  void gap(float unitsHigh);
  void separator();
  void tooltip(std::string_view text) const;

  /// Text at a place of a window's draw list, cut with an ellipsis at `maxWidth`. Returns the width drawn.
  float textAt(ImDrawList& draw, ImVec2 at, std::string_view text, ImU32 color, TextSize size, float maxWidth,
               bool mono = false) const;
  /// Text in lines of at most `width`, with the page's leading; its size. Nothing is drawn without `draw`.
  ImVec2 wrapped(ImDrawList* draw, ImVec2 at, std::string_view text, ImU32 color, TextSize size,
                 float width) const;
  /// Adds something that is drawn by hand to the mirror, under the current window's clip.
  void describe(std::string_view id, std::string_view role, std::string_view label, const Rect& rect,
                std::optional<std::string> value = std::nullopt, std::optional<bool> checked = std::nullopt,
                bool disabled = false);

  /// The text field that had the keyboard in this frame, empty for none: for IME and touch keyboards.
  [[nodiscard]] const Rect& textInput() const { return textInput_; }
  void setTextInput(const Rect& caret) { textInput_ = caret; }
  void beginFrame();

  [[nodiscard]] const Theme& theme() const { return theme_; }
  [[nodiscard]] const Fonts& fonts() const { return fonts_; }
  [[nodiscard]] const Palette& colors() const { return theme_.colors(); }

 private:
  struct Press {
    Rect rect;
    bool pressed = false;
    bool hovered = false;
    bool held = false;
  };
  Press press(std::string_view id, ImVec2 size, bool enabled);
  void focusRing(const Rect& rect) const;

  const Theme& theme_;
  const Fonts& fonts_;
  Mirror& mirror_;
  Rect textInput_{};
};

}  // namespace pilothouse::web
