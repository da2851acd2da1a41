#pragma once

#include <cstdint>
#include <string_view>

#include "core/sim/trace.hpp"
#include "imgui.h"

namespace pilothouse::web {

/// How a pod stands, as the scene and the lists show it. Each has a fixed colour and a fixed shape.
enum class PodState : std::uint8_t { Pending, Starting, NotReady, Ready, Terminating, Failed, Succeeded };
inline constexpr std::size_t kPodStates = 7;

/// The page's colours, light or dark. One meaning, one colour.
struct Palette {
  ImU32 canvas;   ///< behind everything
  ImU32 surface;  ///< panels
  ImU32 raised;   ///< cards, fields and buttons on a panel
  ImU32 sunken;   ///< wells: code, lists
  ImU32 border;
  ImU32 borderStrong;
  ImU32 text;
  ImU32 muted;
  ImU32 accent;
  ImU32 onAccent;
  ImU32 accentSoft;
  ImU32 selection;
  ImU32 good;
  ImU32 warning;
  ImU32 bad;
  ImU32 goodSoft;
  ImU32 warningSoft;
  ImU32 badSoft;
  ImU32 yamlKey;
  ImU32 yamlString;
  ImU32 yamlNumber;
  ImU32 yamlComment;
  ImU32 yamlMark;
  ImU32 apps[8];      ///< one an owner, in order of appearance
  ImU32 messages[6];  ///< read, create, change, delete, watch, etcd
  ImU32 runtime;
  ImU32 traffic;
  ImU32 note;
};

/// Light or dark, and what follows from it.
class Theme {
 public:
  void setDark(bool dark);
  [[nodiscard]] bool dark() const { return dark_; }
  [[nodiscard]] const Palette& colors() const;
  [[nodiscard]] ImU32 state(PodState state) const;
  [[nodiscard]] ImU32 kind(std::string_view kind) const;
  [[nodiscard]] ImU32 app(std::size_t index) const { return colors().apps[index % 8]; }
  [[nodiscard]] ImU32 message(MessageKind kind, Key verb, std::uint16_t code) const;
  /// Puts the colours and the metrics into the current ImGui context.
  void apply() const;

 private:
  bool dark_ = false;
};

/// The same colour at another opacity, 0 to 1.
ImU32 withAlpha(ImU32 color, float alpha);
/// Between two colours: 0 is `a`, 1 is `b`.
ImU32 mix(ImU32 a, ImU32 b, float t);

}  // namespace pilothouse::web
