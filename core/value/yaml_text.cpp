#include "core/value/yaml_text.hpp"

#include <algorithm>

#include "core/value/utf8.hpp"

namespace pilothouse::yaml {
namespace {

/// yaml-cpp keeps a token for every open bracket until the first one is closed. Brackets in texts count too,
/// so that the bound is far above what a document may nest.
constexpr std::size_t kOpenBracketsMax = 10'000;

bool isAllowed(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7E) || c == 0x85 ||
         (c >= 0xA0 && c < 0xFEFF) || (c > 0xFEFF && c <= 0xFFFD) || c >= 0x10000;
}

std::optional<Problem> checkSeparator(std::string_view text, std::size_t lineStart) {
  const std::string_view line = lineAt(text, lineStart);
  if (!line.starts_with("---")) return std::nullopt;
  const std::size_t first = line.find_first_not_of(" \t\r", 3);
  if (first == std::string_view::npos || line[first] == '#') return std::nullopt;
  std::string_view rest = line.substr(first);
  while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t' || rest.back() == '\r'))
    rest.remove_suffix(1);
  return Problem{"invalid Yaml document separator: " + std::string(rest.substr(0, 200)), lineStart + first,
                 true};
}

Problem badUtf8(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const bool leads = first >= 0xC2 && first <= 0xF4;
  return {leads ? "invalid trailing UTF-8 octet" : "invalid leading UTF-8 octet", at};
}

}  // namespace

std::string_view lineAt(std::string_view text, std::size_t start) {
  return text.substr(start, text.find('\n', start) - start);
}

std::optional<Problem> checkText(std::string_view text) {
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (at == 0 || text[at - 1] == '\n') {
      if (auto problem = checkSeparator(text, at)) return problem;
    }
    if (c >= 0x20 && c < 0x7F) {
      if (c == '[' || c == '{') {
        if (++open > kOpenBracketsMax)
          return Problem{"exceeded max depth of " + std::to_string(ReadLimits().depth), at};
      } else if ((c == ']' || c == '}') && open > 0) {
        --open;
      }
      ++at;
      continue;
    }
    const utf8::Character character = utf8::next(text, at);
    if (!character.valid) return badUtf8(text, at);
    if (!isAllowed(character.code)) return Problem{"control characters are not allowed", at};
    at += character.size;
  }
  return std::nullopt;
}

namespace {

/// Behind the quote that closes the one at `open`; beyond the text's size when there is none.
std::size_t closingQuote(std::string_view text, std::size_t open) {
  const char quote = text[open];
  std::size_t at = open + 1;
  while (at < text.size() && text[at] != quote) at += quote == '"' && text[at] == '\\' ? 2 : 1;
  return at;
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The start of the nearest line above `start` that is not blank; nothing at the top.
std::optional<std::size_t> lineAbove(std::string_view text, std::size_t start) {
  while (start > 0) {
    const std::size_t before = start >= 2 ? text.rfind('\n', start - 2) : std::string_view::npos;
    start = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = lineAt(text, start);
    if (!std::all_of(line.begin(), line.end(), isBlank)) return start;
  }
  return std::nullopt;
}

std::size_t indentOf(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

bool hasKey(std::string_view line) {
  return line.find(": ") != std::string_view::npos || line.ends_with(':') || line.ends_with(":\r");
}

/// "key: |", "- >2-" and the like.
bool opensBlockScalar(std::string_view line) {
  line = line.substr(0, line.find(" #"));
  while (!line.empty() && (isBlank(line.back()) ||
                           std::string_view("+-0123456789").find(line.back()) != std::string_view::npos)) {
    line.remove_suffix(1);
  }
  return line.size() >= 2 && (line.back() == '|' || line.back() == '>') && isBlank(line[line.size() - 2]);
}

/// What the tab at `offset` stands in: the lines above that are less indented tell.
std::string_view tabPhrase(std::string_view text, std::size_t offset) {
  std::size_t indent = text.size();
  std::size_t start = text.rfind('\n', offset) + 1;
  for (auto above = lineAbove(text, start); above && indent > 0; above = lineAbove(text, *above)) {
    const std::string_view line = lineAt(text, *above);
    if (indentOf(line) >= indent) continue;
    indent = indentOf(line);
    if (opensBlockScalar(line)) return "found a tab character where an indentation space is expected";
  }
  return "found a tab character that violates indentation";
}

}  // namespace

std::size_t unclosedScalar(std::string_view text, std::size_t at) {
  // Tags and anchors come first.
  while (at < text.size() && (text[at] == '!' || text[at] == '&')) {
    while (at < text.size() && !isBlank(text[at])) ++at;
    while (at < text.size() && isBlank(text[at])) ++at;
  }
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return text.size();
  return closingQuote(text, at) < text.size() ? text.size() : at;
}

bool isKeyWithoutColon(std::string_view text, std::size_t at, std::string_view key) {
  std::size_t after = at + key.size();
  if (text.substr(at, key.size()) != key) return false;
  while (after < text.size() && (text[after] == ' ' || text[after] == '\t')) ++after;
  if (after < text.size() && text[after] == ':') return false;
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at == 0 || text[at - 1] != '?';
}

std::optional<std::size_t> keylessLineBefore(std::string_view text, std::size_t start) {
  const auto above = lineAbove(text, start);
  if (!above) return std::nullopt;
  const std::string_view line = lineAt(text, *above);
  const std::size_t indent = indentOf(line);
  if (indent != indentOf(lineAt(text, start)) || hasKey(line) || line[indent] == '#' || line[indent] == '-') {
    return std::nullopt;
  }
  return *above + indent;
}

std::size_t unclosedQuote(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    const char before = at > 0 ? text[at - 1] : '\n';
    const bool starts = std::string_view(" \t\n[{,:-?").find(before) != std::string_view::npos;
    if (text[at] == '#' && (before == ' ' || before == '\t' || before == '\n')) {
      at = std::min(text.find('\n', at), text.size());
    } else if (starts && (text[at] == '"' || text[at] == '\'')) {
      const std::size_t end = closingQuote(text, at);
      if (end >= text.size()) return at;
      at = end;
    }
  }
  return text.size();
}

namespace {

struct Phrase {
  std::string_view theirs;
  std::string_view gos;
};
constexpr Phrase kPhrases[] = {
    {"illegal map value", "mapping values are not allowed in this context"},
    {"illegal map key", "mapping keys are not allowed in this context"},
    {"illegal block entry", "block sequence entries are not allowed in this context"},
    {"illegal flow end", "did not find expected node content"},
    {"end of sequence not found", "did not find expected '-' indicator"},
    {"end of sequence flow not found", "did not find expected ',' or ']'"},
    {"end of map flow not found", "did not find expected ',' or '}'"},
    {"illegal EOF in scalar", "found unexpected end of stream"},
    {"illegal document indicator in scalar", "found unexpected document indicator"},
    {"illegal tab when looking for indentation",
     "found a tab character where an indentation space is expected"},
    {"unknown token", "found character that cannot start any token"},
    {"unknown escape character", "found unknown escape character"},
    {"bad character found while scanning hex number", "did not find expected hexdecimal number"},
    {"invalid unicode", "found invalid Unicode character escape code"},
    {"alias not found after *", "did not find expected alphabetic or numeric character"},
    {"anchor not found after &", "did not find expected alphabetic or numeric character"},
    {"illegal character found while scanning alias", "did not find expected alphabetic or numeric character"},
    {"illegal character found while scanning anchor",
     "did not find expected alphabetic or numeric character"},
    {"cannot set zero indentation for a block scalar", "found an indentation indicator equal to 0"},
    {"unexpected character in block scalar", "did not find expected comment or line break"},
    {"tag handle with no suffix", "did not find expected tag URI"},
    {"illegal character found while scanning tag handle", "did not find expected '!'"},
    {"end of verbatim tag not found", "did not find the expected '>'"},
    {"cannot assign multiple", "did not find expected node content"},
    {"bad YAML version", "found incompatible YAML document"},
    {"YAML major version too large", "found incompatible YAML document"},
    {"repeated YAML directive", "found duplicate %YAML directive"},
    {"repeated TAG directive", "found duplicate %TAG directive"},
    {"YAML directives must have", "did not find expected digit or '.' character"},
    {"TAG directives must have", "did not find expected whitespace"}};

/// A line without "key:" where a member of an object should stand, or a member at the wrong depth.
std::string_view missingKey(std::string_view text, std::size_t offset) {
  const std::string_view line = lineAt(text, offset);
  const std::size_t start = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const bool first = text.find_first_not_of(' ', start) == offset;
  const bool syntax =
      line.empty() || std::string_view("-[]{}&*!|>%@`?").find(line[0]) != std::string_view::npos;
  return !first || syntax || hasKey(line) ? "did not find expected key" : "could not find expected ':'";
}

}  // namespace

std::string translate(std::string_view message, std::string_view text, std::size_t offset) {
  if (message == "end of map not found") return std::string(missingKey(text, offset));
  if (message == "illegal tab when looking for indentation") return std::string(tabPhrase(text, offset));
  for (const Phrase& phrase : kPhrases) {
    if (message.starts_with(phrase.theirs)) return std::string(phrase.gos);
  }
  return std::string(message);
}

}  // namespace pilothouse::yaml
