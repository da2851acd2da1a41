#pragma once

#include <string>
#include <string_view>

#include "imgui.h"

namespace pilothouse::web {

/// The one type scale. Numbers are ImGui's font heights (ascent to descent) in CSS pixels.
enum class TextSize : unsigned char { Caption, Body, Title, Heading };
float pixels(TextSize size);

/// The two type faces: words and code. Any Hangul syllable shows in both.
class Fonts {
 public:
  /// Reads both into the current context's atlas. The texts must outlive the atlas. An unreadable or missing
  /// font falls back to the other one, then to ImGui's own.
  void load(const std::string& uiFont, const std::string& monoFont, float pixelRatio);

  void push(TextSize size) const;
  void pushMono(TextSize size = TextSize::Body) const;
  static void pop();

  /// Faces for text drawn by hand, at any height.
  [[nodiscard]] ImFont* ui() const { return ui_; }
  [[nodiscard]] ImFont* mono() const { return mono_; }
  [[nodiscard]] float width(std::string_view text, TextSize size) const;
  /// Where the line that begins at `text` ends when it may be `width` wide.
  [[nodiscard]] static const char* lineEnd(ImFont* font, float height, const char* text, const char* end,
                                           float width);
  [[nodiscard]] static ImVec2 measure(ImFont* font, float height, std::string_view text, float wrap = 0);

 private:
  ImFont* ui_ = nullptr;
  ImFont* mono_ = nullptr;
};

}  // namespace pilothouse::web
