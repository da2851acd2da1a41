#include "core/kubelet/shell/lexer.hpp"

#include <utility>

namespace pilothouse::kubelet::shell {
namespace {

bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isBlank(char c) { return c == ' ' || c == '\t'; }
bool endsWord(char c) {
  return isBlank(c) || std::string_view("\n;&|<>()").find(c) != std::string_view::npos;
}

class Lexer {
 public:
  Lexer(std::string_view text, int depth, std::vector<Token>& tokens)
      : text_(text), depth_(depth), tokens_(tokens) {}

  bool run() {
    while (error_.empty() && at_ < text_.size()) next();
    tokens_.push_back({Token::Kind::End, "", {}, false, -1});
    return error_.empty();
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool more() const { return at_ < text_.size(); }

  void next() {
    const char c = peek();
    if (isBlank(c) || c == '\r') {
      ++at_;
    } else if (c == '\\' && peek(1) == '\n') {
      at_ += 2;
    } else if (c == '#') {
      while (more() && peek() != '\n') ++at_;
    } else if (c == '\n') {
      ++at_;
      tokens_.push_back({Token::Kind::Newline, "\n", {}, false, -1});
      readHereDocuments();
    } else if (c == '<' || c == '>') {
      redirect(c == '<' ? 0 : 1);
    } else if (isDigit(c) && (peek(1) == '<' || peek(1) == '>')) {
      ++at_;
      redirect(c - '0');
    } else if (std::string_view(";&|()").find(c) != std::string_view::npos) {
      operatorToken();
    } else {
      word();
    }
  }

  void operatorToken() {
    std::string text(1, peek());
    if (peek() == '&' && peek(1) == '>') {  // &>file: both outputs
      ++at_;
      redirect(1);
      tokens_.back().fd = 3;
      return;
    }
    ++at_;
    if ((text == "&" || text == "|" || text == ";") && peek() == text[0]) {
      text += peek();
      ++at_;
    }
    tokens_.push_back({Token::Kind::Operator, text, {}, false, -1});
  }

  void redirect(int fd) {
    std::string text(1, peek());
    ++at_;
    if (peek() == text[0] || peek() == '&') {
      text += peek();
      ++at_;
      if (text == "<<" && (peek() == '-' || peek() == '<')) {
        text += peek();
        ++at_;
      }
    }
    if (text == "<<" || text == "<<-") hereDocuments_.push_back(tokens_.size());
    tokens_.push_back({Token::Kind::Redirect, text, {}, false, fd});
  }

  // The texts of << follow the line; each is put in place of its delimiter's word.
  void readHereDocuments() {
    for (const std::size_t index : hereDocuments_) {
      if (index + 1 >= tokens_.size() || tokens_[index + 1].kind != Token::Kind::Word) continue;
      Token& delimiter = tokens_[index + 1];
      std::string end;
      for (const Part& part : delimiter.word) end += part.text;
      std::string body;
      while (more()) {
        const std::size_t eol = text_.find('\n', at_);
        std::string_view line = text_.substr(at_, eol == std::string_view::npos ? eol : eol - at_);
        at_ = eol == std::string_view::npos ? text_.size() : eol + 1;
        if (tokens_[index].text == "<<-") {
          while (!line.empty() && line.front() == '\t') line.remove_prefix(1);
        }
        if (line == end) break;
        body.append(line).append("\n");
      }
      delimiter.word =
          delimiter.quoted ? Word{{Part::Kind::Text, true, body, "", "", nullptr}} : hereDocumentWord(body);
    }
    hereDocuments_.clear();
  }

  Word hereDocumentWord(const std::string& body) {
    Lexer inner(body, depth_, tokens_);
    Word word;
    while (inner.more()) inner.quotedPart(word, '\0');
    if (!inner.error_.empty()) error_ = inner.error_;
    return word;
  }

  void word() {
    Token token;
    token.kind = Token::Kind::Word;
    const std::size_t begin = at_;
    while (error_.empty() && more() && !endsWord(peek())) part(token);
    token.text = std::string(text_.substr(begin, at_ - begin));
    tokens_.push_back(std::move(token));
  }

  static void append(Word& word, bool quoted, std::string_view text) {
    if (word.empty() || word.back().kind != Part::Kind::Text || word.back().quoted != quoted) {
      word.push_back({Part::Kind::Text, quoted, "", "", "", nullptr});
    }
    word.back().text += text;
  }

  void part(Token& token) {
    const char c = peek();
    if (c == '\'') {
      token.quoted = true;
      const std::size_t end = text_.find('\'', at_ + 1);
      if (end == std::string_view::npos) return fail("unterminated quoted string");
      append(token.word, true, text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
    } else if (c == '"') {
      token.quoted = true;
      ++at_;
      append(token.word, true, "");
      while (error_.empty() && more() && peek() != '"') quotedPart(token.word, '"');
      if (!more()) return fail("unterminated quoted string");
      ++at_;
    } else if (c == '\\') {
      ++at_;
      if (!more()) return;
      if (peek() != '\n') append(token.word, true, text_.substr(at_, 1));
      token.quoted = true;
      ++at_;
    } else if (c == '$' || c == '`') {
      dollar(token.word, false);
    } else {
      append(token.word, false, text_.substr(at_, 1));
      ++at_;
    }
  }

  void quotedPart(Word& word, char end) {
    const char c = peek();
    if (c == '\\') {
      const char escaped = peek(1);
      if (escaped == '\n') {
        at_ += 2;
      } else if (escaped == '$' || escaped == '`' || escaped == '\\' || (escaped == '"' && end == '"')) {
        append(word, true, text_.substr(at_ + 1, 1));
        at_ += 2;
      } else {
        append(word, true, "\\");
        ++at_;
      }
    } else if (c == '$' || c == '`') {
      dollar(word, true);
    } else {
      append(word, true, text_.substr(at_, 1));
      ++at_;
    }
  }

  // $name, ${…}, $(…), $((…)), `…`
  void dollar(Word& word, bool quoted) {
    if (peek() == '`') {
      const std::size_t end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) return fail("unterminated quoted string");
      substitution(word, quoted, text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return;
    }
    ++at_;
    const char c = peek();
    const std::size_t bracket = c == '(' ? closing('(', ')') : 0;
    if (bracket == std::string_view::npos) return fail("unexpected end of file (expecting \")\")");
    if (c == '(' && peek(1) == '(' && bracket > at_ + 2 && text_[bracket - 1] == ')') {
      word.push_back({Part::Kind::Arithmetic, quoted, std::string(text_.substr(at_ + 2, bracket - at_ - 3)),
                      "", "", nullptr});
      at_ = bracket + 1;
    } else if (c == '(') {
      substitution(word, quoted, text_.substr(at_ + 1, bracket - at_ - 1));
      at_ = bracket + 1;
    } else if (c == '{') {
      const std::size_t end = closing('{', '}');
      if (end == std::string_view::npos) return fail("bad substitution");
      braces(word, quoted, text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
    } else if (isNameStart(c)) {
      const std::size_t begin = at_;
      while (isNameStart(peek()) || isDigit(peek())) ++at_;
      word.push_back(
          {Part::Kind::Variable, quoted, std::string(text_.substr(begin, at_ - begin)), "", "", nullptr});
    } else if (isDigit(c) || std::string_view("?#@*$!-").find(c) != std::string_view::npos) {
      word.push_back({Part::Kind::Variable, quoted, std::string(1, c), "", "", nullptr});
      ++at_;
    } else {
      append(word, quoted, "$");
    }
  }

  // The matching bracket from at_, over quotes and nesting.
  [[nodiscard]] std::size_t closing(char open, char close) const {
    int level = 0;
    char quote = '\0';
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '\\' && quote != '\'') {
        ++i;
      } else if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == open) {
        ++level;
      } else if (c == close && --level == 0) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  void substitution(Word& word, bool quoted, std::string_view inner) {
    Parsed parsed = parseNested(inner, depth_ + 1);
    if (!parsed.error.empty()) return fail(parsed.error);
    word.push_back({Part::Kind::Substitution, quoted, "", "", "", parsed.script});
  }

  void braces(Word& word, bool quoted, std::string_view inner) {
    Part part{Part::Kind::Variable, quoted, "", "", "", nullptr};
    std::size_t i = 0;
    if (inner.size() > 1 && inner.front() == '#') {
      part.op = "length";
      inner.remove_prefix(1);
    }
    while (i < inner.size() && (isNameStart(inner[i]) || isDigit(inner[i]))) ++i;
    if (i == 0 && !inner.empty()) i = 1;
    part.text = std::string(inner.substr(0, i));
    std::string_view rest = inner.substr(i);
    for (const std::string_view op :
         {":-", ":=", ":+", ":?", "##", "%%", "-", "=", "+", "?", "#", "%", "//", "/", ":"}) {
      if (rest.substr(0, op.size()) == op) {
        part.op = std::string(op);
        part.argument = std::string(rest.substr(op.size()));
        break;
      }
    }
    if (part.argument.size() > 1 && part.argument.front() == '"' && part.argument.back() == '"') {
      part.argument = part.argument.substr(1, part.argument.size() - 2);
    }
    word.push_back(std::move(part));
  }

  void fail(const std::string& why) {
    if (error_.empty()) error_ = "syntax error: " + why;
    at_ = text_.size();
  }

  std::string_view text_;
  int depth_;
  std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::vector<std::size_t> hereDocuments_;
  std::string error_;
};

}  // namespace

bool tokenize(std::string_view text, int depth, std::vector<Token>& tokens, std::string& error) {
  Lexer lexer(text, depth, tokens);
  const bool ok = lexer.run();
  if (!ok) error = lexer.error();
  if (!ok && error.rfind("syntax error", 0) != 0) error = "syntax error: " + error;
  return ok;
}

}  // namespace pilothouse::kubelet::shell
