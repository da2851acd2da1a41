#include "core/value/json_syntax.hpp"

#include <cstdint>
#include <vector>

#include "core/value/go_quote.hpp"
#include "core/value/utf8.hpp"

namespace pilothouse {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Walks over one value without recursion and stops at the first character that Go's scanner refuses.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t start) : text_(text), at_(start) {}

  JsonSyntaxError run() {
    while (error_.message.empty() && !done_) step();
    return std::move(error_);
  }

 private:
  enum class Expect : std::uint8_t { Value, ValueOrEnd, Key, KeyOrEnd, Colon, ObjectNext, ArrayNext };

  void fail(const char* context) {
    if (!error_.message.empty()) return;
    if (at_ >= text_.size()) {
      error_ = {text_.size(), "unexpected EOF"};
      return;
    }
    std::string quoted = "'\\''";
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '"') {
      quoted = "'\"'";
    } else if (byte != '\'') {
      std::string character;
      utf8::append(character, byte);
      const std::string inner = goQuote(character);
      quoted = "'" + inner.substr(1, inner.size() - 2) + "'";
    }
    error_ = {at_, "invalid character " + quoted + " " + context};
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool accept(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void step() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
    switch (expect_) {
      case Expect::ValueOrEnd:
        if (accept(']')) return close();
        return value();
      case Expect::Value:
        return value();
      case Expect::KeyOrEnd:
        if (accept('}')) return close();
        [[fallthrough]];
      case Expect::Key:
        if (!accept('"')) return fail("looking for beginning of object key string");
        string();
        expect_ = Expect::Colon;
        return;
      case Expect::Colon:
        if (!accept(':')) return fail("after object key");
        expect_ = Expect::Value;
        return;
      case Expect::ObjectNext:
        if (accept('}')) return close();
        if (!accept(',')) return fail("after object key:value pair");
        expect_ = Expect::Key;
        return;
      case Expect::ArrayNext:
        if (accept(']')) return close();
        if (!accept(',')) return fail("after array element");
        expect_ = Expect::Value;
        return;
    }
  }

  void close() {
    objects_.pop_back();
    afterValue();
  }

  void afterValue() {
    if (objects_.empty()) {
      done_ = true;
    } else {
      expect_ = objects_.back() ? Expect::ObjectNext : Expect::ArrayNext;
    }
  }

  void value() {
    const char c = peek();
    if (accept('{')) {
      objects_.push_back(true);
      expect_ = Expect::KeyOrEnd;
    } else if (accept('[')) {
      objects_.push_back(false);
      expect_ = Expect::ValueOrEnd;
    } else if (accept('"')) {
      string();
      afterValue();
    } else if (c == 't' || c == 'f' || c == 'n') {
      literal(c == 't' ? "true" : c == 'f' ? "false" : "null");
      afterValue();
    } else if (c == '-' || isDigit(c)) {
      number();
      afterValue();
    } else {
      fail("looking for beginning of value");
    }
  }

  void literal(std::string_view word) {
    for (const char c : word) {
      if (accept(c)) continue;
      const std::string context =
          "in literal " + std::string(word) + " (expecting '" + std::string(1, c) + "')";
      return fail(context.c_str());
    }
  }

  void digits(const char* context) {
    if (!isDigit(peek())) return fail(context);
    while (isDigit(peek())) ++at_;
  }

  void number() {
    accept('-');
    if (!accept('0')) digits("in numeric literal");
    if (accept('.')) digits("after decimal point in numeric literal");
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits("in exponent of numeric literal");
    }
  }

  void string() {
    for (;;) {
      if (at_ >= text_.size()) return fail("");
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return fail("in string literal");
      ++at_;
      if (c == '"') return;
      if (c == '\\') escape();
      if (!error_.message.empty()) return;
    }
  }

  void escape() {
    if (accept('u')) {
      for (int i = 0; i < 4; ++i, ++at_) {
        if (std::string_view("0123456789abcdefABCDEF").find(peek()) == std::string_view::npos) {
          return fail("in \\u hexadecimal character escape");
        }
      }
    } else if (at_ >= text_.size() || std::string_view("bfnrt\\/\"").find(peek()) == std::string_view::npos) {
      fail("in string escape code");
    } else {
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_;
  Expect expect_ = Expect::Value;
  std::vector<bool> objects_;  // the open containers: true for an object
  bool done_ = false;
  JsonSyntaxError error_;
};

}  // namespace

JsonSyntaxError findJsonSyntaxError(std::string_view text, std::size_t start) {
  return Scanner(text, start).run();
}

}  // namespace pilothouse
