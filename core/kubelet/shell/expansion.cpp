#include <algorithm>

#include "core/kubelet/shell/lexer.hpp"
#include "core/kubelet/shell/machine.hpp"

namespace pilothouse::kubelet::shell {
namespace {

constexpr std::uint32_t kSubstitutionInstructionsMax = 2000;
constexpr std::size_t kWordsMax = 4096;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Integer arithmetic of $((…)): + - * / % comparisons && || ! and brackets, by precedence climbing.
class Arithmetic {
 public:
  template <typename Lookup>
  Arithmetic(std::string_view text, Lookup lookup) {
    tokenize(text, lookup);
  }
  std::int64_t value() { return tokens_.empty() ? 0 : binary(0, 0); }

 private:
  struct Token {
    std::string op;
    std::int64_t number = 0;
  };

  template <typename Lookup>
  void tokenize(std::string_view text, Lookup lookup) {
    std::size_t i = 0;
    while (i < text.size() && tokens_.size() < 256) {
      const char c = text[i];
      if (isSpace(c) || c == '$') {
        ++i;
      } else if (c >= '0' && c <= '9') {
        std::uint64_t number = 0;
        for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
          number = number * 10 + static_cast<std::uint64_t>(text[i] - '0');
        }
        tokens_.push_back({"", static_cast<std::int64_t>(number)});
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') {
        const std::size_t begin = i;
        while (i < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_')) {
          ++i;
        }
        tokens_.push_back({"", lookup(text.substr(begin, i - begin))});
      } else {
        std::size_t length = 1;
        for (const std::string_view two : {"&&", "||", "==", "!=", "<=", ">=", "**", "<<", ">>"}) {
          if (text.substr(i, 2) == two) length = 2;
        }
        tokens_.push_back({std::string(text.substr(i, length)), 0});
        i += length;
      }
    }
  }

  static int precedence(std::string_view op) {
    if (op == "||") return 1;
    if (op == "&&") return 2;
    if (op == "==" || op == "!=") return 3;
    if (op == "<" || op == ">" || op == "<=" || op == ">=") return 4;
    if (op == "+" || op == "-") return 5;
    if (op == "*" || op == "/" || op == "%") return 6;
    return 0;
  }

  static std::int64_t apply(std::string_view op, std::int64_t a, std::int64_t b) {
    const auto ua = static_cast<std::uint64_t>(a);
    const auto ub = static_cast<std::uint64_t>(b);
    if (op == "+") return static_cast<std::int64_t>(ua + ub);
    if (op == "-") return static_cast<std::int64_t>(ua - ub);
    if (op == "*") return static_cast<std::int64_t>(ua * ub);
    if (op == "/") return b == 0 || b == -1 ? static_cast<std::int64_t>(0 - ua) * (b == -1 ? 1 : 0) : a / b;
    if (op == "%") return b == 0 || b == -1 ? 0 : a % b;
    if (op == "==") return a == b ? 1 : 0;
    if (op == "!=") return a != b ? 1 : 0;
    if (op == "<") return a < b ? 1 : 0;
    if (op == ">") return a > b ? 1 : 0;
    if (op == "<=") return a <= b ? 1 : 0;
    if (op == ">=") return a >= b ? 1 : 0;
    if (op == "&&") return a != 0 && b != 0 ? 1 : 0;
    return a != 0 || b != 0 ? 1 : 0;
  }

  std::int64_t unary(int depth) {
    if (at_ >= tokens_.size() || depth > 40) return 0;
    const Token token = tokens_[at_++];
    if (token.op.empty()) return token.number;
    if (token.op == "-") return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(unary(depth + 1)));
    if (token.op == "!") return unary(depth + 1) == 0 ? 1 : 0;
    if (token.op == "(") {
      const std::int64_t inner = binary(0, depth + 1);
      if (at_ < tokens_.size() && tokens_[at_].op == ")") ++at_;
      return inner;
    }
    return token.op == "+" ? unary(depth + 1) : 0;
  }

  std::int64_t binary(int least, int depth) {
    std::int64_t left = unary(depth);
    while (at_ < tokens_.size() && depth <= 40) {
      const std::string op = tokens_[at_].op;
      const int level = precedence(op);
      if (level == 0 || level <= least) break;
      ++at_;
      left = apply(op, left, binary(level, depth + 1));
    }
    return left;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

std::int64_t toNumber(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return static_cast<std::int64_t>(negative ? 0 - number : number);
}

}  // namespace

std::vector<std::string> Machine::expandWords(Environment& environment, const std::vector<Word>& words) {
  std::vector<std::string> out;
  for (const Word& word : words) {
    if (out.size() < kWordsMax) expandWord(environment, word, out);
  }
  return out;
}

// Field splitting happens where an unquoted expansion has blanks.
void Machine::expandWord(Environment& environment, const Word& word, std::vector<std::string>& out) {
  std::string current;
  bool any = false;
  for (const Part& part : word) {
    const std::string text = expandPart(environment, part);
    if (part.quoted || part.kind == Part::Kind::Text) {
      current += text;
      any = any || part.quoted || !text.empty();
      continue;
    }
    for (const char c : text) {
      if (!isSpace(c)) {
        current += c;
        any = true;
      } else if (any) {
        out.push_back(std::move(current));
        current.clear();
        any = false;
      }
    }
  }
  if (any) out.push_back(std::move(current));
}

std::string Machine::expandText(Environment& environment, const Word& word) {
  std::string text;
  for (const Part& part : word) text += expandPart(environment, part);
  if (text.size() > kTextMax) text.resize(kTextMax);
  return text;
}

std::string Machine::expandPart(Environment& environment, const Part& part) {
  switch (part.kind) {
    case Part::Kind::Text:
      return part.text;
    case Part::Kind::Variable:
      return expandVariable(environment, part);
    case Part::Kind::Substitution:
      return substitute(environment, part.script);
    case Part::Kind::Arithmetic:
      return std::to_string(arithmetic(environment, part.text));
  }
  return "";
}

std::string Machine::expandVariable(Environment& environment, const Part& part) {
  std::string value = variable(environment, part.text);
  const std::string_view op = part.op;
  if (op.empty()) return value;
  if (op == "length") return std::to_string(value.size());
  const bool colon = op.size() == 2 && op[0] == ':';
  const bool set = colon ? !value.empty() : hasVariable(environment, part.text) || !value.empty();
  const char kind = colon ? op[1] : op[0];
  if (kind == '-' && !set) return expandArgument(environment, part.argument);
  if (kind == '=' && !set) {
    setVariable(part.text, expandArgument(environment, part.argument));
    return variable(environment, part.text);
  }
  if (kind == '+') return set ? expandArgument(environment, part.argument) : "";
  if (kind == '?' && !set) {
    const std::string why = part.argument.empty() ? "parameter not set" : part.argument;
    printError(environment, "sh: " + part.text + ": " + why + "\n");
    exit(2);
    return "";
  }
  if ((kind == '#' || kind == '%') && !part.argument.empty()) {
    std::string pattern = part.argument;
    // The usual uses: ${x##*/}, ${x%.txt}, ${x#prefix}.
    const bool head = kind == '#';
    const bool star = head ? pattern.front() == '*' : pattern.back() == '*';
    if (star) pattern = head ? pattern.substr(1) : pattern.substr(0, pattern.size() - 1);
    const bool longest = op.size() == 2;
    const bool last = head == longest;
    const std::size_t at = last ? value.rfind(pattern) : value.find(pattern);
    if (at == std::string::npos) return value;
    if (head && (star || at == 0)) return value.substr(at + pattern.size());
    if (!head && (star || at + pattern.size() == value.size())) return value.substr(0, at);
  }
  return value;
}

std::string Machine::expandArgument(Environment& environment, const std::string& text) {
  if (text.find_first_of("$`\\") == std::string::npos) return text;
  if (depth_ >= kNestingMax) return "";
  std::vector<Token> tokens;
  std::string error;
  if (!tokenize(text, depth_ + 1, tokens, error)) return "";
  ++depth_;
  std::string expanded;
  for (const Token& token : tokens) {
    if (token.kind != Token::Kind::Word) continue;
    if (!expanded.empty()) expanded += ' ';
    expanded += expandText(environment, token.word);
  }
  --depth_;
  return expanded;
}

// $(…) runs to its end at once; the time it takes is charged to the script.
std::string Machine::substitute(Environment& environment, const ScriptPtr& script) {
  if (script == nullptr || depth_ >= kNestingMax) return "";
  Machine inner(script, clock_);
  inner.depth_ = depth_ + 1;
  inner.variables_ = variables_;
  inner.arguments_ = arguments_;
  inner.status_ = status_;
  if (!inputs_.empty()) inner.inputs_.push_back(inputs_.back());
  inner.outputs_.push_back({Output::Kind::Capture, ""});
  const Stop stop =
      inner.run(environment, SimTime::max() - std::chrono::hours(1), kSubstitutionInstructionsMax);
  if (stop == Stop::Ended && inner.clock_ > clock_) clock_ = inner.clock_;
  status_ = inner.ended_ ? inner.exitCode_ : 1;
  for (LogLine& line : inner.log_) logText(line.text + "\n", line.error);
  std::string text = inner.outputs_.empty() ? "" : std::move(inner.outputs_.front().text);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool Machine::evaluate(Environment& environment, ScriptPtr script) {
  if (script == nullptr || depth_ >= kNestingMax) return false;
  Machine inner(std::move(script), clock_);
  inner.depth_ = depth_ + 1;
  inner.variables_ = variables_;
  inner.redirections_ = redirections_;
  inner.outputs_.push_back({Output::Kind::Capture, ""});
  if (!inputs_.empty()) inner.inputs_.push_back(inputs_.back());
  const Stop stop =
      inner.run(environment, SimTime::max() - std::chrono::hours(1), kSubstitutionInstructionsMax);
  for (LogLine& line : inner.log_) logText(line.text + "\n", line.error);
  if (!inner.outputs_.empty()) print(environment, inner.outputs_.front().text);
  variables_ = inner.variables_;
  if (inner.clock_ > clock_) clock_ = inner.clock_;
  status_ = stop == Stop::Ended ? inner.exitCode_ : 1;
  return true;
}

std::int64_t Machine::arithmetic(Environment& environment, std::string_view expression) {
  std::string text;
  // Expand ${…} and $(…) first; bare names are variables too.
  if (expression.find_first_of("$`") != std::string_view::npos) {
    text = expandArgument(environment, std::string(expression));
    expression = text;
  }
  return Arithmetic(expression, [&](std::string_view name) { return toNumber(variable(environment, name)); })
      .value();
}

}  // namespace pilothouse::kubelet::shell
