#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

constexpr std::string_view kSeeds[] = {
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web, \"k\": 'v'}\nspec:\n  "
    "containers:\n"
    "  - name: web\n    image: nginx:1.27\n    args: [\"-c\", 'x', 3, yes, 0x1f]\n    command:\n    - |\n    "
    "  echo\n"
    "      exit 1\n    - >-\n      a\n      b\n",
    "base: &b\n  a: 1\n  l: &l [1, {x: y}]\nuse:\n  <<: *b\n  again: *l\n? key\n: value\n--- # next\n- - 1\n "
    " - ~\n-\n"
    "...\n---\n!!str 3: !!int \"4\"\nf: 1.5e3\nd: 2026-01-01T00:00:00Z\n",
    "{\"a\": [1, -2.5e3, true, null, \"x\\n\\u00e9\\\"\"], \"b\": {\"c\": {}, \"d\": []}} {\"e\": "
    "\"\xEB\x9C\xBB\"}\n"};
constexpr std::string_view kPieces[] = {
    ":",   ": ",  "\n",    "\n  ",         "- ",   "[",   "]",  "{",           "}",
    ",",   "\"",  "'",     "\t",           "#",    "&a ", "*a", "*b",          "!!int ",
    "|\n", ">\n", "---\n", "...\n",        "<<: ", "? ",  "\\", "\\u12",       "%",
    "@",   "\r",  "\r\n",  "\xEB\x9C\xBB", "\xFF", "~",   "0x", "\xEF\xBB\xBF"};

/// Where a run of tests comes from a seed alone, a failure comes again.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>(state_ % bound);
  }

 private:
  std::uint64_t state_;
};

std::string mutated(Dice& dice) {
  std::string text(kSeeds[dice.below(std::size(kSeeds))]);
  for (std::size_t times = 1 + dice.below(4); times > 0 && !text.empty(); --times) {
    const std::size_t at = dice.below(text.size());
    switch (dice.below(4)) {
      case 0:
        text.erase(at, 1 + dice.below(8));
        break;
      case 1:
        text.insert(at, kPieces[dice.below(std::size(kPieces))]);
        break;
      case 2:
        text.resize(at);
        break;
      default:
        text.insert(at, text.substr(dice.below(text.size()), 1 + dice.below(40)));
    }
  }
  return text;
}

void checkRoundTrip(const Value& value) {
  const Documents yaml = readYaml(writeYaml(value));
  REQUIRE_MESSAGE(!yaml.error, yaml.error->message);
  if (!value.isNull()) CHECK_MESSAGE(yaml.documents.at(0).value == value, writeYaml(value));
  const Documents json = readJson(writeJson(value));
  REQUIRE_MESSAGE(!json.error, json.error->message);
  CHECK(json.documents.at(0).value == value);
}

}  // namespace

TEST_CASE("whatever is read can be written and read again, and every error has words and a place") {
  const char* rounds = std::getenv("PILOTHOUSE_MUTATIONS");
  const long count = rounds != nullptr ? std::atol(rounds) : 1'500;
  Dice dice(0x9E3779B97F4A7C15u);
  for (long i = 0; i < count; ++i) {
    const std::string text = mutated(dice);
    CAPTURE(text);
    const Documents read = i % 4 == 0 ? readManifest(text) : readYaml(text);
    for (const Document& document : read.documents) {
      checkRoundTrip(document.value);
      CHECK(document.start.line > 0);
    }
    if (!read.error) continue;
    CHECK(!read.error->message.empty());
    CHECK(read.error->at.line > 0);
    CHECK(read.error->at.column > 0);
  }
}
