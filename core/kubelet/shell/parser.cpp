#include <algorithm>
#include <array>
#include <utility>

#include "core/kubelet/shell/lexer.hpp"
#include "core/kubelet/shell/script_writer.hpp"

namespace pilothouse::kubelet::shell {
namespace {

constexpr std::size_t kTextLengthMax = 64 * 1024;

bool isName(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Recursive descent that writes the flat program as it reads; nesting is limited.
class Compiler : ScriptWriter {
 public:
  Compiler(std::vector<Token> tokens, int depth) : tokens_(std::move(tokens)), depth_(depth) {}

  Parsed run() {
    list({});
    if (error_.empty() && current().kind != Token::Kind::End) unexpected();
    if (!error_.empty()) return {nullptr, error_};
    return {script_, ""};
  }

 private:
  using Ends = std::vector<std::string_view>;
  [[nodiscard]] const Token& current() const { return tokens_[at_]; }
  [[nodiscard]] bool isOperator(std::string_view text) const {
    return current().kind == Token::Kind::Operator && current().text == text;
  }
  [[nodiscard]] bool isKeyword(std::string_view text) const {
    return current().kind == Token::Kind::Word && !current().quoted && current().text == text;
  }
  void advance() {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  void unexpected() {
    if (!error_.empty()) return;
    const Token& t = current();
    if (t.kind == Token::Kind::End) {
      error_ = "syntax error: unexpected end of file";
    } else if (t.kind == Token::Kind::Newline) {
      error_ = "syntax error: unexpected newline";
    } else {
      error_ = "syntax error: unexpected \"" + t.text + "\"";
    }
  }
  bool expectKeyword(std::string_view text) {
    if (!isKeyword(text)) {
      unexpected();
      return false;
    }
    advance();
    return true;
  }

  void skipSeparators() {
    while (current().kind == Token::Kind::Newline || isOperator(";")) advance();
  }
  [[nodiscard]] bool atEnd(const Ends& ends) const {
    if (current().kind == Token::Kind::End || isOperator(")") || isOperator(";;")) return true;
    return std::any_of(ends.begin(), ends.end(), [this](std::string_view end) { return isKeyword(end); });
  }

  void list(const Ends& ends) {
    skipSeparators();
    while (error_.empty() && !atEnd(ends)) {
      const std::size_t begin = here();
      andOr();
      if (!error_.empty()) return;
      if (isOperator("&")) {
        background(begin);
        advance();
      } else if (current().kind != Token::Kind::Newline && !isOperator(";") && !atEnd(ends)) {
        return unexpected();
      }
      skipSeparators();
    }
  }

  // Everything since `begin` moves behind a Background instruction.
  void background(std::size_t begin) {
    insertAt(begin, Op::Background);
    emit(Op::BackgroundEnd);
    script_->code[begin].argument = static_cast<std::uint32_t>(here());
  }

  void andOr() {
    pipeline();
    while (error_.empty() && (isOperator("&&") || isOperator("||"))) {
      const bool both = isOperator("&&");
      dropErrexit();
      advance();
      while (current().kind == Token::Kind::Newline) advance();
      const std::size_t skip = emit(both ? Op::JumpIfFail : Op::JumpIfOk);
      pipeline();
      patch(skip);
    }
  }

  void pipeline() {
    bool negated = false;
    while (isKeyword("!")) {
      negated = !negated;
      advance();
    }
    const std::size_t begin = here();
    command();
    if (isOperator("|") && error_.empty()) {
      insertAt(begin, Op::PipeBegin);
      std::size_t last = 0;
      while (error_.empty() && isOperator("|")) {
        dropErrexit();
        advance();
        while (current().kind == Token::Kind::Newline) advance();
        last = emit(Op::PipeNext);
        command();
      }
      script_->code[last].op = Op::PipeLast;
      dropErrexit();
      emit(Op::PipeEnd);
      emit(Op::Errexit);
    }
    if (negated) {
      dropErrexit();
      emit(Op::Not);
    }
  }

  void command() {
    if (++nesting_ + depth_ > kNestingMax) {
      if (error_.empty()) error_ = "syntax error: nested too deeply";
    } else if (isOperator("(") || isKeyword("{")) {
      compound([this] { group(); });
    } else if (isKeyword("if")) {
      compound([this] { ifClause(); });
    } else if (isKeyword("while") || isKeyword("until")) {
      compound([this] { whileClause(); });
    } else if (isKeyword("for")) {
      compound([this] { forClause(); });
    } else if (isKeyword("case")) {
      compound([this] { caseClause(); });
    } else if (isKeyword("[[")) {
      doubleBracket();
    } else if (isReserved()) {
      unexpected();
    } else if (isFunction()) {
      functionDefinition();
    } else {
      simple();
    }
    --nesting_;
  }

  [[nodiscard]] bool isReserved() const {
    for (const std::string_view word : {"then", "elif", "else", "fi", "do", "done", "esac", "}"}) {
      if (isKeyword(word)) return true;
    }
    return false;
  }

  template <typename Body>
  void compound(Body body) {
    const std::size_t begin = emit(Op::RedirectBegin);
    body();
    if (!error_.empty()) return;
    Command redirects;
    readRedirects(redirects);
    if (redirects.redirects.empty()) {
      script_->code[begin] = {Op::Jump, static_cast<std::uint32_t>(begin + 1)};
      return;
    }
    script_->commands.push_back(std::move(redirects));
    script_->code[begin].argument = static_cast<std::uint32_t>(script_->commands.size() - 1);
    emit(Op::RedirectEnd);
  }

  void group() {
    const bool braces = isKeyword("{");
    advance();
    list(braces ? Ends{"}"} : Ends{});
    if (!error_.empty()) return;
    if (braces ? !isKeyword("}") : !isOperator(")")) return unexpected();
    advance();
  }

  void ifClause() {
    std::vector<std::size_t> ends;
    advance();
    condition("then");
    std::size_t otherwise = emit(Op::JumpIfFail);
    list({"elif", "else", "fi"});
    while (error_.empty() && isKeyword("elif")) {
      ends.push_back(emit(Op::Jump));
      patch(otherwise);
      advance();
      condition("then");
      otherwise = emit(Op::JumpIfFail);
      list({"elif", "else", "fi"});
    }
    ends.push_back(emit(Op::Jump));
    patch(otherwise);
    if (isKeyword("else")) {
      advance();
      list({"fi"});
    } else {
      emit(Op::Ok);
    }
    for (const std::size_t end : ends) patch(end);
    expectKeyword("fi");
  }

  // A list whose status is asked for: nothing in it ends the script under `set -e`.
  void condition(std::string_view end) {
    const std::size_t begin = here();
    list({end});
    for (std::size_t i = begin; i < here(); ++i) {
      Instruction& instruction = script_->code[i];
      if (instruction.op == Op::Errexit) instruction = {Op::Jump, static_cast<std::uint32_t>(i + 1)};
    }
    expectKeyword(end);
  }

  void whileClause() {
    const bool until = isKeyword("until");
    advance();
    emit(Op::LoopBegin);
    loops_.push_back({static_cast<std::uint32_t>(here()), {}});
    condition("do");
    const std::size_t exit = emit(until ? Op::JumpIfOk : Op::JumpIfFail);
    list({"done"});
    emit(Op::Jump, loops_.back().next);
    patch(exit);
    emit(Op::Ok);
    endLoop();
    emit(Op::LoopEnd);
    expectKeyword("done");
  }

  void forClause() {
    advance();
    Loop loop;
    if (current().kind != Token::Kind::Word || !isName(current().text)) return unexpected();
    loop.name = current().text;
    advance();
    skipSeparators();
    if (isKeyword("in")) {
      advance();
      for (; current().kind == Token::Kind::Word; advance()) loop.words.push_back(current().word);
    }
    skipSeparators();
    if (!expectKeyword("do")) return;
    script_->loops.push_back(std::move(loop));
    emit(Op::ForBegin, script_->loops.size() - 1);
    emit(Op::LoopBegin);
    loops_.push_back({static_cast<std::uint32_t>(here()), {}});
    const std::size_t next = emit(Op::ForNext);
    list({"done"});
    emit(Op::Jump, next);
    endLoop();
    emit(Op::ForDrop);
    script_->code[next].argument = static_cast<std::uint32_t>(here());
    emit(Op::LoopEnd);
    expectKeyword("done");
  }

  void endLoop() {
    for (const std::size_t jump : loops_.back().breaks) patch(jump);
    loops_.pop_back();
  }

  void caseClause() {
    advance();
    if (current().kind != Token::Kind::Word) return unexpected();
    script_->loops.push_back({"", {current().word}});
    emit(Op::CaseBegin, script_->loops.size() - 1);
    advance();
    skipSeparators();
    if (!expectKeyword("in")) return;
    skipSeparators();
    std::vector<std::size_t> ends;
    while (error_.empty() && !isKeyword("esac")) {
      if (isOperator("(")) advance();
      Loop patterns;
      while (current().kind == Token::Kind::Word) {
        patterns.words.push_back(current().word);
        advance();
        if (isOperator("|")) advance();
      }
      if (!isOperator(")") || patterns.words.empty()) return unexpected();
      advance();
      script_->loops.push_back(std::move(patterns));
      emit(Op::CaseMatch, script_->loops.size() - 1);
      const std::size_t otherwise = emit(Op::JumpIfFail);
      list({"esac"});
      ends.push_back(emit(Op::Jump));
      patch(otherwise);
      if (isOperator(";;")) advance();
      skipSeparators();
    }
    emit(Op::Ok);
    for (const std::size_t end : ends) patch(end);
    emit(Op::CaseEnd);
    expectKeyword("esac");
  }

  [[nodiscard]] bool isFunction() const {
    if (current().kind != Token::Kind::Word || current().quoted) return false;
    if (current().text == "function") return true;
    return isName(current().text) && at_ + 2 < tokens_.size() &&
           tokens_[at_ + 1].kind == Token::Kind::Operator && tokens_[at_ + 1].text == "(" &&
           tokens_[at_ + 2].text == ")";
  }

  void functionDefinition() {
    if (isKeyword("function")) advance();
    const std::string name = current().text;
    advance();
    if (isOperator("(")) advance();
    if (isOperator(")")) advance();
    while (current().kind == Token::Kind::Newline) advance();
    const std::size_t skip = emit(Op::Jump);
    script_->functions.emplace_back(name, static_cast<std::uint32_t>(here()));
    std::vector<LoopJumps> outer;
    outer.swap(loops_);
    command();
    outer.swap(loops_);
    emit(Op::Return);
    patch(skip);
    emit(Op::Ok);
  }

  void doubleBracket() {
    Command command;
    while (error_.empty() && !isKeyword("]]")) {
      const Token& t = current();
      if (t.kind == Token::Kind::End) return unexpected();
      if (t.kind == Token::Kind::Word) {
        command.words.push_back(t.word);
      } else {
        command.words.push_back({{Part::Kind::Text, true, t.text, "", "", nullptr}});
      }
      advance();
    }
    advance();
    command.words.push_back({{Part::Kind::Text, true, "]]", "", "", nullptr}});
    // No word splitting inside [[ ]].
    for (Word& word : command.words) {
      for (Part& part : word) part.quoted = true;
    }
    finishSimple(std::move(command));
  }

  void readRedirects(Command& command) {
    while (error_.empty() && current().kind == Token::Kind::Redirect) {
      const Token operation = current();
      advance();
      if (current().kind != Token::Kind::Word) return unexpected();
      Redirect redirect;
      redirect.fd = operation.fd;
      redirect.target = current().word;
      const std::string& text = operation.text;
      if (text == ">") redirect.kind = Redirect::Kind::Write;
      if (text == ">>") redirect.kind = Redirect::Kind::Append;
      if (text == "<") redirect.kind = Redirect::Kind::Read;
      if (text == ">&" || text == "<&") redirect.kind = Redirect::Kind::Duplicate;
      if (text == "<<" || text == "<<-" || text == "<<<") redirect.kind = Redirect::Kind::Text;
      command.redirects.push_back(std::move(redirect));
      advance();
    }
  }

  void simple() {
    Command command;
    bool assigning = true;
    for (;;) {
      if (current().kind == Token::Kind::Redirect) {
        readRedirects(command);
        if (!error_.empty()) return;
        continue;
      }
      if (current().kind != Token::Kind::Word) break;
      const std::size_t equals = current().text.find('=');
      if (assigning && equals != std::string::npos && isName(current().text.substr(0, equals))) {
        command.assignments.emplace_back(current().text.substr(0, equals), assigned(current().word, equals));
      } else {
        assigning = false;
        command.words.push_back(current().word);
      }
      advance();
    }
    if (command.words.empty() && command.assignments.empty() && command.redirects.empty()) {
      return unexpected();
    }
    if (command.assignments.empty() && command.words.size() <= 2 && loopControl(command)) return;
    finishSimple(std::move(command));
  }

  // The word after "name=".
  static Word assigned(Word word, std::size_t equals) {
    std::size_t drop = equals + 1;
    while (!word.empty() && drop > 0 && word.front().kind == Part::Kind::Text) {
      Part& part = word.front();
      const std::size_t taken = std::min(drop, part.text.size());
      part.text.erase(0, taken);
      drop -= taken;
      if (!part.text.empty()) break;
      word.erase(word.begin());
    }
    return word;
  }

  bool loopControl(const Command& command) {
    if (command.words.empty() || command.words[0].size() != 1) return false;
    const Part& part = command.words[0][0];
    if (part.kind != Part::Kind::Text || part.quoted || loops_.empty()) return false;
    if (part.text == "break") {
      emit(Op::Restore);
      loops_.back().breaks.push_back(emit(Op::Jump));
      return true;
    }
    if (part.text == "continue") {
      emit(Op::Restore);
      emit(Op::Jump, loops_.back().next);
      return true;
    }
    return false;
  }

  void finishSimple(Command command) {
    script_->commands.push_back(std::move(command));
    emit(Op::Run, script_->commands.size() - 1);
    emit(Op::Errexit);
  }

  std::vector<Token> tokens_;
  int depth_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  std::string error_;
};

}  // namespace

Parsed parseNested(std::string_view text, int depth) {
  if (depth > kNestingMax) return {nullptr, "syntax error: nested too deeply"};
  if (text.size() > kTextLengthMax) return {nullptr, "syntax error: the script is too long"};
  std::vector<Token> tokens;
  std::string error;
  if (!tokenize(text, depth, tokens, error)) return {nullptr, error};
  return Compiler(std::move(tokens), depth).run();
}

Parsed parse(std::string_view text) { return parseNested(text, 0); }

ScriptPtr fromWords(const std::vector<std::string>& words) {
  auto script = std::make_shared<Script>();
  Command command;
  for (const std::string& word : words) {
    command.words.push_back({{Part::Kind::Text, true, word, "", "", nullptr}});
  }
  script->commands.push_back(std::move(command));
  script->code.push_back({Op::Run, 0});
  return script;
}

}  // namespace pilothouse::kubelet::shell
