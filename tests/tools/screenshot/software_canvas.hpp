#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgui.h"

namespace pilothouse::tools {

/// Draws ImGui's draw data in software, so that screens can be looked at without a browser or a GPU.
class SoftwareCanvas {
 public:
  /// What a backend does with the textures; needed once a frame.
  static void updateTextures(ImDrawData& data);
  /// Draws; the picture is DisplaySize × FramebufferScale.
  void render(ImDrawData& data, ImU32 background);
  /// Writes the picture; false when the file cannot be written.
  [[nodiscard]] bool writePng(const std::string& path) const;

 private:
  void triangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c, const ImVec4& clip,
                const ImTextureData* texture);

  int width_ = 0;
  int height_ = 0;
  ImVec2 offset_;
  ImVec2 scale_;
  std::vector<std::uint8_t> pixels_;  ///< RGB
};

}  // namespace pilothouse::tools
