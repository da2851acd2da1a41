#include "core/etcd/client.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pilothouse;
using namespace pilothouse::etcd;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  Member member{network, network.join("etcd", "control-plane")};
  ComponentId self = network.join("kube-apiserver", "other-host");
  Client client{network, self, {&member}};
  std::vector<std::string> seen;
  int answers = 0;
  Error lastError{};

  void put(std::string_view key, std::int64_t value, LeaseId lease = 0) {
    client.send(Request::single(Operation::put(Value(key), Value(value), lease)), {}, {},
                [this](Response response) {
                  ++answers;
                  lastError = response.error;
                });
  }
  std::uint64_t watch(std::string_view prefix, std::uint64_t from) {
    return client.watch({KeyRange::prefixed(prefix), from, {}},
                        {[this](const Event& event) {
                           seen.push_back((event.deleted() ? "-" : "+") + event.current.key.toString() + "@" +
                                          std::to_string(event.current.modRevision));
                         },
                         [this] { seen.push_back("compacted"); }});
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a watch gets history from its revision, then what happens, of its prefix only") {
  Fixture f;
  f.put("/a/1", 1);
  f.put("/b/1", 1);
  f.put("/a/2", 1);
  f.simulator.runFor(10ms);
  f.watch("/a/", 3);
  f.simulator.runFor(10ms);
  CHECK(f.seen == Texts{"+/a/2@4"});
  f.put("/a/3", 1);
  f.put("/b/2", 1);
  f.simulator.runFor(10ms);
  CHECK(f.seen == Texts{"+/a/2@4", "+/a/3@5"});
}

TEST_CASE("a watch from before the compaction is told so") {
  Fixture f;
  for (int i = 0; i < 5; ++i) f.put("/a", i);
  f.client.send(Request::compact(5), {}, {}, [](Response) {});
  f.simulator.runFor(10ms);
  f.watch("/a", 3);
  f.simulator.runFor(10ms);
  CHECK(f.seen == Texts{"compacted"});
}

TEST_CASE("keys go when their lease ends, and stay while it is kept alive") {
  Fixture f;
  LeaseId lease = 0;
  f.client.send(Request::leaseGrant(60s), {}, {}, [&](Response response) { lease = response.lease; });
  f.simulator.runFor(10ms);
  REQUIRE(lease != 0);
  f.watch("/", 1);
  f.put("/event", 1, lease);
  f.simulator.runFor(50s);
  f.client.send(Request::leaseKeepAlive(lease), {}, {}, [](Response) {});
  f.simulator.runFor(50s);
  CHECK(f.seen == Texts{"+/event@2"});
  f.simulator.runFor(11s);
  CHECK(f.seen == Texts{"+/event@2", "-/event@3"});
}

TEST_CASE("an etcd that does not answer means a time-out, and nothing is known") {
  Fixture f;
  f.network.partition("control-plane", "other-host");
  f.put("/a", 1);
  f.simulator.runFor(6s);
  CHECK(f.answers == 0);
  f.simulator.runFor(2s);
  CHECK(f.answers == 1);
  CHECK(errorText(f.lastError) == "etcdserver: request timed out");
}

TEST_CASE("where no etcd listens the connection is refused at once; one that dies closes it") {
  Fixture f;
  f.put("/a", 0);
  f.simulator.runFor(10ms);
  f.put("/a", 1);
  f.member.stop();
  f.network.setUp(f.member.component(), false);
  f.simulator.runFor(10ms);
  CHECK(f.answers == 2);
  CHECK(errorText(f.lastError) == "rpc error: code = Unavailable desc = error reading from server: EOF");
  f.put("/a", 2);
  f.simulator.runFor(10ms);
  CHECK(f.answers == 3);
  CHECK(errorText(f.lastError).substr(0, 60) ==
        "rpc error: code = Unavailable desc = connection error: desc ");
}

TEST_CASE("watch messages lost on the way are noticed and asked for again, each event once and in order") {
  Fixture f;
  f.watch("/", 1);
  f.simulator.runFor(10ms);
  f.network.setDropRate("control-plane", "other-host", 0.3);
  f.network.setDropRate("other-host", "control-plane", 0.3);
  for (int i = 0; i < 200; ++i) {
    f.put("/k" + std::to_string(i), i);
    f.simulator.runFor(100ms);
  }
  f.network.setDropRate("control-plane", "other-host", 0);
  f.network.setDropRate("other-host", "control-plane", 0);
  f.simulator.runFor(30s);
  f.put("/last", 1);
  f.simulator.runFor(30s);
  CHECK(f.answers == 201);
  const auto& store = f.member.server().store();
  CHECK(f.seen.size() == store.revision() - 1);
  for (std::size_t i = 1; i < f.seen.size(); ++i) {
    CHECK(f.seen[i].substr(f.seen[i].find('@')) == "@" + std::to_string(i + 2));
  }
}

TEST_CASE("a member that died and came back keeps its data, and its watchers go on") {
  Fixture f;
  f.watch("/", 1);
  f.put("/a", 1);
  f.simulator.runFor(10ms);
  f.member.stop();
  f.network.setUp(f.member.component(), false);
  f.put("/b", 1);
  f.simulator.runFor(10s);
  f.network.setUp(f.member.component(), true);
  f.member.start();
  f.simulator.runFor(10s);
  f.put("/c", 1);
  f.simulator.runFor(10s);
  CHECK(f.seen == Texts{"+/a@2", "+/c@3"});
}

TEST_CASE("a read that finds etcd back before the watches do is answered after what they missed") {
  Fixture f;
  f.watch("/", 1);
  f.put("/a", 1);
  f.simulator.runFor(10ms);
  f.member.stop();
  f.network.setUp(f.member.component(), false);
  f.simulator.runFor(600ms);
  f.network.setUp(f.member.component(), true);
  f.member.start();
  Client other(f.network, f.network.join("writer", "other-host"), {&f.member});
  other.send(Request::single(Operation::put(Value("/b"), Value(1))), {}, {}, [](Response) {});
  f.simulator.runFor(5ms);
  Texts before;
  f.client.send(Request::single(Operation::range(Value("/b"))), {}, {}, [&](Response) { before = f.seen; });
  f.simulator.runFor(10ms);
  CHECK(before == Texts{"+/a@2", "+/b@3"});
}
