#include "web/fonts.hpp"

#include <algorithm>
#include <cfloat>
#include <cstring>

namespace pilothouse::web {

namespace {

/// What the face draws by itself; the rest (Hangul above all) comes from the face merged after it.
[[maybe_unused]] constexpr ImWchar kKoreanRanges[] = {0x20,   0xFF,   0x2010, 0x2027, 0x2190,
                                                      0x2193, 0x2500, 0x257F, 0x3000, 0x303F,
                                                      0x3131, 0x3163, 0xAC00, 0xD7A3, 0};

/// A TrueType or OpenType file, by its first bytes: anything else would stop stb_truetype.
bool looksLikeFont(const std::string& data) {
  if (data.size() < 1024) return false;
  static constexpr char kTrueType[] = {0, 1, 0, 0};
  return std::memcmp(data.data(), kTrueType, 4) == 0 || std::memcmp(data.data(), "OTTO", 4) == 0 ||
         std::memcmp(data.data(), "true", 4) == 0;
}

ImFont* add(const std::string& data, float height, [[maybe_unused]] float pixelRatio, bool merge,
            float advanceMax) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.MergeMode = merge;
  if (advanceMax > 0) config.GlyphMaxAdvanceX = advanceMax;
  // The atlas only reads the data; its interface is older than const.
  void* bytes = const_cast<char*>(data.data());
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
#if IMGUI_VERSION_NUM >= 19200
  return atlas.AddFontFromMemoryTTF(bytes, static_cast<int>(data.size()), height, &config);
#else
  config.RasterizerDensity = pixelRatio;
  config.OversampleH = 1;
  return atlas.AddFontFromMemoryTTF(bytes, static_cast<int>(data.size()), height, &config, kKoreanRanges);
#endif
}

}  // namespace

float pixels(TextSize size) {
  switch (size) {
    case TextSize::Caption:
      return 14.5F;
    case TextSize::Body:
      return 16.5F;
    case TextSize::Title:
      return 19.5F;
    case TextSize::Heading:
      return 25;
  }
  return 16.5F;
}

void Fonts::load(const std::string& uiFont, const std::string& monoFont, float pixelRatio) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  const float body = pixels(TextSize::Body);
  const bool hasUi = looksLikeFont(uiFont);
  const bool hasMono = looksLikeFont(monoFont);
  ui_ = nullptr;
  mono_ = nullptr;
  if (hasUi) {
    ui_ = add(uiFont, body, pixelRatio, false, 0);
    // The coding face sets Hangul a full em apart, which is loose for running text.
    if (hasMono) add(monoFont, body, pixelRatio, true, body * 0.84F);
  }
  if (hasMono) {
    mono_ = add(monoFont, body, pixelRatio, false, 0);
    if (hasUi) add(uiFont, body, pixelRatio, true, 0);
  }
  if (ui_ == nullptr && mono_ == nullptr) ui_ = atlas.AddFontDefault();
  if (ui_ == nullptr) ui_ = mono_;
  if (mono_ == nullptr) mono_ = ui_;
  ImGui::GetIO().FontDefault = ui_;
#if IMGUI_VERSION_NUM >= 19200
  ImGui::GetStyle().FontSizeBase = body;
#endif
}

void Fonts::push([[maybe_unused]] TextSize size) const {
#if IMGUI_VERSION_NUM >= 19200
  ImGui::PushFont(ui_, pixels(size));
#else
  ImGui::PushFont(ui_);
#endif
}

void Fonts::pushMono([[maybe_unused]] TextSize size) const {
#if IMGUI_VERSION_NUM >= 19200
  ImGui::PushFont(mono_, pixels(size));
#else
  ImGui::PushFont(mono_);
#endif
}

void Fonts::pop() { ImGui::PopFont(); }

ImVec2 Fonts::measure(ImFont* font, float height, std::string_view text, float wrap) {
  return font->CalcTextSizeA(height, FLT_MAX, wrap, text.data(), text.data() + text.size());
}

const char* Fonts::lineEnd(ImFont* font, float height, const char* text, const char* end, float width) {
  end = std::find(text, end, '\n');
  const char* rest = end;
  font->CalcTextSizeA(height, width, 0, text, end, &rest);
  if (rest >= end || *rest == ' ') return rest;
  // Between words, not inside an image's name; a word longer than the line is cut where it must be.
  for (const char* at = rest; at > text; --at) {
    if (*(at - 1) == ' ') return at - 1 > text ? at - 1 : rest;
  }
  return rest;
}

float Fonts::width(std::string_view text, TextSize size) const { return measure(ui_, pixels(size), text).x; }

}  // namespace pilothouse::web
