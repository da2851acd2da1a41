#include "core/sim/network.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pilothouse;
using namespace std::chrono_literals;

namespace {

struct World {
  explicit World(std::uint64_t seed = 1, std::size_t traceCapacity = 64)
      : sim(seed), trace(traceCapacity), network(sim, trace) {}
  Simulator sim;
  Trace trace;
  Network network;
  ComponentId a = network.join("a", "host-1");
  ComponentId b = network.join("b", "host-2");
  ComponentId c = network.join("c", "host-1");

  CauseId send(ComponentId from, ComponentId to, std::string_view verb, Task task, Value object = {}) {
    return network.send(from, to, {MessageKind::Request, 0, Key::intern(verb), Key(), std::move(object)},
                        std::move(task));
  }
};

Value objectWithUid(std::string_view uid) {
  return Value::object({{Key::intern("metadata"), Value::object({{Key::intern("uid"), Value(uid)}})}});
}

}  // namespace

TEST_CASE("messages of one link arrive in order, after its latency") {
  World w;
  std::string got;
  for (char letter = 'a'; letter <= 'z'; ++letter) w.send(w.a, w.b, "x", [&got, letter] { got += letter; });
  w.sim.runFor(399us);
  CHECK(got.empty());
  w.sim.runFor(201us);
  CHECK(got == "abcdefghijklmnopqrstuvwxyz");
  bool near = false;
  w.send(w.a, w.c, "x", [&] { near = true; });
  w.sim.runFor(100us);
  CHECK(near);
}

TEST_CASE("a partition, a drop rate of one and a stopped component lose messages, and the trace says so") {
  World w;
  int got = 0;
  w.network.partition("host-1", "host-2");
  const CauseId lost = w.send(w.a, w.b, "x", [&] { ++got; });
  w.send(w.b, w.a, "x", [&] { ++got; });
  CHECK(w.trace.find(lost)->delivered == SimTime::max());
  w.network.heal("host-1", "host-2");
  w.network.setDropRate("*", "host-2", 1);
  w.send(w.a, w.b, "x", [&] { ++got; });
  w.network.setDropRate("*", "host-2", 0);
  w.send(w.a, w.b, "x", [&] { ++got; });  // on its way when the receiver dies
  w.network.setUp(w.b, false);
  w.send(w.a, w.b, "x", [&] { ++got; });
  w.send(w.b, w.a, "x", [&] { ++got; });
  w.sim.runFor(1s);
  CHECK(got == 0);
  w.network.setUp(w.b, true);
  w.send(w.a, w.b, "x", [&] { ++got; });
  w.sim.runFor(1s);
  CHECK(got == 1);
}

TEST_CASE("a message's cause is the message that led to it, back to an input") {
  World w;
  const CauseId input = w.network.record(w.a, {MessageKind::Input, 0, Key::intern("apply"), Key(), Value()});
  CauseId answer{};
  {
    const CauseScope scope(w.sim, input);
    w.send(w.a, w.b, "create", [&] { answer = w.send(w.b, w.a, "created", [] {}); });
  }
  w.sim.runFor(1s);
  const auto chain = w.trace.why(answer);
  REQUIRE(chain.size() == 3);
  CHECK(chain[0].verb.text() == "created");
  CHECK(chain[1].verb.text() == "create");
  CHECK(chain[2].kind == MessageKind::Input);
}

TEST_CASE("what the ring forgets is kept for its object") {
  World w;
  const CauseId first = w.send(
      w.a, w.b, "create", [] {}, objectWithUid("u-1"));
  for (int i = 0; i < 1000; ++i) w.send(w.a, w.b, "noise", [] {});
  REQUIRE(w.trace.find(first) != nullptr);
  CHECK(w.trace.find(first)->verb.text() == "create");
  CHECK(w.trace.find(CauseId{2}) == nullptr);
  const CauseId second = w.send(
      w.a, w.b, "update", [] {}, objectWithUid("u-1"));
  CHECK(w.trace.about("u-1") == std::vector<CauseId>{first, second});
  CHECK(w.trace.about("").empty());
}

TEST_CASE("equal seeds give equal digests, and another seed or message another digest") {
  const auto digest = [](std::uint64_t seed, std::string_view verb) {
    World w(seed);
    for (int i = 0; i < 100; ++i) w.send(w.a, w.b, verb, [] {});
    w.sim.runFor(1s);
    return w.trace.digest();
  };
  CHECK(digest(1, "x") == digest(1, "x"));
  CHECK(digest(1, "x") != digest(2, "x"));
  CHECK(digest(1, "x") != digest(1, "y"));
}
