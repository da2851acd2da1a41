#include "tests/tools/screenshot/software_canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

namespace pilothouse::tools {

namespace {

struct Rgba {
  float r;
  float g;
  float b;
  float a;
};

Rgba unpack(ImU32 color) {
  const auto part = [color](int shift) { return static_cast<float>((color >> shift) & 0xFF) / 255.0F; };
  return {part(IM_COL32_R_SHIFT), part(IM_COL32_G_SHIFT), part(IM_COL32_B_SHIFT), part(IM_COL32_A_SHIFT)};
}

Rgba texel(const ImTextureData& texture, int x, int y) {
  x = std::clamp(x, 0, texture.Width - 1);
  y = std::clamp(y, 0, texture.Height - 1);
  const unsigned char* p = texture.Pixels + (x + y * texture.Width) * texture.BytesPerPixel;
  const auto part = [p](int i) { return static_cast<float>(p[i]) / 255.0F; };
  if (texture.BytesPerPixel == 1) return {1, 1, 1, part(0)};
  return {part(0), part(1), part(2), part(3)};
}

Rgba sample(const ImTextureData& texture, float u, float v) {
  const float x = u * static_cast<float>(texture.Width) - 0.5F;
  const float y = v * static_cast<float>(texture.Height) - 0.5F;
  const int x0 = static_cast<int>(std::floor(x));
  const int y0 = static_cast<int>(std::floor(y));
  const float fx = x - std::floor(x);
  const float fy = y - std::floor(y);
  const auto mixed = [](const Rgba& a, const Rgba& b, float t) {
    return Rgba{a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t, a.a + (b.a - a.a) * t};
  };
  return mixed(mixed(texel(texture, x0, y0), texel(texture, x0 + 1, y0), fx),
               mixed(texel(texture, x0, y0 + 1), texel(texture, x0 + 1, y0 + 1), fx), fy);
}

std::uint32_t crc32(const std::string& data) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : data) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string bigEndian(std::uint32_t n) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((n >> shift) & 0xFF);
  return out;
}

void chunk(std::ofstream& out, const std::string& name, const std::string& data) {
  out << bigEndian(static_cast<std::uint32_t>(data.size())) << name << data << bigEndian(crc32(name + data));
}

/// zlib's format without compression.
std::string stored(const std::string& data) {
  std::string out = "\x78\x01";
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : data) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  for (std::size_t at = 0; at < data.size(); at += 65535) {
    const std::size_t length = std::min<std::size_t>(65535, data.size() - at);
    out += static_cast<char>(at + length == data.size() ? 1 : 0);
    for (const std::size_t n : {length, length ^ 0xFFFFU}) {
      out += static_cast<char>(n & 0xFF);
      out += static_cast<char>((n >> 8) & 0xFF);
    }
    out.append(data, at, length);
  }
  return out + bigEndian((b << 16) | a);
}

}  // namespace

void SoftwareCanvas::updateTextures(ImDrawData& data) {
  if (data.Textures == nullptr) return;
  for (ImTextureData* texture : *data.Textures) {
    if (texture->Status == ImTextureStatus_WantDestroy) {
      texture->SetTexID(ImTextureID_Invalid);
      texture->SetStatus(ImTextureStatus_Destroyed);
    } else if (texture->Status != ImTextureStatus_OK) {
      texture->SetTexID(static_cast<ImTextureID>(texture->UniqueID + 1));
      texture->SetStatus(ImTextureStatus_OK);
    }
  }
}

void SoftwareCanvas::render(ImDrawData& data, ImU32 background) {
  updateTextures(data);
  scale_ = data.FramebufferScale;
  offset_ = data.DisplayPos;
  width_ = static_cast<int>(data.DisplaySize.x * scale_.x);
  height_ = static_cast<int>(data.DisplaySize.y * scale_.y);
  pixels_.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 3);
  for (std::size_t i = 0; i < pixels_.size(); i += 3) {
    pixels_[i] = static_cast<std::uint8_t>(background >> IM_COL32_R_SHIFT);
    pixels_[i + 1] = static_cast<std::uint8_t>(background >> IM_COL32_G_SHIFT);
    pixels_[i + 2] = static_cast<std::uint8_t>(background >> IM_COL32_B_SHIFT);
  }
  for (const ImDrawList* list : data.CmdLists) {
    for (const ImDrawCmd& command : list->CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const ImTextureData* texture = nullptr;
      for (const ImTextureData* one : *data.Textures) {
        if (one->TexID == command.GetTexID()) texture = one;
      }
      for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
        const auto vertex = [&](unsigned k) -> const ImDrawVert& {
          const int index = list->IdxBuffer[static_cast<int>(command.IdxOffset + i + k)];
          return list->VtxBuffer[static_cast<int>(command.VtxOffset) + index];
        };
        triangle(vertex(0), vertex(1), vertex(2), command.ClipRect, texture);
      }
    }
  }
}

void SoftwareCanvas::triangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c,
                              const ImVec4& clip, const ImTextureData* texture) {
  const auto place = [this](ImVec2 p) {
    return ImVec2((p.x - offset_.x) * scale_.x, (p.y - offset_.y) * scale_.y);
  };
  const ImVec2 pa = place(a.pos);
  const ImVec2 pb = place(b.pos);
  const ImVec2 pc = place(c.pos);
  const float area = (pb.x - pa.x) * (pc.y - pa.y) - (pb.y - pa.y) * (pc.x - pa.x);
  if (area == 0) return;
  const ImVec2 from = place({clip.x, clip.y});
  const ImVec2 to = place({clip.z, clip.w});
  const auto low = [](float v, float least) { return static_cast<int>(std::floor(std::max(v, least))); };
  const int x0 = low(std::min({pa.x, pb.x, pc.x}), std::max(0.0F, from.x));
  const int y0 = low(std::min({pa.y, pb.y, pc.y}), std::max(0.0F, from.y));
  const int x1 =
      static_cast<int>(std::ceil(std::min({std::max({pa.x, pb.x, pc.x}), to.x, static_cast<float>(width_)})));
  const int y1 = static_cast<int>(
      std::ceil(std::min({std::max({pa.y, pb.y, pc.y}), to.y, static_cast<float>(height_)})));
  const std::array<Rgba, 3> colors{unpack(a.col), unpack(b.col), unpack(c.col)};
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const ImVec2 p(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      if (p.x < from.x || p.y < from.y || p.x >= to.x || p.y >= to.y) continue;
      const float wa = ((pb.x - p.x) * (pc.y - p.y) - (pb.y - p.y) * (pc.x - p.x)) / area;
      const float wb = ((pc.x - p.x) * (pa.y - p.y) - (pc.y - p.y) * (pa.x - p.x)) / area;
      const float wc = 1 - wa - wb;
      // A shared edge belongs to one triangle only; a tie is rare enough for looking.
      if (wa < 0 || wb < 0 || wc < 0) continue;
      Rgba ink{};
      const float w[] = {wa, wb, wc};
      for (std::size_t i = 0; i < 3; ++i) {
        ink.r += colors[i].r * w[i];
        ink.g += colors[i].g * w[i];
        ink.b += colors[i].b * w[i];
        ink.a += colors[i].a * w[i];
      }
      if (texture != nullptr) {
        const Rgba t = sample(*texture, a.uv.x * wa + b.uv.x * wb + c.uv.x * wc,
                              a.uv.y * wa + b.uv.y * wb + c.uv.y * wc);
        ink = {ink.r * t.r, ink.g * t.g, ink.b * t.b, ink.a * t.a};
      }
      if (ink.a <= 0) continue;
      std::uint8_t* out = &pixels_[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                                    static_cast<std::size_t>(x)) *
                                   3];
      const float parts[] = {ink.r, ink.g, ink.b};
      for (std::size_t i = 0; i < 3; ++i) {
        const float under = static_cast<float>(out[i]) / 255;
        const float mixed = under + (parts[i] - under) * std::min(1.0F, ink.a);
        out[i] = static_cast<std::uint8_t>(std::clamp(mixed, 0.0F, 1.0F) * 255 + 0.5F);
      }
    }
  }
}

bool SoftwareCanvas::writePng(const std::string& path) const {
  std::ofstream out(path, std::ios::binary);
  if (!out) return false;
  out << "\x89PNG\r\n\x1a\n";
  std::string header =
      bigEndian(static_cast<std::uint32_t>(width_)) + bigEndian(static_cast<std::uint32_t>(height_));
  header += std::string("\x08\x02\x00\x00\x00", 5);
  chunk(out, "IHDR", header);
  std::string rows;
  const std::size_t stride = static_cast<std::size_t>(width_) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(height_); ++y) {
    rows += '\0';
    rows.append(reinterpret_cast<const char*>(pixels_.data()) + y * stride, stride);
  }
  chunk(out, "IDAT", stored(rows));
  chunk(out, "IEND", "");
  return static_cast<bool>(out);
}

}  // namespace pilothouse::tools
