#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/etcd/client.hpp"
#include "core/etcd/maintenance.hpp"

using namespace pilothouse;
using namespace pilothouse::etcd;
using namespace std::chrono_literals;

namespace {

/// Members on hosts a, b, c…, and a client beside the first.
struct Fixture {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  std::vector<std::unique_ptr<Member>> members;
  std::unique_ptr<Client> client;
  std::vector<std::string> seen;

  explicit Fixture(std::size_t count = 3, MemberOptions options = {}) {
    std::vector<Member*> all;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string host(1, static_cast<char>('a' + i));
      options.name = host;
      members.push_back(std::make_unique<Member>(network, network.join("etcd/" + host, host), options));
      all.push_back(members.back().get());
    }
    Member::join(all);
    client = std::make_unique<Client>(network, network.join("kube-apiserver", "a"), all);
  }
  void run(SimDuration time) { simulator.runFor(time); }

  Response ask(Request request, SimDuration within = 60s) {
    Response answer;
    bool answered = false;
    client->send(std::move(request), {}, {}, [&](Response response) {
      answer = std::move(response);
      answered = true;
    });
    const SimTime end = simulator.now() + within;
    while (!answered && simulator.now() < end && simulator.step()) {
    }
    CHECK(answered);
    return answer;
  }
  Response put(std::string_view key, std::int64_t value, LeaseId lease = 0) {
    return ask(Request::single(Operation::put(Value(key), Value(value), lease)));
  }
  Response get(std::string_view key) { return ask(Request::single(Operation::range(Value(key)))); }
  std::int64_t number(std::string_view key) {
    const Response response = get(key);
    CHECK(response.ok());
    if (!response.ok() || response.operations.front().kvs.empty()) return -1;
    return response.operations.front().kvs.front().value.asInt();
  }
  void watch(std::string_view prefix, std::uint64_t from) {
    client->watch({KeyRange::prefixed(prefix), from, {}},
                  {[this](const Event& event) {
                     seen.push_back((event.deleted() ? "-" : "+") + event.current.key.toString() + "@" +
                                    std::to_string(event.current.modRevision));
                   },
                   [this] { seen.push_back("compacted"); }});
  }
  void stop(std::size_t i) {
    members[i]->stop();
    network.setUp(members[i]->component(), false);
  }
  void start(std::size_t i) {
    network.setUp(members[i]->component(), true);
    members[i]->start();
  }
  static std::string host(std::size_t i) { return std::string(1, static_cast<char>('a' + i)); }
  void cutOff(std::size_t i, bool cut = true) {
    for (std::size_t other = 0; other < members.size(); ++other) {
      if (other == i) continue;
      cut ? network.partition(host(i), host(other)) : network.heal(host(i), host(other));
    }
  }
  /// The index of the one leader, members.size() when there is none.
  std::size_t leader() {
    std::size_t found = members.size();
    std::uint64_t term = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const Consensus& consensus = *members[i]->consensus();
      if (!network.isUp(members[i]->component()) || !consensus.isLeader()) continue;
      if (consensus.raft().term() > term) found = i;
      term = std::max(term, consensus.raft().term());
    }
    return found;
  }
  std::uint64_t revision(std::size_t i) { return members[i]->server().store().revision(); }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("three members elect a leader within two election time-outs and agree on what is written") {
  Fixture f;
  f.run(3s);
  REQUIRE(f.leader() < 3);
  CHECK(f.put("/a", 1).revision == 2);
  CHECK(f.put("/a", 2).revision == 3);
  CHECK(f.number("/a") == 2);
  f.run(1s);
  for (std::size_t i = 0; i < 3; ++i) CHECK(f.revision(i) == 3);
}

TEST_CASE("what is asked before there is a leader waits for one") {
  Fixture f;
  CHECK(f.put("/a", 1).ok());
  CHECK(f.simulator.now() - kSimulationStart < 3s);
}

TEST_CASE("an idle cluster keeps its leader and fills no trace") {
  Fixture f;
  f.run(3s);
  const std::size_t leader = f.leader();
  const CauseId last = f.trace.last();
  f.run(10min);
  CHECK(f.leader() == leader);
  CHECK(f.trace.last() == last);
}

TEST_CASE("when the leader dies another is elected, and clients go on with the members that are left") {
  Fixture f;
  f.run(3s);
  f.put("/a", 1);
  const std::size_t old = f.leader();
  f.stop(old);
  f.run(3s);
  CHECK(f.leader() != old);
  CHECK(f.put("/a", 2).ok());
  CHECK(f.number("/a") == 2);
  f.start(old);
  f.run(2s);
  CHECK(f.revision(old) == 3);
  CHECK(f.leader() != old);
}

TEST_CASE("a write on its way to a leader that dies times out, and its client is told why") {
  Fixture f;
  f.run(3s);
  f.put("/a", 1);
  f.stop(f.leader());
  const Response response = f.put("/a", 2);
  CHECK(errorText(response.error) ==
        "etcdserver: request timed out, possibly due to previous leader failure");
  CHECK(f.number("/a") == 1);
}

TEST_CASE("without a majority nothing is written and nothing read but what is said to be stale") {
  Fixture f;
  f.run(3s);
  f.put("/a", 1);
  f.stop(1);
  f.stop(2);
  f.run(3s);
  CHECK(errorText(f.put("/a", 2).error) == "etcdserver: request timed out");
  CHECK(errorText(f.get("/a").error) == "etcdserver: request timed out");
  Request stale = Request::single(Operation::range(Value("/a")));
  stale.serializable = true;
  CHECK(f.ask(std::move(stale)).operations.front().kvs.front().value.asInt() == 1);
  f.start(1);
  CHECK(f.put("/a", 3).ok());
  CHECK(f.number("/a") == 3);
}

TEST_CASE("a leader that is cut off steps down and what only it has is lost") {
  Fixture f;
  f.run(3s);
  f.put("/a", 1);
  const std::size_t old = f.leader();
  f.cutOff(old);
  Client besideIt(f.network, f.network.join("kube-apiserver/2", f.host(old)), {f.members[old].get()});
  Response lost;
  besideIt.send(Request::single(Operation::put(Value("/a"), Value(9))), {}, {},
                [&](Response response) { lost = std::move(response); });
  f.run(2500ms);
  CHECK_FALSE(f.members[old]->consensus()->isLeader());
  CHECK_FALSE(f.members[old]->consensus()->hasLeader());
  CHECK(f.leader() < 3);
  f.run(5s);
  CHECK(errorText(lost.error) == "etcdserver: request timed out");
  const std::uint64_t term = f.members[f.leader()]->consensus()->raft().term();
  f.cutOff(old, false);
  f.run(2s);
  CHECK(f.number("/a") == 1);
  CHECK(f.revision(old) == f.revision(f.leader()));
  // It asked before it stood: its return disturbs nobody.
  CHECK(f.members[f.leader()]->consensus()->raft().term() == term);
}

TEST_CASE("a watch goes on at another member, each event once and in order") {
  Fixture f;
  f.run(3s);
  f.watch("/", 1);
  f.put("/a", 1);
  f.put("/b", 1);
  f.stop(0);
  f.run(3s);
  f.put("/c", 1);
  f.start(0);
  f.stop(1);
  f.run(3s);
  f.put("/d", 1);
  f.stop(0);
  f.start(1);
  f.run(3s);
  f.put("/e", 1);
  f.run(1s);
  CHECK(f.seen == Texts{"+/a@2", "+/b@3", "+/c@4", "+/d@5", "+/e@6"});
}

TEST_CASE("watches leave a member that has no leader") {
  Fixture f;
  f.run(3s);
  Client outside(f.network, f.network.join("watcher", "outside"),
                 {f.members[0].get(), f.members[1].get(), f.members[2].get()});
  Texts seen;
  outside.watch({KeyRange::prefixed("/"), 1, {}},
                {[&](const Event& event) { seen.push_back(event.current.key.toString()); }, [] {}});
  f.cutOff(0);
  f.run(6s);
  CHECK(outside.endpoint() != 0);
  Client writer(f.network, f.network.join("writer", "outside"), {f.members[1].get()});
  writer.send(Request::single(Operation::put(Value("/a"), Value(1))), {}, {}, [](Response) {});
  f.run(1s);
  CHECK(seen == Texts{"/a"});
}

TEST_CASE(
    "a member that was away longer than the log is kept gets a snapshot, and its watchers what they missed") {
  MemberOptions options;
  options.snapshotCount = 20;
  options.catchUpEntries = 5;
  Fixture f(3, options);
  f.run(3s);
  const std::size_t away = (f.leader() + 1) % 3;
  Client watcher(f.network, f.network.join("watcher", f.host(away)), {f.members[away].get()});
  std::vector<std::uint64_t> revisions;
  watcher.watch({KeyRange::prefixed("/"), 1, {}},
                {[&](const Event& event) { revisions.push_back(event.current.modRevision); }, [] {}});
  f.put("/first", 1);
  f.run(1s);
  f.cutOff(away);
  for (int i = 0; i < 50; ++i) f.put("/k" + std::to_string(i % 7), i);
  CHECK(f.members[f.leader()]->consensus()->raft().log().firstIndex() >
        f.members[away]->consensus()->raft().log().lastIndex() + 1);
  f.cutOff(away, false);
  f.run(3s);
  CHECK(f.revision(away) == f.revision(f.leader()));
  CHECK(f.members[away]->consensus()->raft().log().firstIndex() > 20);
  std::vector<std::uint64_t> all;
  for (std::uint64_t revision = 2; revision <= f.revision(away); ++revision) all.push_back(revision);
  CHECK(revisions == all);
}

TEST_CASE("the leader revokes leases that ended, and a new leader gives them their whole time again") {
  Fixture f;
  f.run(3s);
  const Response granted = f.ask(Request::leaseGrant(60s));
  REQUIRE(granted.ok());
  f.put("/event", 1, granted.lease);
  f.run(50s);
  f.stop(f.leader());
  f.run(30s);
  CHECK(f.number("/event") == 1);
  f.run(40s);
  CHECK(f.number("/event") == -1);
}

TEST_CASE("five members lose two and go on") {
  Fixture f(5);
  f.run(3s);
  f.put("/a", 1);
  f.stop(f.leader());
  f.run(3s);
  f.stop(f.leader());
  f.run(3s);
  CHECK(f.put("/a", 2).ok());
  CHECK(f.number("/a") == 2);
}

TEST_CASE("members, their status and a snapshot, as etcdctl asks for them") {
  Fixture f;
  f.run(3s);
  f.put("/b", 1);
  f.put("/a", 2);
  f.run(1s);
  std::vector<MemberInfo> members;
  memberList(*f.client, [&](Error error, std::vector<MemberInfo> found) {
    CHECK(error == Error::None);
    members = std::move(found);
  });
  f.run(1s);
  REQUIRE(members.size() == 3);
  CHECK(members[1].name == "b");
  CHECK(members[1].clientUrl == "https://b:2379");
  CHECK(members[1].peerUrl == "https://b:2380");
  const std::size_t leader = f.leader();
  const std::size_t down = (leader + 1) % 3;
  f.stop(down);
  std::vector<EndpointStatus> statuses;
  endpointStatus(*f.client, [&](std::vector<EndpointStatus> found) { statuses = std::move(found); });
  f.run(1s);
  REQUIRE(statuses.size() == 3);
  CHECK(statuses[down].error == Error::Refused);
  CHECK(statuses[leader].isLeader());
  CHECK(statuses[leader].memberId == f.members[leader]->id());
  CHECK(statuses[leader].revision == 3);
  CHECK(statuses[leader].raftTerm == 2);
  CHECK(statuses[leader].raftIndex == statuses[leader].raftAppliedIndex);
  CHECK(statuses[leader].dbSize % 4096 == 0);
  CHECK(statuses[leader].errors.empty());
  const std::size_t other = 3 - leader - down;
  CHECK_FALSE(statuses[other].isLeader());
  CHECK(statuses[other].leader == f.members[leader]->id());
  StoreSnapshot snapshot;
  snapshotSave(*f.client, [&](StoreSnapshot saved) { snapshot = std::move(saved); });
  f.run(1s);
  CHECK(snapshot.revision == 3);
  REQUIRE(snapshot.entries.size() == 2);
  CHECK(snapshot.entries[0].key.asString() == "/a");
  CHECK(snapshot.entries[0].modRevision == 3);
  CHECK(snapshot.hash != 0);
  f.stop(leader);
  f.run(4s);
  endpointStatus(*f.client, [&](std::vector<EndpointStatus> found) { statuses = std::move(found); });
  f.run(1s);
  CHECK(statuses[other].errors == Texts{"etcdserver: no leader"});
}

TEST_CASE("one member is a cluster by itself: no messages of Raft, no ticks") {
  Fixture f(1);
  CHECK(f.put("/a", 1).revision == 2);
  CHECK(f.simulator.pending() <= 1);  // the client's own time-out
  std::vector<EndpointStatus> statuses;
  endpointStatus(*f.client, [&](std::vector<EndpointStatus> found) { statuses = std::move(found); });
  f.run(1s);
  REQUIRE(statuses.size() == 1);
  CHECK(statuses[0].isLeader());
  CHECK(statuses[0].raftTerm == 2);
  CHECK(statuses[0].raftIndex == 5);
}
