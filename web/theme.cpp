#include "web/theme.hpp"

#include <algorithm>

#include "web/geometry.hpp"

namespace pilothouse::web {

namespace {

/// A colour as designers write it: 0xRRGGBB.
constexpr ImU32 rgb(std::uint32_t hex) {
  return IM_COL32((hex >> 16) & 0xFF, (hex >> 8) & 0xFF, hex & 0xFF, 255);
}

constexpr Palette kLight{
    .canvas = rgb(0xEEF1F5),
    .surface = rgb(0xFBFCFD),
    .raised = rgb(0xFFFFFF),
    .sunken = rgb(0xF3F5F8),
    .border = rgb(0xDCE2E9),
    .borderStrong = rgb(0xB8C3CF),
    .text = rgb(0x1A2530),
    .muted = rgb(0x586878),
    .accent = rgb(0x1F6F8B),
    .onAccent = rgb(0xFFFFFF),
    .accentSoft = rgb(0xDDECF1),
    .selection = rgb(0xC9E3EC),
    .good = rgb(0x1E7F52),
    .warning = rgb(0x9A5B00),
    .bad = rgb(0xB8322F),
    .goodSoft = rgb(0xDFF2E7),
    .warningSoft = rgb(0xFBEBD0),
    .badSoft = rgb(0xFBE2E0),
    .yamlKey = rgb(0x1F6F8B),
    .yamlString = rgb(0x2E7348),
    .yamlNumber = rgb(0x9A4A12),
    .yamlComment = rgb(0x6F7D8B),
    .yamlMark = rgb(0x7A4FA3),
    .apps = {rgb(0x2F7FA8), rgb(0x8A5BB5), rgb(0xB0652A), rgb(0x2E8B6D), rgb(0xA8456F), rgb(0x5F6FC4),
             rgb(0x7C7F2A), rgb(0x4A7A8C)},
    .messages = {rgb(0x5D7488), rgb(0x1E8A55), rgb(0xB26B00), rgb(0xC0392B), rgb(0x7550B8), rgb(0x9C5A2E)},
    .runtime = rgb(0x0E8496),
    .traffic = rgb(0xB83C84),
    .note = rgb(0x4A5FC1),
};

constexpr Palette kDark{
    .canvas = rgb(0x10161D),
    .surface = rgb(0x161E27),
    .raised = rgb(0x1F2933),
    .sunken = rgb(0x11181F),
    .border = rgb(0x2B3743),
    .borderStrong = rgb(0x4A5B6B),
    .text = rgb(0xE6EDF3),
    .muted = rgb(0x9DADBB),
    .accent = rgb(0x5FB8D3),
    .onAccent = rgb(0x0C1A21),
    .accentSoft = rgb(0x1C3742),
    .selection = rgb(0x24485A),
    .good = rgb(0x5CC990),
    .warning = rgb(0xE5AD54),
    .bad = rgb(0xF0837C),
    .goodSoft = rgb(0x18362A),
    .warningSoft = rgb(0x3A2D17),
    .badSoft = rgb(0x432322),
    .yamlKey = rgb(0x74C3DB),
    .yamlString = rgb(0x8ACF9F),
    .yamlNumber = rgb(0xE8A879),
    .yamlComment = rgb(0x8494A3),
    .yamlMark = rgb(0xC3A3E6),
    .apps = {rgb(0x62B1DA), rgb(0xBE95E6), rgb(0xE0A06A), rgb(0x63C7A5), rgb(0xE488AE), rgb(0x99A6F2),
             rgb(0xC3C567), rgb(0x86BACB)},
    .messages = {rgb(0x9CB2C5), rgb(0x5CCB8F), rgb(0xE9AE4F), rgb(0xF2857B), rgb(0xB79AF0), rgb(0xD8A079)},
    .runtime = rgb(0x4FC6D6),
    .traffic = rgb(0xEE86BF),
    .note = rgb(0x9DABF5),
};

ImVec4 rgba(ImU32 color) { return ImGui::ColorConvertU32ToFloat4(color); }

}  // namespace

ImU32 withAlpha(ImU32 color, float alpha) {
  const float own = toFloat((color >> IM_COL32_A_SHIFT) & 0xFF);
  const auto a = static_cast<ImU32>(std::clamp(own * alpha, 0.0F, 255.0F));
  return (color & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

ImU32 mix(ImU32 a, ImU32 b, float t) {
  const ImVec4 x = rgba(a);
  const ImVec4 y = rgba(b);
  return ImGui::ColorConvertFloat4ToU32(
      {x.x + (y.x - x.x) * t, x.y + (y.y - x.y) * t, x.z + (y.z - x.z) * t, x.w + (y.w - x.w) * t});
}

void Theme::setDark(bool dark) { dark_ = dark; }

const Palette& Theme::colors() const { return dark_ ? kDark : kLight; }

ImU32 Theme::state(PodState state) const {
  const Palette& c = colors();
  switch (state) {
    case PodState::Pending:
      return c.muted;
    case PodState::Starting:
      return c.runtime;
    case PodState::NotReady:
      return c.warning;
    case PodState::Ready:
      return c.good;
    case PodState::Terminating:
      return c.muted;
    case PodState::Failed:
      return c.bad;
    case PodState::Succeeded:
      return c.accent;
  }
  return c.muted;
}

ImU32 Theme::kind(std::string_view kind) const {
  const Palette& c = colors();
  if (kind == "Pod") return c.apps[3];
  if (kind == "Deployment") return c.apps[5];
  if (kind == "ReplicaSet") return c.apps[1];
  if (kind == "Service" || kind == "Endpoints" || kind == "EndpointSlice") return c.apps[4];
  if (kind == "Node") return c.apps[7];
  if (kind == "ConfigMap" || kind == "Secret") return c.apps[2];
  if (kind == "Namespace") return c.apps[0];
  return c.apps[6];
}

ImU32 Theme::message(MessageKind kind, Key verb, std::uint16_t code) const {
  const Palette& c = colors();
  switch (kind) {
    case MessageKind::WatchEvent:
      return c.messages[4];
    case MessageKind::EtcdRequest:
    case MessageKind::EtcdResponse:
    case MessageKind::EtcdWatch:
    case MessageKind::Raft:
      return c.messages[5];
    case MessageKind::Cri:
    case MessageKind::CriResponse:
      return c.runtime;
    case MessageKind::Traffic:
      return c.traffic;
    case MessageKind::Input:
      return c.accent;
    case MessageKind::Note:
      return c.note;
    case MessageKind::Request:
    case MessageKind::Response:
      break;
  }
  if (code >= 400) return c.bad;
  const std::string_view text = verb.text();
  if (text == "create") return c.messages[1];
  if (text == "update" || text == "patch") return c.messages[2];
  if (text.substr(0, 6) == "delete") return c.messages[3];
  return c.messages[0];
}

void Theme::apply() const {
  const Palette& c = colors();
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowPadding = {units(4), units(4)};
  style.FramePadding = {units(3), units(2)};
  style.ItemSpacing = {units(2), units(2)};
  style.ItemInnerSpacing = {units(2), units(1)};
  style.ScrollbarSize = units(2.5F);
  style.ScrollbarRounding = units(1.5F);
  style.GrabRounding = units(1.5F);
  style.WindowRounding = 0;
  style.ChildRounding = units(2);
  style.FrameRounding = units(1.5F);
  style.PopupRounding = units(2);
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 1;
  style.DisabledAlpha = 0.5F;
  const auto set = [&](ImGuiCol which, ImU32 color) { style.Colors[which] = rgba(color); };
  set(ImGuiCol_Text, c.text);
  set(ImGuiCol_TextDisabled, c.muted);
  set(ImGuiCol_WindowBg, c.surface);
  set(ImGuiCol_ChildBg, withAlpha(c.surface, 0));
  set(ImGuiCol_PopupBg, c.raised);
  set(ImGuiCol_Border, c.border);
  set(ImGuiCol_BorderShadow, withAlpha(c.border, 0));
  set(ImGuiCol_FrameBg, c.raised);
  set(ImGuiCol_FrameBgHovered, c.raised);
  set(ImGuiCol_FrameBgActive, c.raised);
  set(ImGuiCol_ScrollbarBg, withAlpha(c.border, 0));
  set(ImGuiCol_ScrollbarGrab, withAlpha(c.borderStrong, 0.6F));
  set(ImGuiCol_ScrollbarGrabHovered, c.borderStrong);
  set(ImGuiCol_ScrollbarGrabActive, c.muted);
  set(ImGuiCol_TextSelectedBg, c.selection);
  set(ImGuiCol_Header, c.accentSoft);
  set(ImGuiCol_HeaderHovered, c.accentSoft);
  set(ImGuiCol_HeaderActive, c.accentSoft);
  set(ImGuiCol_Separator, c.border);
  set(ImGuiCol_ModalWindowDimBg, withAlpha(c.canvas, 0.6F));
}

}  // namespace pilothouse::web
