#include "core/sim/time.hpp"

#include <doctest/doctest.h>

using namespace pilothouse;
using namespace std::chrono_literals;

TEST_CASE("timestamps are RFC 3339 in whole seconds, and one second's text is shared") {
  const Value text = timestamp(kSimulationStart + 5s + 999ms);
  CHECK(text.asString() == "2026-01-01T00:00:05Z");
  CHECK(text.sameAs(timestamp(kSimulationStart + 5s)));
  const Value march = timestamp(kSimulationStart + 24h * 59);
  CHECK(march.asString() == "2026-03-01T00:00:00Z");
  const Value micro = microTimestamp(kSimulationStart + 5s + 123us + 999ns);
  CHECK(micro.asString() == "2026-01-01T00:00:05.000123Z");
}

TEST_CASE("timestamps are read with offsets and fractions, and nonsense is refused") {
  CHECK(parseTimestamp("2026-01-01T00:00:05Z") == kSimulationStart + 5s);
  CHECK(parseTimestamp("2026-01-01T09:00:00.25+09:00") == kSimulationStart + 250ms);
  CHECK(parseTimestamp("2024-02-29T00:00:00Z").has_value());
  for (const char* bad : {"", "2026-01-01", "2026-01-01T00:00:05", "2026-13-01T00:00:00Z",
                          "2026-01-01T24:00:00Z", "2025-02-29T00:00:00Z", "2026-01-01T00:00:00.Z",
                          "2026-01-01T00:00:00+9", "9999-01-01T00:00:00Z", "2026-01-0xT00:00:00Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseTimestamp(bad).has_value());
  }
}
