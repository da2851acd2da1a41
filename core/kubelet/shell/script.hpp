#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::kubelet::shell {

struct Script;
using ScriptPtr = std::shared_ptr<const Script>;

/// A piece of a word before expansion.
struct Part {
  enum class Kind : std::uint8_t { Text, Variable, Substitution, Arithmetic } kind{};
  bool quoted = false;
  std::string text;      ///< the text, the variable's name, or the arithmetic expression
  std::string op;        ///< of ${name<op>…}: ":-", "-", ":=", ":+", "#", "%"…
  std::string argument;  ///< what follows the operator
  ScriptPtr script;      ///< of $(…)
};
using Word = std::vector<Part>;

struct Redirect {
  enum class Kind : std::uint8_t { Read, Write, Append, Duplicate, Text } kind{};
  int fd = 1;
  Word target;
};

struct Command {
  std::vector<std::pair<std::string, Word>> assignments;
  std::vector<Word> words;
  std::vector<Redirect> redirects;
};

enum class Op : std::uint8_t {
  Run,         ///< commands[argument]; sets the status
  Jump,        ///< to argument
  JumpIfOk,    ///< when the status is 0
  JumpIfFail,  ///< when it is not
  Not,         ///< turns the status round
  Ok,          ///< status 0
  Errexit,     ///< ends the script when the status is not 0 and `set -e` holds
  LoopBegin,   ///< remembers what is open, for break and continue
  LoopEnd,
  Restore,    ///< closes what was opened inside the innermost loop
  ForBegin,   ///< expands loops[argument] and pushes the loop
  ForNext,    ///< sets the variable; pops and jumps to argument after the last
  ForDrop,    ///< pops the loop
  CaseBegin,  ///< pushes the expansion of loops[argument]
  CaseMatch,  ///< status 0 when the top matches one of loops[argument]'s words
  CaseEnd,
  RedirectBegin,  ///< for a compound command: commands[argument].redirects
  RedirectEnd,
  PipeBegin,  ///< captures output
  PipeNext,   ///< what was captured becomes the input; captures again
  PipeLast,   ///< the same for the last stage, which is not captured
  PipeEnd,
  Return,      ///< from a function
  Background,  ///< skips to argument: runs what lies between for as long as it does not wait
  BackgroundEnd
};

struct Instruction {
  Op op{};
  std::uint32_t argument = 0;
};

struct Loop {
  std::string name;
  std::vector<Word> words;
};

/// A shell script compiled to a flat program, so that running it needs no stack and can stop at any `sleep`.
struct Script {
  std::vector<Instruction> code;
  std::vector<Command> commands;
  std::vector<Loop> loops;
  std::vector<std::pair<std::string, std::uint32_t>> functions;  ///< name and first instruction
};

struct Parsed {
  ScriptPtr script;
  std::string error;  ///< "syntax error: unexpected \"done\""; empty when it is well-formed
};

/// `sh -c text`: lists, pipelines, if, while, until, for, case, functions, quoting, ${…}, $(…), $((…)).
Parsed parse(std::string_view text);
/// One command whose words are taken as they are.
ScriptPtr fromWords(const std::vector<std::string>& words);

}  // namespace pilothouse::kubelet::shell
