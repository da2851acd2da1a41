#include "core/etcd/raft.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/etcd/consensus.hpp"
#include "core/etcd/server.hpp"

using namespace pilothouse;
using namespace pilothouse::etcd;
using namespace pilothouse::etcd::raft;
using Type = Message::Type;
using Role = Raft::Role;

namespace {

/// Members 1, 2, 3… that are moved by hand: messages wait until they are delivered, or are lost.
struct Cluster {
  Random random{1};
  std::vector<NodeId> ids;
  std::map<NodeId, std::unique_ptr<Raft>> members;
  std::map<NodeId, std::vector<std::uint64_t>> applied;  ///< sequences
  std::map<NodeId, std::vector<ReadState>> reads;
  std::deque<Message> wire;
  std::function<bool(const Message&)> loses = [](const Message&) { return false; };

  explicit Cluster(std::size_t count = 3) {
    for (NodeId id = 1; id <= count; ++id) ids.push_back(id);
    for (const NodeId id : ids) members[id] = std::make_unique<Raft>(configOf(id), Disk(), 0, random);
  }
  Config configOf(NodeId id) const {
    Config config;
    config.id = id;
    config.members = ids;
    return config;
  }
  Raft& at(NodeId id) { return *members[id]; }

  void collect(NodeId id) {
    while (at(id).hasReady()) {
      Ready ready = at(id).takeReady();
      for (Message& message : ready.messages) {
        if (message.type == Type::Snap) {
          const std::uint64_t index = at(id).log().handedOut();
          message.snapshot = std::make_shared<Snapshot>(Snapshot{index, *at(id).log().term(index), nullptr});
        }
        if (!loses(message)) wire.push_back(std::move(message));
      }
      for (const Entry& entry : ready.committed) {
        if (entry.command != nullptr) applied[id].push_back(entry.command->sequence);
      }
      for (const ReadState& read : ready.reads) reads[id].push_back(read);
    }
  }
  void deliver(std::size_t countMax = 10000) {
    for (const NodeId id : ids) collect(id);
    while (!wire.empty() && countMax-- > 0) {
      Message message = std::move(wire.front());
      wire.pop_front();
      const NodeId to = message.to;
      at(to).step(std::move(message));
      collect(to);
    }
  }
  void tick(NodeId id, int times = 1) {
    for (int i = 0; i < times; ++i) {
      at(id).tick();
      collect(id);
    }
  }
  /// Lets a member stand; others only hear what gets through.
  bool elect(NodeId id) {
    // Nobody clings to the last leader.
    for (const NodeId other : ids) {
      if (other != id && at(other).role() == Role::Follower) restart(other);
    }
    for (int i = 0; i < 40 && at(id).role() != Role::Leader; ++i) {
      tick(id);
      deliver();
    }
    return at(id).role() == Role::Leader;
  }
  void propose(NodeId id, std::uint64_t sequence) {
    CHECK(at(id).propose(std::make_shared<const Command>(Command{id, sequence, {}, {}})));
    collect(id);
  }
  void restart(NodeId id) {
    Disk disk = at(id).releaseDisk();
    const std::uint64_t done = disk.log.handedOut();
    members[id] = std::make_unique<Raft>(configOf(id), std::move(disk), done, random);
  }
  void isolate(std::vector<NodeId> group) {
    loses = [group](const Message& message) {
      const auto in = [&group](NodeId id) {
        return std::find(group.begin(), group.end(), id) != group.end();
      };
      return in(message.from) != in(message.to);
    };
  }
  void heal() {
    loses = [](const Message&) { return false; };
  }
  void settle(NodeId leader) {
    for (int i = 0; i < 30; ++i) {
      tick(leader);
      deliver();
    }
  }
};

using Sequences = std::vector<std::uint64_t>;

Message vote(NodeId from, NodeId to, std::uint64_t term, const Raft& log) {
  Message message;
  message.type = Type::Vote;
  message.from = from;
  message.to = to;
  message.term = term;
  message.index = log.log().lastIndex();
  message.logTerm = log.log().lastTerm();
  return message;
}

}  // namespace

TEST_CASE("a leader's entry is committed with a majority, and the followers hear of it") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.isolate({3});
  c.propose(1, 7);
  c.deliver();
  CHECK(c.applied[1] == Sequences{7});
  CHECK(c.applied[2] == Sequences{7});
  CHECK(c.applied[3].empty());
  c.heal();
  c.settle(1);
  CHECK(c.applied[3] == Sequences{7});
}

TEST_CASE("a vote is given once a term, also by a member that forgot everything but its disk") {
  Cluster c;
  REQUIRE(c.elect(1));
  Raft& voter = c.at(3);
  c.tick(3, 10);
  const std::uint64_t term = voter.term() + 5;
  voter.step(vote(1, 3, term, c.at(1)));
  c.collect(3);
  CHECK(voter.disk().vote == 1);
  c.restart(3);
  c.wire.clear();
  c.at(3).step(vote(2, 3, term, c.at(2)));
  c.collect(3);
  REQUIRE(c.wire.size() == 1);
  CHECK(c.wire.front().type == Type::VoteResp);
  CHECK(c.wire.front().reject);
  c.wire.clear();
  c.at(3).step(vote(1, 3, term, c.at(1)));
  c.collect(3);
  REQUIRE(c.wire.size() == 1);
  CHECK_FALSE(c.wire.front().reject);
}

TEST_CASE("who lacks a committed entry is not elected") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.isolate({3});
  c.propose(1, 7);
  c.deliver();
  c.isolate({1});
  CHECK_FALSE(c.elect(3));
  CHECK(c.elect(2));
}

// Figure 8 of "In Search of an Understandable Consensus Algorithm": entries of an earlier term on a majority
// may still be replaced, so counting them does not commit them.
TEST_CASE("an entry of an earlier term is committed only with one of the leader's own") {
  Cluster c(5);
  REQUIRE(c.elect(1));
  c.settle(1);
  c.isolate({1, 2});
  c.propose(1, 7);  // on 1 and 2 only
  c.deliver();
  c.tick(1, 30);  // it steps down
  c.loses = [](const Message& m) { return m.from <= 2 || m.to <= 2 || m.type == Type::App; };
  REQUIRE(c.elect(5));
  c.propose(5, 8);  // on 5 only, of a newer term
  c.deliver();
  const std::uint64_t newer = c.at(5).term();
  c.tick(5, 30);
  // 1 leads again; 7 gets to 3, but nothing of 1's own term does.
  c.loses = [](const Message& m) {
    const bool own = m.type == Type::App && !m.entries.empty() && m.entries.back().term == m.term;
    return own || m.from == 5 || m.to == 5;
  };
  for (int i = 0; i < 5 && c.at(1).role() != Role::Leader; ++i) c.elect(1);
  REQUIRE(c.at(1).role() == Role::Leader);
  REQUIRE(c.at(1).term() > newer);
  // By hand, as a leader with small messages would send it: 7 without the leader's own entry.
  const std::uint64_t index = c.at(1).log().lastIndex() - 1;
  for (const NodeId to : {NodeId{2}, NodeId{3}}) {
    Message app;
    app.type = Type::App;
    app.from = 1;
    app.to = to;
    app.term = c.at(1).term();
    app.index = index - 1;
    app.logTerm = *c.at(1).log().term(index - 1);
    app.entries = {c.at(1).log().at(index)};
    app.commit = c.at(1).log().committed();
    c.wire.push_back(app);
  }
  c.deliver();
  REQUIRE(c.at(3).log().matches(index, c.at(1).log().at(index).term));
  REQUIRE(c.at(1).progress(3)->match == index);
  CHECK(c.at(1).log().committed() < index);
  CHECK(c.applied[1].empty());
  // With one of its own it is.
  c.loses = [](const Message& m) { return m.from == 5 || m.to == 5; };
  c.settle(1);
  CHECK(c.applied[1] == Sequences{7});
  c.heal();
  c.settle(1);
  CHECK(c.applied[5] == Sequences{7});
}

TEST_CASE("a member that comes back from where nobody heard it disturbs no leader") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.settle(1);
  c.isolate({3});
  const std::uint64_t term = c.at(1).term();
  c.tick(3, 200);
  CHECK(c.at(3).term() == term);
  c.heal();
  c.settle(1);
  CHECK(c.at(1).role() == Role::Leader);
  CHECK(c.at(3).leader() == 1);
  CHECK(c.at(1).term() == term);
}

TEST_CASE("a leader that no majority answers steps down") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.isolate({1});
  c.tick(1, 20);
  CHECK(c.at(1).role() == Role::Follower);
  CHECK(c.at(1).leader() == kNone);
  CHECK_FALSE(c.at(1).propose(std::make_shared<const Command>()));
}

TEST_CASE("what was never committed is replaced by what was") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.settle(1);
  c.isolate({1});
  for (std::uint64_t i = 0; i < 20; ++i) c.propose(1, 100 + i);
  c.deliver();
  REQUIRE(c.elect(2));
  c.propose(2, 1);
  c.propose(2, 2);
  c.deliver();
  c.heal();
  c.settle(2);
  for (const NodeId id : c.ids) CHECK(c.applied[id] == Sequences{1, 2});
  CHECK(c.at(1).log().lastIndex() == c.at(2).log().lastIndex());
}

TEST_CASE("a read waits for a majority to confirm the leader, also one that a follower asks for") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.settle(1);
  c.isolate({1});
  CHECK(c.at(1).readIndex(5));
  c.deliver();
  CHECK(c.reads[1].empty());
  c.heal();
  c.settle(1);
  REQUIRE(c.reads[1].size() == 1);
  CHECK(c.reads[1].front().context == 5);
  CHECK(c.reads[1].front().index == c.at(1).log().committed());
  CHECK(c.at(3).readIndex(6));
  c.deliver();
  REQUIRE(c.reads[3].size() == 1);
  CHECK(c.reads[3].front().context == 6);
}

TEST_CASE("a new leader answers no read before it has committed an entry of its own") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.settle(1);
  c.loses = [](const Message& m) { return m.type == Type::App && m.from == 2; };
  c.tick(1, 30);  // it steps down: nobody ticks the others' answers to it
  c.wire.clear();
  REQUIRE(c.elect(2));
  CHECK(c.at(2).readIndex(9));
  c.settle(2);
  CHECK(c.reads[2].empty());
  c.heal();
  c.settle(2);
  REQUIRE(c.reads[2].size() == 1);
}

TEST_CASE("a snapshot that was lost is sent again, and the follower goes on behind it") {
  Cluster c;
  REQUIRE(c.elect(1));
  c.settle(1);
  c.isolate({3});
  for (std::uint64_t i = 1; i <= 20; ++i) c.propose(1, i);
  c.deliver();
  c.at(1).compact(c.at(1).log().committed() - 2);
  c.loses = [](const Message& m) { return m.type == Type::Snap; };
  c.settle(1);
  CHECK(c.at(1).progress(3)->state == Progress::State::Snapshot);
  c.heal();
  c.settle(1);
  CHECK(c.at(1).progress(3)->state == Progress::State::Replicate);
  CHECK(c.at(3).log().committed() == c.at(1).log().committed());
  c.propose(1, 21);
  c.deliver();
  CHECK(c.applied[3] == Sequences{21});
}

TEST_CASE("one member is its own majority") {
  Cluster c(1);
  REQUIRE(c.elect(1));
  c.propose(1, 3);
  CHECK(c.applied[1] == Sequences{3});
  CHECK(c.at(1).readIndex(4));
  c.deliver();
  CHECK(c.reads[1].size() == 1);
}
