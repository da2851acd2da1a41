#pragma once

#include <string_view>

#include "imgui.h"

namespace pilothouse::wasm {

/// The key of a KeyboardEvent.code ("KeyA", "ArrowLeft"): the place on the keyboard, which does not change
/// while a Korean input method is on. ImGuiKey_None for what has no counterpart.
ImGuiKey keyOfCode(std::string_view code);

}  // namespace pilothouse::wasm
