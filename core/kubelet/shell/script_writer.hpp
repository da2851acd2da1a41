#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/kubelet/shell/script.hpp"

namespace pilothouse::kubelet::shell {

/// The program as it grows.
class ScriptWriter {
 protected:
  struct LoopJumps {
    std::uint32_t next = 0;
    std::vector<std::size_t> breaks;  ///< jumps to the loop's end
  };

  std::size_t emit(Op op, std::size_t argument = 0) {
    script_->code.push_back({op, static_cast<std::uint32_t>(argument)});
    return script_->code.size() - 1;
  }
  [[nodiscard]] std::size_t here() const { return script_->code.size(); }
  void patch(std::size_t jump) { script_->code[jump].argument = static_cast<std::uint32_t>(here()); }

  // Puts an instruction before what was written since `begin`; jumps into that move along.
  void insertAt(std::size_t begin, Op op) {
    auto& code = script_->code;
    code.insert(code.begin() + static_cast<std::ptrdiff_t>(begin), {op, 0});
    for (std::size_t i = begin + 1; i < code.size(); ++i) {
      if (jumps(code[i].op) && code[i].argument >= begin) ++code[i].argument;
    }
    for (auto& function : script_->functions) {
      if (function.second >= begin) ++function.second;
    }
    for (LoopJumps& loop : loops_) {
      for (std::size_t& jump : loop.breaks) {
        if (jump >= begin) ++jump;
      }
    }
  }

  static bool jumps(Op op) {
    return op == Op::Jump || op == Op::JumpIfOk || op == Op::JumpIfFail || op == Op::ForNext ||
           op == Op::Background;
  }

  // Only the last command of an and-or list ends a script under `set -e`.
  void dropErrexit() {
    if (!script_->code.empty() && script_->code.back().op == Op::Errexit) {
      script_->code.back() = {Op::Jump, static_cast<std::uint32_t>(here())};
    }
  }

  std::shared_ptr<Script> script_ = std::make_shared<Script>();
  std::vector<LoopJumps> loops_;  ///< the loops around the place of writing
};

}  // namespace pilothouse::kubelet::shell
