#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/images/program.hpp"

namespace pilothouse::kubelet {

/// redis' database over a program's memory: texts, lists, hashes and sets by key, some until a time.
class RedisData {
 public:
  RedisData(ProgramMemory& memory, SimTime now) : memory_(memory), now_(now) {}

  /// One command (in capitals) with its arguments; its answer with the protocol's sign.
  std::string run(const std::vector<std::string>& words);
  [[nodiscard]] static bool writes(std::string_view command);
  [[nodiscard]] bool changed() const { return changed_; }
  [[nodiscard]] std::size_t size();

  [[nodiscard]] std::string snapshot() const;
  /// Takes the place of all that was there.
  void restore(std::string_view snapshot);

 private:
  using Words = std::vector<std::string>;
  [[nodiscard]] std::string load(const std::string& key);
  std::string store(const std::string& key, char type, const std::string& text);
  void drop(const std::string& key);
  [[nodiscard]] Words keys(std::string_view pattern);
  std::string text(const Words& words);
  std::string number(const Words& words);
  std::string list(const Words& words);
  std::string listMove(const Words& words);
  std::string hash(const Words& words);
  std::string set(const Words& words);
  std::string key(const Words& words);

  ProgramMemory& memory_;
  SimTime now_;
  bool changed_ = false;
};

}  // namespace pilothouse::kubelet
