#pragma once

// What is checked in a YAML text before its parser sees it. Private to core/value.

#include <optional>
#include <string>
#include <string_view>

#include "core/value/document.hpp"

namespace pilothouse::yaml {

struct Problem {
  std::string message;  ///< go-yaml's words without "yaml: line N:"
  std::size_t offset = 0;
  bool separator = false;  ///< of the text's split into documents, which has no "yaml:" before it
};

/// Invalid UTF-8, control characters, text behind "---", and so many open brackets that the parser would need
/// memory without bound.
std::optional<Problem> checkText(std::string_view text);

/// Offset of the quote that has no partner at or behind `from`, else the text's size.
std::size_t unclosedQuote(std::string_view text, std::size_t from);

/// Offset of the quote of a quoted scalar whose node begins at `at`, when that quote is never closed;
/// otherwise the text's size.
std::size_t unclosedScalar(std::string_view text, std::size_t at);

/// True for a plain key at `at` that no ':' follows and no '?' comes before.
bool isKeyWithoutColon(std::string_view text, std::size_t at, std::string_view key);

/// When the line in front of the one at `start` has its indentation but no "key:", where its content begins.
std::optional<std::size_t> keylessLineBefore(std::string_view text, std::size_t start);

/// The line that begins at `start`, without its end.
std::string_view lineAt(std::string_view text, std::size_t start);

/// go-yaml's words for yaml-cpp's message about the place `offset`.
std::string translate(std::string_view message, std::string_view text, std::size_t offset);

}  // namespace pilothouse::yaml
