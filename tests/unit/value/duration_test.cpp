#include "core/value/duration.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace pilothouse;
using namespace std::chrono_literals;

TEST_CASE("durations are read and printed as Go does") {
  const std::pair<const char*, SimDuration> cases[] = {
      {"0s", 0s},        {"300ms", 300ms},   {"1m30s", 90s},
      {"1h0m0s", 1h},    {"-1.5s", -1500ms}, {"2h45m30.5s", 2h + 45min + 30s + 500ms},
      {"1.5µs", 1500ns}, {"7ns", 7ns}};
  for (const auto& [text, duration] : cases) {
    CAPTURE(text);
    CHECK(parseDuration(text) == duration);
    CHECK(durationText(duration) == text);
  }
  CHECK(parseDuration("90s") == 90s);
  CHECK(parseDuration("1h30m") == 90min);
  CHECK(parseDuration("0") == 0s);
  CHECK(parseDuration(".5s") == 500ms);
  CHECK(parseDuration("1us") == 1us);
}

TEST_CASE("what is no duration is refused") {
  for (const char* text : {"", "3", "s", "1x", "1.s.", "1 s", "--1s", ".s", "1d", "3000000h", "1s1"}) {
    CAPTURE(text);
    CHECK(!parseDuration(text));
  }
  CHECK(!parseDuration(std::string(1'000, '9') + "h"));
}

TEST_CASE("ages are short") {
  const std::pair<SimDuration, const char*> cases[] = {
      {-2s, "<invalid>"},  {-500ms, "0s"},    {0s, "0s"},           {119s, "119s"},
      {120s, "2m"},        {130s, "2m10s"},   {599s, "9m59s"},      {600s, "10m"},
      {179min, "179m"},    {180min, "3h"},    {190min, "3h10m"},    {8h, "8h"},
      {47h, "47h"},        {48h, "2d"},       {76h, "3d4h"},        {24h * 8, "8d"},
      {24h * 729, "729d"}, {24h * 730, "2y"}, {24h * 740, "2y10d"}, {24h * 365 * 9, "9y"}};
  for (const auto& [duration, text] : cases) CHECK(humanDuration(duration) == text);
}

TEST_CASE("a percentage counts against a total, a number is itself") {
  CHECK(scaledIntOrPercent(Value(3), 10, true) == 3);
  CHECK(scaledIntOrPercent(Value("25%"), 10, true) == 3);
  CHECK(scaledIntOrPercent(Value("25%"), 10, false) == 2);
  CHECK(scaledIntOrPercent(Value("0%"), 10, true) == 0);
  CHECK(scaledIntOrPercent(Value("100%"), 7, false) == 7);
  CHECK(!scaledIntOrPercent(Value("3"), 10, true));
  CHECK(!scaledIntOrPercent(Value("many%"), 10, true));
  CHECK(!scaledIntOrPercent(Value(), 10, true));
}
