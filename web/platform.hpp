#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace pilothouse::web {

/// What the panels need from the browser. Implemented in wasm/; tests may have their own.
class Platform {
 public:
  virtual ~Platform() = default;
  /// Kept over a reload; "" when there is nothing (or storage is refused: the page goes on without it).
  virtual std::string load(std::string_view key) = 0;
  virtual void store(std::string_view key, std::string_view value) = 0;
  virtual void openLink(std::string_view url) = 0;
  virtual void copyText(std::string_view text) = 0;
  virtual void saveFile(std::string_view name, std::string_view text) = 0;
  /// Opens the file chooser; the file arrives by App::fileOpened.
  virtual void pickFile() = 0;
  virtual void setLanguage(std::string_view language) = 0;  ///< the document's lang: "ko" or "en"
  /// Replaces the accessibility mirror: JSON array of {id, role, label, rect:[x,y,w,h], value?, checked?}.
  virtual void mirror(const std::string& json) = 0;
  /// Whether a text field has the keyboard, and where its cursor is (CSS pixels): for IME and touch
  /// keyboards.
  virtual void setTextInput(bool wanted, float x, float y, float height) = 0;
};

/// What is there when the module starts.
struct BootFiles {
  std::string language;  ///< "ko" or "en": the browser's, or the one chosen before
  bool dark = false;
  bool reducedMotion = false;
  float pixelRatio = 1;
  std::string hash;  ///< the part of the address after '#'
  std::map<std::string, std::string>
      files;  ///< "lessons/03-desired-state/lesson.yaml", "examples/…", "fonts/…"
};

}  // namespace pilothouse::web
