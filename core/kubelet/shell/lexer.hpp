#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/shell/script.hpp"

namespace pilothouse::kubelet::shell {

struct Token {
  enum class Kind : std::uint8_t { Word, Operator, Newline, Redirect, End } kind{};
  std::string text;  ///< an operator, or the word as written (for keywords and assignments)
  Word word;
  bool quoted = false;  ///< some part of the word is quoted: it is no keyword
  int fd = -1;          ///< of a redirection
};

/// Splits a script into tokens. `depth` counts nested $(…), which are parsed at once.
bool tokenize(std::string_view text, int depth, std::vector<Token>& tokens, std::string& error);

/// parse() at a depth of nesting.
Parsed parseNested(std::string_view text, int depth);

constexpr int kNestingMax = 24;

}  // namespace pilothouse::kubelet::shell
