#include "web/text.hpp"

#include <iterator>

namespace pilothouse::web {

namespace {

struct Entry {
  std::string_view korean;
  std::string_view english;
};

constexpr Entry kTable[] = {
#define PILOTHOUSE_TEXT(key, korean, english) {korean, english},
#include "web/text_table.inc"
#undef PILOTHOUSE_TEXT
};

}  // namespace

Language languageOf(std::string_view code) {
  return code.substr(0, 2) == "ko" ? Language::Korean : Language::English;
}

std::string_view codeOf(Language language) { return language == Language::Korean ? "ko" : "en"; }

std::size_t textCount() { return std::size(kTable); }

std::string_view text(Language language, T key) {
  const auto index = static_cast<std::size_t>(key);
  if (index >= std::size(kTable)) return "";
  return language == Language::Korean ? kTable[index].korean : kTable[index].english;
}

std::string text(Language language, T key, std::initializer_list<std::string_view> arguments) {
  const std::string_view pattern = text(language, key);
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool hole = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' &&
                      pattern[i + 1] >= '0' && pattern[i + 1] <= '9';
    if (!hole) {
      out += pattern[i];
      continue;
    }
    const auto which = static_cast<std::size_t>(pattern[i + 1] - '0');
    if (which < arguments.size()) out += *(arguments.begin() + which);
    i += 2;
  }
  return out;
}

}  // namespace pilothouse::web
