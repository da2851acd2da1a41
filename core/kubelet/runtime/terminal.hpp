#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::kubelet {

/// A terminal's line discipline with the shell's line editing: what is typed is echoed, lines are handed on
/// when they are complete. Arrow up and down walk through the lines typed before.
class Terminal {
 public:
  struct Typed {
    std::string echo;
    std::vector<std::string> lines;  ///< complete, with their newline
    bool interrupted = false;        ///< Ctrl-C
    bool ended = false;              ///< Ctrl-D on an empty line
  };
  /// `prompt` is what stands before the line, for when it is written anew.
  Typed type(std::string_view data, std::string_view prompt);

 private:
  void erase(std::string& echo, std::size_t characters) const;
  void recall(std::string& echo, bool older);
  void escape(char c, std::string& echo);
  void enter(Typed& typed);

  std::string line_;
  std::vector<std::string> history_;
  std::size_t shown_ = 0;  ///< in history_; its size: the line being typed
  int escape_ = 0;         ///< characters seen of an escape sequence
  bool wasReturn_ = false;
};

/// Output as a terminal needs it: a return before each newline.
std::string terminalText(std::string_view text);

}  // namespace pilothouse::kubelet
