#include "core/sim/session.hpp"

#include <doctest/doctest.h>

using namespace pilothouse;
using namespace std::chrono_literals;

TEST_CASE("a session comes back whole from its value") {
  Session session(18446744073709ULL, "learning");
  session.add({1500ms, Key::intern("apply"), Value::object({{Key::intern("manifest"), "kind: Pod"}})});
  session.add({1500ms, Key::intern("stop"), Value()});
  const Session::Loaded loaded = Session::fromValue(session.toValue());
  REQUIRE(loaded.error.empty());
  REQUIRE(loaded.session.size() == 1);
  const Session& again = loaded.session.front();
  CHECK(again.seed() == session.seed());
  CHECK(again.preset() == "learning");
  REQUIRE(again.inputs().size() == 2);
  CHECK(again.inputs()[0].when == 1500ms);
  CHECK(again.inputs()[0].arguments == session.inputs()[0].arguments);
}

TEST_CASE("a session that began on another date keeps it") {
  Session session(7, "learning");
  CHECK(session.start() == kSimulationStart);
  CHECK(!session.toValue().has(Key::intern("start")));
  session.setStart(kSimulationStart + 24h);
  CHECK(session.toValue()["start"].toString() == "2026-01-02T00:00:00Z");
  const Session::Loaded loaded = Session::fromValue(session.toValue());
  REQUIRE(loaded.session.size() == 1);
  CHECK(loaded.session.front().start() == session.start());
}

TEST_CASE("a damaged session is told apart in words, naming the field") {
  const Key seed = Key::intern("seed");
  const Key preset = Key::intern("preset");
  const Key inputs = Key::intern("inputs");
  CHECK(Session::fromValue(Value(3)).error == "a session must be an object");
  const Value whole = Session(1, "learning").toValue();
  CHECK(Session::fromValue(whole).error.empty());
  CHECK(Session::fromValue(whole.with(seed, 1)).error == "seed: must be a number written as text");
  CHECK(Session::fromValue(whole.with(seed, "99999999999999999999")).error.substr(0, 5) == "seed:");
  CHECK(Session::fromValue(whole.without(preset)).error == "preset: must name a preset");
  CHECK(Session::fromValue(whole.with(inputs, "x")).error == "inputs: must be a list");
  CHECK(Session::fromValue(whole.with(Key::intern("start"), "yesterday")).error.substr(0, 6) == "start:");
  const Value late = Value::object({{Key::intern("when"), "2s"}, {Key::intern("verb"), "stop"}});
  const Value early = late.with(Key::intern("when"), "1s");
  CHECK(Session::fromValue(whole.with(inputs, Value::array({late, early}))).error.substr(0, 14) ==
        "inputs[1].when");
  CHECK(Session::fromValue(whole.with(inputs, Value::array({late.without(Key::intern("verb"))}))).error ==
        "inputs[0].verb: must be given");
}
