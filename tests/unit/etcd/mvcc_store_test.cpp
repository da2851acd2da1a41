#include "core/etcd/mvcc_store.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "core/etcd/server.hpp"

using namespace pilothouse;
using namespace pilothouse::etcd;

namespace {

struct Fixture {
  Server server;
  std::vector<Event> events;

  Response apply(const Request& request) { return server.apply(request, kSimulationStart, events); }
  Response put(std::string_view key, std::int64_t value) {
    return apply(Request::single(Operation::put(Value(key), Value(value))));
  }
  Response remove(std::string_view key) { return apply(Request::single(Operation::deleteRange(Value(key)))); }
  Response list(std::string_view prefix, std::uint64_t revision = 0, std::int64_t limit = 0) {
    const KeyRange range = KeyRange::prefixed(prefix);
    return apply(Request::single(Operation::range(Value(range.begin), Value(range.end), revision, limit)));
  }
  std::string keys(const Response& response) {
    std::string text;
    for (const KeyValue& kv : response.operations.at(0).kvs) {
      text += kv.key.toString() + "=" + std::to_string(kv.value.asInt()) + "@" +
              std::to_string(kv.modRevision) + "v" + std::to_string(kv.version) + " ";
    }
    return text;
  }
};

Compare modRevisionIs(std::string_view key, std::uint64_t revision) {
  return {Compare::Target::ModRevision, Compare::Result::Equal, Value(key), revision, {}};
}

}  // namespace

TEST_CASE("a key's life: created, changed, deleted and created again, each at its revision") {
  Fixture etcd;
  CHECK(etcd.server.store().revision() == 1);
  CHECK(etcd.put("/a", 1).revision == 2);
  CHECK(etcd.put("/a", 2).revision == 3);
  const KeyRecord* record = etcd.server.store().find("/a");
  REQUIRE(record != nullptr);
  CHECK(record->createRevision == 2);
  CHECK(record->modRevision == 3);
  CHECK(record->version == 2);
  CHECK(etcd.remove("/a").operations.at(0).count == 1);
  CHECK(etcd.server.store().find("/a") == nullptr);
  CHECK(etcd.remove("/a").revision == 4);  // nothing deleted, no new revision
  etcd.put("/a", 5);
  CHECK(etcd.server.store().find("/a")->createRevision == 5);
  CHECK(etcd.server.store().find("/a")->version == 1);
}

TEST_CASE("a range is in key order, limited, counted, and can be read as it was") {
  Fixture etcd;
  etcd.put("/p/b", 1);
  etcd.put("/p/a", 2);
  etcd.put("/q/a", 3);
  etcd.put("/p/b", 4);
  etcd.remove("/p/a");
  etcd.put("/p/c", 5);
  CHECK(etcd.keys(etcd.list("/p/")) == "/p/b=4@5v2 /p/c=5@7v1 ");
  CHECK(etcd.keys(etcd.list("/p/", 3)) == "/p/a=2@3v1 /p/b=1@2v1 ");
  CHECK(etcd.keys(etcd.list("/p/", 5)) == "/p/a=2@3v1 /p/b=4@5v2 ");
  const Response page = etcd.list("/p/", 5, 1);
  CHECK(etcd.keys(page) == "/p/a=2@3v1 ");
  CHECK(page.operations.at(0).more);
  CHECK(page.operations.at(0).count == 2);
  CHECK(errorText(etcd.list("/p/", 99).error) == "etcdserver: mvcc: required revision is a future revision");
}

TEST_CASE("a transaction writes all or nothing, as its compares say") {
  Fixture etcd;
  Request create;
  create.compares = {modRevisionIs("/a", 0)};
  create.success = {Operation::put("/a", 1), Operation::put("/b", 1)};
  create.failure = {Operation::range("/a")};
  CHECK(etcd.apply(create).succeeded);
  CHECK(etcd.events.size() == 2);
  CHECK(etcd.events[0].current.modRevision == etcd.events[1].current.modRevision);
  const Response again = etcd.apply(create);
  CHECK_FALSE(again.succeeded);
  CHECK(again.operations.at(0).kvs.at(0).value.asInt() == 1);
  CHECK(again.revision == 2);

  Request twice;
  twice.success = {Operation::put("/c", 1), Operation::put("/c", 2)};
  CHECK(errorText(etcd.apply(twice).error) == "etcdserver: duplicate key given in txn request");
  Request leased;
  leased.success = {Operation::put("/c", 1), Operation::put("/d", 1, 77)};
  CHECK(errorText(etcd.apply(leased).error) == "etcdserver: requested lease not found");
  CHECK(etcd.server.store().find("/c") == nullptr);
  CHECK(etcd.apply(Request::single(Operation::put("", 1))).error == Error::EmptyKey);
}

TEST_CASE("compaction forgets what was before it and keeps what is") {
  Fixture etcd;
  for (int i = 0; i < 10; ++i) etcd.put("/a", i);  // revisions 2 to 11
  etcd.put("/gone", 1);
  etcd.remove("/gone");
  CHECK(etcd.apply(Request::compact(99)).error == Error::FutureRevision);
  CHECK(etcd.apply(Request::compact(8)).ok());
  CHECK(errorText(etcd.list("/", 7).error) == "etcdserver: mvcc: required revision has been compacted");
  CHECK(etcd.keys(etcd.list("/", 8)) == "/a=6@8v7 ");
  CHECK(etcd.apply(Request::compact(8)).error == Error::Compacted);
  etcd.put("/b", 1);
  CHECK(etcd.apply(Request::compact(14)).ok());
  CHECK(etcd.server.scrub(5));
  CHECK_FALSE(etcd.server.scrub(100));
  CHECK(etcd.server.store().historySize() == 1);
  CHECK(etcd.keys(etcd.list("/")) == "/a=9@11v10 /b=1@14v1 ");
}

TEST_CASE("a revoked lease takes its keys in one revision, but not those put again without it") {
  Fixture etcd;
  const LeaseId lease = etcd.apply(Request::leaseGrant(std::chrono::seconds(60))).lease;
  const auto put = [&](std::string_view key, LeaseId id) {
    etcd.apply(Request::single(Operation::put(Value(key), 1, id)));
  };
  put("/e/b", lease);
  put("/e/a", lease);
  put("/e/c", lease);
  put("/e/c", 0);
  CHECK(etcd.server.lessor().nextExpiry() == kSimulationStart + std::chrono::seconds(60));
  CHECK(etcd.server.lessor().expired(kSimulationStart + std::chrono::seconds(60)).size() == 1);
  etcd.events.clear();
  CHECK(etcd.apply(Request::leaseRevoke(lease)).ok());
  REQUIRE(etcd.events.size() == 2);
  CHECK(etcd.events[0].current.key.toString() == "/e/a");
  CHECK(etcd.events[0].deleted());
  CHECK(etcd.events[0].previous.value.asInt() == 1);
  CHECK(etcd.events[0].current.modRevision == etcd.events[1].current.modRevision);
  CHECK(etcd.keys(etcd.list("/e/")) == "/e/c=1@5v2 ");
  CHECK(etcd.apply(Request::leaseKeepAlive(lease)).error == Error::LeaseNotFound);
}

TEST_CASE("thousands of random writes: every kept revision reads as it was, watches replay it") {
  Fixture etcd;
  std::vector<std::map<std::string, std::int64_t>> states(2);  // by revision
  std::uint64_t random = 3;
  const auto next = [&random](std::uint64_t below) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (random >> 33) % below;
  };
  for (int i = 0; i < 5000; ++i) {
    const std::string key = "/k/" + std::to_string(next(700));
    std::map<std::string, std::int64_t> state = states.back();
    if (next(3) == 0) {
      const bool was = state.erase(key) > 0;
      etcd.remove(key);
      if (!was) continue;
    } else {
      state[key] = i;
      etcd.put(key, i);
    }
    states.push_back(std::move(state));
    REQUIRE(etcd.server.store().revision() == states.size() - 1);
    if (i % 1000 != 999) continue;
    etcd.apply(Request::compact(states.size() - 400));
    etcd.server.scrub(300);  // not all of it
  }
  const std::uint64_t oldest = etcd.server.store().compactRevision();
  for (std::uint64_t revision = oldest; revision < states.size(); revision += 13) {
    std::map<std::string, std::int64_t> read;
    const Response response = etcd.list("/k/", revision);
    REQUIRE(response.ok());
    std::string last;
    for (const KeyValue& kv : response.operations.at(0).kvs) {
      CHECK(kv.key.asString() > last);
      last = kv.key.toString();
      read[last] = kv.value.asInt();
    }
    CHECK(read == states[revision]);
  }
  // Replayed from the oldest state, history ends at the newest, and each event knows what was before.
  std::map<std::string, std::int64_t> replayed = states[oldest];
  std::vector<Event> events;
  std::uint64_t from = oldest + 1;
  while (from != 0)
    from = etcd.server.store().history(KeyRange::prefixed("/k/"), from, events.size() + 50, events);
  for (const Event& event : events) {
    const std::string key = event.current.key.toString();
    const auto before = replayed.find(key);
    CHECK(event.previous.key.isNull() == (before == replayed.end()));
    if (before != replayed.end()) CHECK(event.previous.value.asInt() == before->second);
    if (event.deleted()) {
      replayed.erase(key);
    } else {
      replayed[key] = event.current.value.asInt();
    }
  }
  CHECK(replayed == states.back());
}
