#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "web/editor/text_buffer.hpp"
#include "web/editor/yaml_colors.hpp"
#include "web/widgets.hpp"

namespace pilothouse::web {

/// Something wrong at a place of the text, underlined and told when pointed at.
struct Problem {
  std::size_t line = 0;    ///< from 1; 0 for the text as a whole
  std::size_t column = 0;  ///< in characters, from 1; 0 for the whole line
  std::string message;
};

/// A code editor over a TextBuffer: only the visible lines are laid out and drawn, so any length is smooth.
///
/// Characters come from ImGui's input queue (composed text arrives as its final characters), the clipboard is
/// ImGui's. Columns are a fixed grid in which Hangul takes two.
class TextEditor {
 public:
  struct Options {
    std::string_view id;     ///< in the mirror, and ImGui's id
    std::string_view label;  ///< in the mirror
    bool readOnly = false;
    std::string_view placeholder = {};
  };
  struct Outcome {
    bool changed = false;
    bool focused = false;
    bool submit = false;  ///< Ctrl+Enter
    bool save = false;    ///< Ctrl+S
  };

  /// Draws the editor in `size` at the cursor and takes its input.
  Outcome draw(Widgets& widgets, ImVec2 size, const Options& options);

  [[nodiscard]] const TextBuffer& buffer() const { return buffer_; }
  bool setText(std::string_view text);
  /// Replaces the text as one undo step.
  void replaceAll(std::string_view text);
  void setProblems(std::vector<Problem> problems) { problems_ = std::move(problems); }
  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
  void undo();
  void redo();

  /// Puts the caret at a place (line from 1, column in characters from 1), shows it and takes the keyboard.
  void goTo(std::size_t line, std::size_t column);
  /// Marks a line (from 1) for a lesson; 0 for none.
  void markLine(std::size_t line) { markedLine_ = line; }
  [[nodiscard]] TextSelection selection() const { return selection_; }
  void select(TextSelection selection);

  /// Input, as draw() feeds it; public so that tests can type.
  void type(std::string_view text);
  void newLine();
  void erase(bool forward, bool word);
  void indent(bool outward);
  void move(TextPosition to, bool extend);
  [[nodiscard]] TextPosition lineAway(std::ptrdiff_t lines) const;
  [[nodiscard]] std::string copied() const;

 private:
  struct Grid {
    Rect text;        ///< where the text is shown, right of the line numbers
    float cell = 8;   ///< width of a column
    float line = 20;  ///< height of a line
    float height = 16;
    ImVec2 origin;  ///< of line 0, column 0, on screen
  };
  void keys(Outcome& outcome, bool readOnly);
  bool editingKeys(Outcome& outcome);
  void moveKeys(const Grid& grid);
  void mouse(const Grid& grid, bool hovered);
  void drawLines(Widgets& widgets, const Grid& grid, std::size_t first, std::size_t last);
  void drawLine(Widgets& widgets, const Grid& grid, std::size_t index);
  void drawSelection(const Widgets& widgets, const Grid& grid, std::size_t first, std::size_t last);
  void drawProblems(Widgets& widgets, const Grid& grid, std::size_t first, std::size_t last, bool hovered);
  void drawGutter(Widgets& widgets, const Grid& grid, const Rect& frame, std::size_t first, std::size_t last);
  void follow(const Grid& grid);
  void refreshStates();
  [[nodiscard]] std::size_t columnOf(TextPosition at) const;
  [[nodiscard]] TextPosition positionAt(std::size_t line, std::size_t column) const;
  [[nodiscard]] TextPosition positionAt(const Grid& grid, ImVec2 point) const;
  void caretMoved();

  TextBuffer buffer_;
  TextSelection selection_;
  std::vector<YamlLineState> states_;  ///< what each line inherits
  std::vector<Problem> problems_;
  std::vector<YamlRun> runs_;
  std::size_t wantedColumn_ = 0;
  bool keepColumn_ = false;
  bool showCaret_ = false;  ///< scroll to the caret in the next frame
  bool takeFocus_ = false;
  bool dragging_ = false;
  std::size_t markedLine_ = 0;
  std::size_t widest_ = 0;  ///< columns of the widest line seen, for the horizontal scroll
};

}  // namespace pilothouse::web
