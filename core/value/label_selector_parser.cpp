#include <algorithm>
#include <utility>

#include "core/value/go_quote.hpp"
#include "core/value/label_syntax.hpp"
#include "core/value/number_text.hpp"
#include "core/value/selector.hpp"

namespace pilothouse {
namespace {

using Operator = LabelSelector::Operator;
using Notation = LabelSelector::Notation;
using Requirement = LabelSelector::Requirement;

enum class Token : std::uint8_t {
  Error,
  End,
  Close,
  Comma,
  Not,
  DoubleEquals,
  Equals,
  Greater,
  Identifier,
  In,
  Less,
  NotEquals,
  NotIn,
  Open
};

struct Item {
  Token token;
  std::string literal;
};

constexpr std::pair<std::string_view, Token> kTokens[] = {
    {")", Token::Close},      {",", Token::Comma},     {"!", Token::Not}, {"==", Token::DoubleEquals},
    {"=", Token::Equals},     {">", Token::Greater},   {"in", Token::In}, {"<", Token::Less},
    {"!=", Token::NotEquals}, {"notin", Token::NotIn}, {"(", Token::Open}};

Token tokenOf(std::string_view text, Token otherwise) {
  for (const auto& [literal, token] : kTokens) {
    if (literal == text) return token;
  }
  return otherwise;
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool isSymbol(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Item next() {
    while (at_ < text_.size() && isBlank(text_[at_])) ++at_;
    if (at_ >= text_.size() || text_[at_] == '\0') return {Token::End, ""};
    return isSymbol(text_[at_]) ? symbol() : word();
  }

 private:
  /// The longest operator at the start of a run of symbols.
  Item symbol() {
    const std::size_t start = at_;
    std::size_t end = 0;
    Token found = Token::Error;
    for (std::size_t i = start; i < text_.size() && isSymbol(text_[i]); ++i) {
      const Token token = tokenOf(text_.substr(start, i + 1 - start), Token::Error);
      if (token == Token::Error && found != Token::Error) break;
      found = token;
      end = i + 1;
    }
    at_ = end;
    const std::string literal(text_.substr(start, end - start));
    if (found == Token::Error) return {found, "error expected: keyword found '" + literal + "'"};
    return {found, literal};
  }

  Item word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '\0' && !isBlank(text_[at_]) && !isSymbol(text_[at_])) ++at_;
    const std::string_view literal = text_.substr(start, at_ - start);
    return {tokenOf(literal, Token::Identifier), std::string(literal)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A recursive descent over at most one level; every step leaves its complaint in error_.
class Parser {
 public:
  explicit Parser(std::string_view text) {
    Lexer lexer(text);
    do {
      items_.push_back(lexer.next());
    } while (items_.back().token != Token::End);
  }

  ParsedLabelSelector parse() {
    ParsedLabelSelector result;
    for (;;) {
      const Item& item = peek();
      if (item.token == Token::End) return result;
      if (valueToken(item) != Token::Identifier && item.token != Token::Not) {
        return failed("found '" + item.literal + "', expected: !, identifier, or 'end of string'");
      }
      Requirement requirement;
      if (!parseRequirement(requirement)) return failed("unable to parse requirement: " + error_);
      result.selector.add(std::move(requirement));
      const Item& separator = take();
      if (separator.token == Token::End) return result;
      if (separator.token != Token::Comma) {
        return failed("found '" + separator.literal + "', expected: ',' or 'end of string'");
      }
      const Item& after = peek();
      if (valueToken(after) != Token::Identifier && after.token != Token::Not) {
        return failed("found '" + after.literal + "', expected: identifier after ','");
      }
    }
  }

 private:
  static ParsedLabelSelector failed(std::string error) {
    return {LabelSelector::nothing(), std::move(error)};
  }
  bool fail(std::string error) {
    error_ = std::move(error);
    return false;
  }
  static Token valueToken(const Item& item) {
    return item.token == Token::In || item.token == Token::NotIn ? Token::Identifier : item.token;
  }
  const Item& peek() const { return items_[std::min(at_, items_.size() - 1)]; }
  const Item& take() {
    const Item& item = peek();
    ++at_;
    return item;
  }

  bool parseRequirement(Requirement& requirement) {
    const bool negated = peek().token == Token::Not;
    if (negated) take();
    const Item& key = take();
    if (valueToken(key) != Token::Identifier) {
      return fail("found '" + key.literal + "', expected: identifier");
    }
    if (const std::string wrong = qualifiedNameErrors(key.literal); !wrong.empty()) {
      return fail("<nil>: Invalid value: " + goQuote(key.literal) + ": " + wrong);
    }
    requirement.key = Key::intern(key.literal);
    const Token next = peek().token;
    if (negated || next == Token::End || next == Token::Comma) {
      requirement.op = negated ? Operator::DoesNotExist : Operator::Exists;
      return true;
    }
    std::vector<std::string> values;
    if (!parseOperator(requirement)) return false;
    const bool set = requirement.notation == Notation::Set && requirement.op <= Operator::NotIn;
    if (!(set ? parseSet(values) : parseExact(values))) return false;
    return finish(requirement, std::move(values));
  }

  bool parseOperator(Requirement& requirement) {
    const Item& item = take();
    requirement.notation = item.token == Token::In || item.token == Token::NotIn ? Notation::Set
                           : item.token == Token::DoubleEquals                   ? Notation::DoubleEquals
                                                                                 : Notation::Equals;
    switch (item.token) {
      case Token::In:
      case Token::Equals:
      case Token::DoubleEquals:
        requirement.op = Operator::In;
        return true;
      case Token::NotIn:
      case Token::NotEquals:
        requirement.op = Operator::NotIn;
        return true;
      case Token::Greater:
        requirement.op = Operator::GreaterThan;
        return true;
      case Token::Less:
        requirement.op = Operator::LessThan;
        return true;
      default:
        return fail("found '" + item.literal + "', expected: in, notin, =, ==, !=, gt, lt");
    }
  }

  bool parseExact(std::vector<std::string>& values) {
    const Token next = peek().token;
    if (next == Token::End || next == Token::Comma) {
      values.emplace_back();
      return true;
    }
    const Item& item = take();
    if (valueToken(item) != Token::Identifier) {
      return fail("found '" + item.literal + "', expected: identifier");
    }
    values.push_back(item.literal);
    return true;
  }

  bool parseSet(std::vector<std::string>& values) {
    const Item& open = take();
    if (open.token != Token::Open) return fail("found '" + open.literal + "' expected: '('");
    const Item& first = peek();
    if (first.token == Token::Close) {
      take();
      values.emplace_back();
      return true;
    }
    if (valueToken(first) != Token::Identifier && first.token != Token::Comma) {
      return fail("found '" + first.literal + "', expected: ',', ')' or identifier");
    }
    if (!parseList(values)) return false;
    take();  // parseList stops before ')'
    return true;
  }

  bool parseList(std::vector<std::string>& values) {
    for (;;) {
      const Item& item = take();
      if (valueToken(item) == Token::Identifier) {
        values.push_back(item.literal);
        const Item& after = peek();
        if (after.token == Token::Close) return true;
        if (after.token != Token::Comma) return fail("found '" + after.literal + "', expected: ',' or ')'");
      } else if (item.token == Token::Comma) {
        // A comma with nothing before or behind it stands next to an empty value.
        if (values.empty()) values.emplace_back();
        const Token after = peek().token;
        if (after == Token::Close || after == Token::Comma) values.emplace_back();
        if (after == Token::Close) return true;
        if (after == Token::Comma) take();
      } else {
        return fail("found '" + item.literal + "', expected: ',', or identifier");
      }
    }
  }

  bool finish(Requirement& requirement, std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    const bool compared = requirement.op == Operator::GreaterThan || requirement.op == Operator::LessThan;
    std::vector<std::string> wrongs;
    if (compared && !parseInt64(values[0])) {
      wrongs.push_back("values[0]: Invalid value: " + goQuote(values[0]) +
                       ": for 'Gt', 'Lt' operators, the value must be an integer");
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (const std::string wrong = labelValueErrors(values[i]); !wrong.empty()) {
        wrongs.push_back("values[" + std::to_string(i) + "][" + std::string(requirement.key.text()) +
                         "]: Invalid value: " + goQuote(values[i]) + ": " + wrong);
      }
      requirement.values.emplace_back(values[i]);
    }
    if (wrongs.empty()) return true;
    std::string all = wrongs[0];
    for (std::size_t i = 1; i < wrongs.size(); ++i) all += ", " + wrongs[i];
    return fail(wrongs.size() == 1 ? all : "[" + all + "]");
  }

  std::vector<Item> items_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

ParsedLabelSelector parseLabelSelector(std::string_view text) { return Parser(text).parse(); }

}  // namespace pilothouse
