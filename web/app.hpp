#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "web/platform.hpp"

namespace pilothouse::web {

/// The whole user interface over one cluster. The ImGui context, its backends and the frame belong to the
/// caller (wasm/): frame() is called between NewFrame and Render.
class App {
 public:
  App(Platform& platform, BootFiles boot);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Loads the fonts and the theme into the current ImGui context; call once before the first frame, and
  /// again when the pixel ratio changed.
  void prepare(float pixelRatio);
  /// Advances the simulation and draws one frame. True when another frame is wanted at once (something moves
  /// or runs); false when the page may wait for input.
  bool frame(double elapsedSeconds);
  /// A file was dropped or chosen: its text goes into the manifest editor.
  void fileOpened(std::string_view name, std::string_view text);
  /// The page's script interface: {"do":"apply","manifest":…} and so on; answers JSON. Never traps: malformed
  /// input gives {"error":…}.
  std::string evaluate(std::string_view json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse::web
