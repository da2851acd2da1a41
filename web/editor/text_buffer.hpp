#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::web {

/// A place between characters: line from 0, byte offset in the line's UTF-8.
struct TextPosition {
  std::size_t line = 0;
  std::size_t byte = 0;
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
  friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

/// From the anchor (where a selection began) to the caret (where it is now).
struct TextSelection {
  TextPosition anchor;
  TextPosition caret;
  [[nodiscard]] bool empty() const { return anchor == caret; }
  [[nodiscard]] TextPosition first() const { return anchor < caret ? anchor : caret; }
  [[nodiscard]] TextPosition last() const { return anchor < caret ? caret : anchor; }
};

/// Text in lines, with undo. Line ends are "\n"; "\r\n" and "\r" are read as such, NUL becomes U+FFFD.
///
/// Every position that comes in is clamped to the text and to a character's start, so no caller can break it.
class TextBuffer {
 public:
  static constexpr std::size_t kBytesMax = 16u << 20;
  static constexpr std::size_t kUndoMax = 1000;  ///< steps
  static constexpr std::size_t kUndoBytesMax = 64u << 20;

  TextBuffer();

  /// Replaces everything and forgets the undo steps. False, unchanged, when it is larger than kBytesMax.
  bool setText(std::string_view text);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t lineCount() const { return lines_.size(); }
  [[nodiscard]] const std::string& line(std::size_t index) const;
  [[nodiscard]] TextPosition end() const;
  [[nodiscard]] TextPosition clamp(TextPosition at) const;
  [[nodiscard]] std::string textIn(const TextSelection& selection) const;
  /// Raised by every change.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  /// First line that changed since the last call; lineCount() when none did.
  std::size_t takeFirstChange();

  /// Replaces the selection by `text` as one undo step and returns the place after it. Typing that goes on
  /// where the last step ended joins that step until a line is finished. Too large a text is refused.
  TextPosition replace(const TextSelection& selection, std::string_view text);
  [[nodiscard]] bool canUndo() const { return undone_ < steps_.size(); }
  [[nodiscard]] bool canRedo() const { return undone_ > 0; }
  /// Takes a step back or forward again; returns the selection that it leaves.
  TextSelection undo();
  TextSelection redo();
  /// The next change begins a new undo step.
  void breakStep() { joinable_ = false; }

  /// The position one character, word or line away.
  [[nodiscard]] TextPosition before(TextPosition at) const;
  [[nodiscard]] TextPosition after(TextPosition at) const;
  [[nodiscard]] TextPosition wordBefore(TextPosition at) const;
  [[nodiscard]] TextPosition wordAfter(TextPosition at) const;

 private:
  struct Step {
    TextPosition at;
    std::string removed;
    std::string inserted;
    TextSelection before;
  };
  TextPosition put(TextPosition at, std::string_view text);
  std::string cut(TextPosition from, TextPosition to);
  void remember(Step step);
  void touch(std::size_t line);
  static TextPosition endOf(TextPosition at, std::string_view text);

  std::vector<std::string> lines_;
  std::size_t bytes_ = 0;
  std::vector<Step> steps_;
  std::size_t undone_ = 0;  ///< steps at the back of steps_ that were taken back
  std::size_t stepBytes_ = 0;
  bool joinable_ = false;
  std::uint64_t version_ = 1;
  std::size_t firstChange_ = 0;
};

}  // namespace pilothouse::web
