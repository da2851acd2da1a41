#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace pilothouse::web {

enum class Language : std::uint8_t { Korean, English };
/// "ko" or "en"; anything else is English.
Language languageOf(std::string_view code);
std::string_view codeOf(Language language);

/// Every sentence and label of the page, by key.
enum class T : std::uint16_t {
#define PILOTHOUSE_TEXT(key, korean, english) key,
#include "web/text_table.inc"
#undef PILOTHOUSE_TEXT
};
std::size_t textCount();

/// The text in that language; `{0}`, `{1}`… stand for arguments in the form with arguments.
std::string_view text(Language language, T key);
std::string text(Language language, T key, std::initializer_list<std::string_view> arguments);

}  // namespace pilothouse::web
