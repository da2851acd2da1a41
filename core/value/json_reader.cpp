#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/value/document.hpp"
#include "core/value/go_quote.hpp"
#include "core/value/json_syntax.hpp"
#include "core/value/text_positions.hpp"
#include "core/value/tree_builder.hpp"
#include "core/value/utf8.hpp"

namespace pilothouse {
namespace {

using Json = nlohmann::json;

/// Follows the characters that nlohmann's lexer takes and remembers where the last value or key began, which
/// the SAX events do not tell.
class TokenTracker {
 public:
  explicit TokenTracker(std::size_t start) : offset_(start), tokenStart_(start) {}

  void consume(char c) {
    const std::size_t at = offset_++;
    if (inString_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        inString_ = false;
      }
      return;
    }
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
      case ',':
      case ':':
      case '}':
      case ']':
        inWord_ = false;
        return;
      case '"':
        inString_ = true;
        [[fallthrough]];
      case '{':
      case '[':
        tokenStart_ = at;
        inWord_ = false;
        return;
      default:
        if (!inWord_) tokenStart_ = at;
        inWord_ = true;
    }
  }

  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t tokenStart() const { return tokenStart_; }

 private:
  std::size_t offset_;
  std::size_t tokenStart_;
  bool inString_ = false;
  bool escaped_ = false;
  bool inWord_ = false;
};

class TrackedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedIterator(const char* at, TokenTracker* tracker) : at_(at), tracker_(tracker) {}
  reference operator*() const { return *at_; }
  TrackedIterator& operator++() {
    tracker_->consume(*at_++);
    return *this;
  }
  TrackedIterator operator++(int) {
    TrackedIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const TrackedIterator& a, const TrackedIterator& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  TokenTracker* tracker_;
};

class JsonHandler : public nlohmann::json_sax<Json> {
 public:
  JsonHandler(TreeBuilder& builder, TokenTracker& tracker, TextPositions& positions, const ReadLimits& limits)
      : builder_(builder), tracker_(tracker), positions_(positions), limits_(limits) {}

  bool null() override { return add(Value()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return add(static_cast<double>(value));
    }
    return add(value);
  }
  bool number_float(number_float_t value, const string_t& text) override {
    if (!std::isfinite(value)) return outOfRange(text);
    return add(value);
  }
  bool string(string_t& value) override { return add(std::string_view(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return done(builder_.begin(true, here())); }
  bool start_array(std::size_t /*elements*/) override { return done(builder_.begin(false, here())); }
  bool end_object() override { return done(builder_.end()); }
  bool end_array() override { return done(builder_.end()); }

  bool key(string_t& text) override {
    const Key key = Key::intern(text);
    if (builder_.key(key, here()) == TreeBuilder::Problem::None) return true;
    return fail("strict decoding error: duplicate field " + goQuote(builder_.keyPath(key)));
  }

  bool parse_error(std::size_t /*position*/, const std::string& lastToken,
                   const Json::exception& error) override {
    if (error.id == 406) outOfRange(lastToken);
    return false;
  }

  /// Set when the text is well-formed but refused.
  std::optional<ReadError> error;

 private:
  SourcePosition here() { return positions_.at(tracker_.tokenStart()); }
  bool add(Value value) { return done(builder_.scalar(std::move(value), here())); }
  bool fail(std::string message) {
    error = ReadError{std::move(message), here()};
    return false;
  }
  bool outOfRange(const std::string& text) {
    return fail("json: cannot unmarshal number " + text.substr(0, 40) + " into Go value of type float64");
  }
  bool done(TreeBuilder::Problem problem) {
    if (problem == TreeBuilder::Problem::None) return true;
    return fail(problem == TreeBuilder::Problem::TooDeep
                    ? "exceeded max depth of " + std::to_string(limits_.depth)
                    : "document has more than " + std::to_string(limits_.nodes) + " values");
  }

  TreeBuilder& builder_;
  TokenTracker& tracker_;
  TextPositions& positions_;
  const ReadLimits& limits_;
};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

ReadError syntaxError(std::string_view text, std::size_t start, TextPositions& positions) {
  JsonSyntaxError found = findJsonSyntaxError(text, start);
  if (found.message.empty()) return {"invalid JSON document", positions.at(start)};
  const bool ended = found.offset >= text.size();
  // Go counts the offset in bytes, the wrong one included.
  const std::string where = ended ? "" : "json: offset " + std::to_string(found.offset + 1) + ": ";
  return {where + found.message, positions.at(found.offset)};
}

class JsonReader {
 public:
  JsonReader(std::string_view text, const ReadLimits& limits)
      : text_(text), limits_(limits), positions_(text) {}

  Documents read() {
    Documents result;
    std::size_t at = 0;
    while (skipSpace(at)) {
      // The lexer would skip a byte order mark before any document, and not count it.
      if (text_.substr(at).starts_with(kByteOrderMark)) {
        result.error = syntaxError(text_, at, positions_);
        return result;
      }
      TreeBuilder builder(limits_);
      TokenTracker tracker(at);
      JsonHandler handler(builder, tracker, positions_, limits_);
      const bool read = Json::sax_parse(TrackedIterator(text_.data() + at, &tracker),
                                        TrackedIterator(text_.data() + text_.size(), &tracker), &handler,
                                        Json::input_format_t::json, /*strict=*/false);
      if (!read) {
        result.error = handler.error ? std::move(*handler.error) : syntaxError(text_, at, positions_);
        return result;
      }
      result.documents.push_back(builder.take());
      at = endOf(result.documents.back().value, tracker);
    }
    return result;
  }

 private:
  bool skipSpace(std::size_t& at) const {
    while (at < text_.size() && std::string_view(" \t\r\n").find(text_[at]) != std::string_view::npos) ++at;
    return at < text_.size();
  }

  /// The lexer looks one character past a number's end.
  [[nodiscard]] std::size_t endOf(const Value& value, const TokenTracker& tracker) const {
    const std::size_t end = tracker.offset();
    if (!value.isNumber()) return end;
    std::size_t at = tracker.tokenStart();
    while (at < text_.size() && std::string_view("+-.eE0123456789").find(text_[at]) != std::string_view::npos)
      ++at;
    return std::min(at, end);
  }

  std::string_view text_;
  ReadLimits limits_;
  TextPositions positions_;
};

}  // namespace

Documents readJson(std::string_view text, const ReadLimits& limits) {
  if (text.size() > limits.bytes) {
    return {{}, ReadError{"input is larger than " + std::to_string(limits.bytes) + " bytes", {1, 1}}};
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(3);
  if (const std::size_t invalid = utf8::firstInvalid(text); invalid != std::string_view::npos) {
    TextPositions positions(text);
    return {{}, ReadError{"json: invalid UTF-8 in string", positions.at(invalid)}};
  }
  return JsonReader(text, limits).read();
}

Documents readManifest(std::string_view text, const ReadLimits& limits) {
  std::string_view start = text;
  if (start.starts_with(kByteOrderMark)) start.remove_prefix(3);
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && (start[first] == '{' || start[first] == '[');
  return json ? readJson(text, limits) : readYaml(text, limits);
}

}  // namespace pilothouse
