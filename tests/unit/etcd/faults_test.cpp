#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/etcd/client.hpp"
#include "tests/unit/etcd/linearizability.hpp"
#include "tests/unit/etcd/raft_invariants.hpp"

using namespace pilothouse;
using namespace pilothouse::etcd;
using namespace std::chrono_literals;
using Op = etcd::testing::Operation;

namespace {

constexpr std::size_t kKeys = 2;
constexpr std::size_t kClients = 3;

/// A client that does one operation after another on a few registers, and notes how each went.
class Worker {
 public:
  Worker(Network& network, ComponentId self, std::vector<Member*> members, std::size_t number)
      : simulator_(network.simulator()),
        random_(network.simulator().random()),
        client_(network, self, std::move(members), 1500ms),
        number_(number) {}

  void start() { later(); }
  [[nodiscard]] bool finished() const { return left_ == 0; }
  [[nodiscard]] const std::vector<Op>& history(std::size_t key) const { return histories_[key]; }
  [[nodiscard]] std::size_t answered() const { return answered_; }

 private:
  void later() {
    if (left_ == 0) return;
    simulator_.after(std::chrono::milliseconds(random_.below(300)), [this] { next(); });
  }

  void next() {
    const std::size_t key = random_.below(kKeys);
    Op op;
    op.call = simulator_.now().time_since_epoch().count();
    op.value = static_cast<std::int64_t>(++written_ * 10 + number_ + 1);
    const Value name("/r/" + std::to_string(key));
    Request request;
    switch (random_.below(3)) {
      case 0:
        op.type = Op::Type::Get;
        request = Request::single(etcd::Operation::range(name));
        break;
      case 1:
        op.type = Op::Type::Put;
        request = Request::single(etcd::Operation::put(name, Value(op.value)));
        break;
      default:
        op.type = Op::Type::CompareAndSwap;
        op.expected = known_[key];
        request = Request::single(etcd::Operation::put(name, Value(op.value)));
        request.compares.push_back(
            op.expected == 0
                ? Compare{Compare::Target::Version, Compare::Result::Equal, name, 0, {}}
                : Compare{Compare::Target::Value, Compare::Result::Equal, name, 0, Value(op.expected)});
    }
    client_.send(std::move(request), {}, {},
                 [this, key, op](Response response) { answer(key, op, std::move(response)); });
  }

  void answer(std::size_t key, Op op, Response response) {
    --left_;
    if (response.ok()) {
      ++answered_;
      op.reply = simulator_.now().time_since_epoch().count();
      op.swapped = response.succeeded;
      if (op.type == Op::Type::Get) {
        const auto& found = response.operations.front().kvs;
        op.value = found.empty() ? 0 : found.front().value.asInt();
      }
      if (op.type != Op::Type::CompareAndSwap || op.swapped) known_[key] = op.value;
      histories_[key].push_back(op);
    } else if (op.type != Op::Type::Get && response.error != Error::Refused) {
      op.reply = Op::kNever;
      histories_[key].push_back(op);
    }
    later();
  }

  Simulator& simulator_;
  Random& random_;
  Client client_;
  std::size_t number_;
  std::size_t left_ = 9;
  std::size_t answered_ = 0;
  std::size_t written_ = 0;
  std::array<std::int64_t, kKeys> known_{};
  std::array<std::vector<Op>, kKeys> histories_;
};

/// A cluster whose members crash, whose hosts are cut off, and whose network loses and delays.
class World {
 public:
  explicit World(std::uint64_t seed) : simulator_(seed), network_(simulator_, trace_) {
    MemberOptions options;
    options.electionTicks = 4;
    options.requestTimeout = 1200ms;
    options.snapshotCount = 4 + seed % 8;
    options.catchUpEntries = seed % 4;
    const std::size_t count = seed % 8 == 0 ? 5 : 3;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string host = "m" + std::to_string(i);
      members_.push_back(std::make_unique<Member>(network_, network_.join("etcd/" + host, host), options));
      all_.push_back(members_.back().get());
    }
    Member::join(all_);
    invariants_ = std::make_unique<etcd::testing::RaftInvariants>(all_);
    for (std::size_t i = 0; i < kClients; ++i) {
      const ComponentId self = network_.join("client" + std::to_string(i), "clients");
      std::vector<Member*> endpoints = all_;
      std::rotate(endpoints.begin(), endpoints.begin() + static_cast<std::ptrdiff_t>(i), endpoints.end());
      workers_.push_back(std::make_unique<Worker>(network_, self, std::move(endpoints), i));
    }
    watcher_ = std::make_unique<Client>(network_, network_.join("watcher", "clients"), all_, 1500ms);
    watcher_->watch({KeyRange::prefixed("/"), 1, {}},
                    {[this](const Event& event) { watched_.push_back(event.current.modRevision); }, [] {}});
  }

  /// What went wrong, or "".
  std::string run() {
    for (auto& worker : workers_) worker->start();
    const SimTime quiet = simulator_.now() + 5s;
    SimTime nextFault = simulator_.now() + 600ms;
    while (simulator_.now() < quiet && !finished()) {
      if (simulator_.now() >= nextFault) {
        fault();
        nextFault = simulator_.now() + std::chrono::milliseconds(100 + random().below(500));
      }
      if (!step()) return invariants_->violation();
    }
    faulty_ = false;
    repair();
    const SimTime end = simulator_.now() + 30s;
    while (!finished() && simulator_.now() < end) {
      if (!step()) return invariants_->violation();
    }
    return finished() ? verdict() : "the clients did not come to an end";
  }

  [[nodiscard]] std::size_t answered() const {
    std::size_t sum = 0;
    for (const auto& worker : workers_) sum += worker->answered();
    return sum;
  }

 private:
  Random& random() { return simulator_.random(); }
  static std::string host(std::size_t i) { return "m" + std::to_string(i); }

  // Elections are short, so chance would seldom let a member die in one and be back before its end.
  void disturbElection() {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i]->consensus()->raft().role() != raft::Raft::Role::Candidate) continue;
      if (random().below(32) != 0) return;
      const std::size_t other = random().below(members_.size());
      crash(other, false);
      restart(other);
      return;
    }
  }

  bool step() {
    simulator_.step();
    invariants_->check();
    if (faulty_) disturbElection();
    return invariants_->violation().empty();
  }

  bool finished() const {
    for (const auto& worker : workers_) {
      if (!worker->finished()) return false;
    }
    return true;
  }

  void fault() {
    const std::size_t i = random().below(members_.size());
    const std::size_t other = (i + 1 + random().below(members_.size() - 1)) % members_.size();
    switch (random().below(8)) {
      case 0:
      case 1:
        return crash(i, random().below(2) == 0);
      case 2:
        return restart(i);
      case 3:
        return cutOff(i);
      case 4:
        return network_.partition(host(i), host(other));
      case 5:
        return network_.partition(host(i), "clients");
      case 6:
        network_.setDropRate("*", "*", 0.25 * random().unit());
        return network_.setLatency("*", "*", std::chrono::milliseconds(1 + random().below(60)), 0.9);
      default:
        return repair();
    }
  }

  void crash(std::size_t i, bool saysGoodbye) {
    if (!saysGoodbye) network_.setUp(members_[i]->component(), false);
    members_[i]->stop();
    network_.setUp(members_[i]->component(), false);
  }
  void restart(std::size_t i) {
    network_.setUp(members_[i]->component(), true);
    members_[i]->start();
  }
  void cutOff(std::size_t i) {
    for (std::size_t j = 0; j < members_.size(); ++j) {
      if (j != i) network_.partition(host(i), host(j));
    }
  }
  void repair() {
    network_.setDropRate("*", "*", 0);
    network_.setLatency("*", "*", 1ms, 0.2);
    for (std::size_t i = 0; i < members_.size(); ++i) {
      network_.heal(host(i), "clients");
      for (std::size_t j = 0; j < i; ++j) network_.heal(host(i), host(j));
      restart(i);
    }
  }

  /// Goes on until something holds; what is wrong if it does not come.
  template <typename Holds>
  std::string await(Holds&& holds, const char* otherwise) {
    const SimTime end = simulator_.now() + 5s;
    while (!holds()) {
      if (!step()) return invariants_->violation();
      if (simulator_.now() > end) return otherwise;
    }
    return "";
  }

  // After the repair all is well again: everyone has the same, and what the clients saw has an order.
  std::string verdict() {
    std::uint64_t revision = 0;
    bool answered = false;
    watcher_->send(Request::single(etcd::Operation::range(Value("/r/0"))), {}, {}, [&](Response response) {
      answered = response.ok();
      revision = response.revision;
    });
    std::string wrong = await([&] { return answered; }, "no reads after the repair");
    if (!wrong.empty()) return wrong;
    if (watched_.size() + 1 < revision) return "a read was answered before what happened before it";
    const auto agree = [this] {
      return std::all_of(all_.begin(), all_.end(), [this](const Member* member) {
        return member->server().store().revision() == all_.front()->server().store().revision();
      });
    };
    wrong = await(agree, "the members do not agree at the end");
    if (!wrong.empty()) return wrong;
    const MvccStore& store = members_[0]->server().store();
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      if (watched_[i] != i + 2) return "the watch has a hole before " + std::to_string(watched_[i]);
    }
    if (watched_.size() + 1 != store.revision()) return "the watch missed the end";
    for (std::size_t key = 0; key < kKeys; ++key) {
      std::vector<Op> history;
      for (const auto& worker : workers_) {
        history.insert(history.end(), worker->history(key).begin(), worker->history(key).end());
      }
      if (etcd::testing::isLinearizable(history)) continue;
      std::string text = "not linearizable:";
      for (const Op& op : history) text += "\n  " + op.text();
      return text;
    }
    return "";
  }

  Simulator simulator_;
  Trace trace_{16};
  Network network_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<Member*> all_;
  std::unique_ptr<etcd::testing::RaftInvariants> invariants_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Client> watcher_;
  std::vector<std::uint64_t> watched_;
  bool faulty_ = true;
};

std::uint64_t fromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

// RAFT_SEED=n runs one of them, RAFT_SEEDS=n that many.
TEST_CASE("clients see one register a key whatever fails: 10,000 seeds of crashes, partitions and losses") {
  const std::uint64_t one = fromEnvironment("RAFT_SEED", 0);
  const std::uint64_t first = one > 0 ? one : 1;
  const std::uint64_t last = one > 0 ? one : fromEnvironment("RAFT_SEEDS", 10000);
  std::size_t answered = 0;
  std::size_t wrong = 0;
  for (std::uint64_t seed = first; seed <= last && wrong < 3; ++seed) {
    World world(seed);
    const std::string what = world.run();
    answered += world.answered();
    if (what.empty()) continue;
    ++wrong;
    FAIL_CHECK("seed " << seed << ": " << what);
  }
  MESSAGE(answered << " operations answered");
  // The faults must leave something to judge.
  CHECK(answered > (last - first + 1) * kClients * 4);
}
