#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::shell {
namespace {

bool unaryTest(Environment& environment, const std::string& op, const std::string& operand) {
  if (op == "-n") return !operand.empty();
  if (op == "-z") return operand.empty();
  if (op == "-d") return operand == "/" || operand == "/tmp" || environment.files.exists(operand);
  if (op == "-s") return !environment.files.read(operand).value_or("").empty();
  if (op == "-f") return environment.files.read(operand).has_value();
  if (op == "-e" || op == "-r" || op == "-x" || op == "-w" || op == "-L") {
    return environment.files.exists(operand);
  }
  return false;
}

bool binaryTest(const std::string& left, const std::string& op, const std::string& right, bool& known) {
  known = true;
  if (op == "=" || op == "==") {
    // The usual pattern of [[ ]]: a trailing or leading star.
    if (!right.empty() && right.back() == '*') return left.rfind(right.substr(0, right.size() - 1), 0) == 0;
    return left == right;
  }
  if (op == "!=") return left != right;
  if (op == "-eq") return numberOf(left) == numberOf(right);
  if (op == "-ne") return numberOf(left) != numberOf(right);
  if (op == "-lt") return numberOf(left) < numberOf(right);
  if (op == "-le") return numberOf(left) <= numberOf(right);
  if (op == "-gt") return numberOf(left) > numberOf(right);
  if (op == "-ge") return numberOf(left) >= numberOf(right);
  if (op == "=~") return left.find(right) != std::string::npos;
  if (op == "<") return left < right;
  if (op == ">") return left > right;
  known = false;
  return false;
}

// One test without -a and -o.
bool simpleTest(Environment& environment, const Words& words, std::size_t begin, std::size_t end) {
  bool negated = false;
  while (begin < end && words[begin] == "!") {
    negated = !negated;
    ++begin;
  }
  bool result = false;
  if (end == begin + 1) {
    result = !words[begin].empty();
  } else if (end == begin + 2) {
    result = unaryTest(environment, words[begin], words[begin + 1]);
  } else if (end == begin + 3) {
    bool known = false;
    result = binaryTest(words[begin], words[begin + 1], words[begin + 2], known);
  }
  return result != negated;
}

}  // namespace

bool testExpression(Machine&, Environment& environment, const Words& words, std::size_t begin,
                    std::size_t end) {
  bool any = false;
  bool all = true;
  std::size_t first = begin;
  for (std::size_t i = begin; i <= end; ++i) {
    const bool either = i < end && (words[i] == "-o" || words[i] == "||");
    const bool both = i < end && (words[i] == "-a" || words[i] == "&&");
    if (i < end && !either && !both) continue;
    all = all && simpleTest(environment, words, first, i);
    first = i + 1;
    if (!both) {
      any = any || all;
      all = true;
    }
  }
  return any;
}

}  // namespace pilothouse::kubelet::shell
