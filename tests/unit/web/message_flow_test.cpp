#include "web/message_flow.hpp"

#include "core/api/keys.hpp"
#include "doctest/doctest.h"

using namespace pilothouse;
using namespace pilothouse::web;

namespace {

CauseId send(Trace& trace, std::uint32_t from, std::uint32_t to, CauseId cause, const char* verb = "create",
             const char* resource = "pods") {
  TraceRecord record;
  record.cause = cause;
  record.sent = kSimulationStart + std::chrono::milliseconds(1);
  record.delivered = record.sent + std::chrono::microseconds(500);
  record.from = static_cast<ComponentId>(from);
  record.to = static_cast<ComponentId>(to);
  record.kind = MessageKind::Request;
  record.verb = Key::intern(verb);
  record.resource = Key::intern(resource);
  return trace.add(record);
}

}  // namespace

TEST_CASE("An effect is not shown before its cause has arrived") {
  Trace trace;
  MessageFlow flow;
  const CauseId first = send(trace, 0, 1, CauseId::None);
  const CauseId second = send(trace, 1, 2, first);
  send(trace, 2, 1, second);
  flow.pull(trace, 10, 0.5);
  REQUIRE(flow.motes().size() == 3);
  CHECK(flow.motes()[0].start == 10);
  CHECK(flow.motes()[1].start == flow.motes()[0].end);
  CHECK(flow.motes()[2].start == flow.motes()[1].end);
  CHECK(flow.lag(10) == doctest::Approx(1.5));
  for (const Mote& mote : flow.motes()) CHECK(mote.end - mote.start >= 0.4);
}

TEST_CASE("Alike messages that leave together travel as one, with their number") {
  Trace trace;
  MessageFlow flow;
  for (int i = 0; i < 50; ++i) send(trace, 0, 1, CauseId::None);
  send(trace, 0, 1, CauseId::None, "delete");
  flow.pull(trace, 1, 0.5);
  REQUIRE(flow.motes().size() == 2);
  CHECK(flow.motes()[0].count == 50);
}

TEST_CASE("A flood of messages is bounded on screen, and its arrival is forgotten") {
  Trace trace;
  MessageFlow flow;
  for (std::uint32_t i = 0; i < 20000; ++i) send(trace, i % 5000, i % 4999 + 1, CauseId::None);
  flow.pull(trace, 1, 0.5);
  CHECK(flow.motes().size() <= MessageFlow::kMotesMax);
  CHECK(flow.log().size() <= MessageFlow::kLogMax);
  flow.settle(100);
  CHECK_FALSE(flow.moving());
  CHECK(flow.lag(100) == 0);
}

TEST_CASE("Heartbeats neither fill the log nor hold the clock") {
  Trace trace;
  MessageFlow flow;
  send(trace, 0, 1, CauseId::None, "update", "leases");
  flow.pull(trace, 1, 0.5);
  CHECK(flow.log().empty());
  CHECK(flow.lag(1) == 0);
  REQUIRE(flow.motes().size() == 1);
  CHECK(flow.motes()[0].background);
}
