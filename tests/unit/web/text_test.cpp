#include "web/text.hpp"

#include <algorithm>
#include <set>

#include "doctest/doctest.h"
#include "web/utf8.hpp"

using namespace pilothouse::web;

namespace {

std::multiset<char> holes(std::string_view text) {
  std::multiset<char> found;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '{' && text[i + 2] == '}') found.insert(text[i + 1]);
  }
  return found;
}

bool hasHangul(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = decodeUtf8(text, i);
    if (c.code >= 0xAC00 && c.code <= 0xD7A3) return true;
    i += c.bytes;
  }
  return false;
}

}  // namespace

TEST_CASE("Every text is there in both languages") {
  REQUIRE(textCount() > 100);
  for (std::size_t i = 0; i < textCount(); ++i) {
    const auto key = static_cast<T>(i);
    const std::string_view korean = text(Language::Korean, key);
    const std::string_view english = text(Language::English, key);
    CAPTURE(english);
    CHECK_FALSE(korean.empty());
    CHECK_FALSE(english.empty());
    if (key != T::languageSwitch) CHECK_FALSE(hasHangul(english));
  }
}

TEST_CASE(
    "What stands for arguments in one language does so in the other, except what a language leaves out") {
  for (std::size_t i = 0; i < textCount(); ++i) {
    const auto key = static_cast<T>(i);
    if (text(Language::English, key).find("{3}") != std::string_view::npos) continue;  // messages in words
    CAPTURE(text(Language::English, key));
    CHECK(holes(text(Language::Korean, key)) == holes(text(Language::English, key)));
  }
}

TEST_CASE("Arguments are put in, missing ones leave nothing") {
  CHECK(text(Language::English, T::nodePods, {"3"}) == "3 pods");
  CHECK(text(Language::Korean, T::nodePods, {"3"}) == "파드 3");
  CHECK(text(Language::English, T::sceneSummary, {"4"}) == "4 nodes,  pods ( ready)");
  CHECK(languageOf("ko-KR") == Language::Korean);
  CHECK(languageOf("fr") == Language::English);
}
