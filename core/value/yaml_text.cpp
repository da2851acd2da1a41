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

std::size_t unclosedQuote(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    const char before = at > 0 ? text[at - 1] : '\n';
    const bool starts = std::string_view(" \t\n[{,:-?").find(before) != std::string_view::npos;
    if (text[at] == '#' && (before == ' ' || before == '\t' || before == '\n')) {
      at = std::min(text.find('\n', at), text.size());
    } else if (starts && (text[at] == '"' || text[at] == '\'')) {
      const char quote = text[at];
      std::size_t end = at + 1;
      while (end < text.size() && text[end] != quote) end += quote == '"' && text[end] == '\\' ? 2 : 1;
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
  const bool syntax =
      line.empty() || std::string_view("-[]{}&*!|>%@`?").find(line[0]) != std::string_view::npos;
  const bool keyed =
      line.find(": ") != std::string_view::npos || line.ends_with(':') || line.ends_with(":\r");
  return syntax || keyed ? "did not find expected key" : "could not find expected ':'";
}

}  // namespace

std::string translate(std::string_view message, std::string_view text, std::size_t offset) {
  if (message == "end of map not found") return std::string(missingKey(text, offset));
  for (const Phrase& phrase : kPhrases) {
    if (message.starts_with(phrase.theirs)) return std::string(phrase.gos);
  }
  return std::string(message);
}

}  // namespace pilothouse::yaml
