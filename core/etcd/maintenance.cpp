#include "core/etcd/maintenance.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/value/slot_table.hpp"

namespace pilothouse::etcd {
namespace {

const Key kClientUrl = Key::intern("clientURL");
const Key kCreateRevision = Key::intern("create_revision");
const Key kDbSize = Key::intern("dbSize");
const Key kErrors = Key::intern("errors");
const Key kId = Key::intern("ID");
const Key kKey = Key::intern("key");
const Key kLeader = Key::intern("leader");
const Key kLease = Key::intern("lease");
const Key kModRevision = Key::intern("mod_revision");
const Key kName = Key::intern("name");
const Key kPeerUrl = Key::intern("peerURL");
const Key kRaftAppliedIndex = Key::intern("raftAppliedIndex");
const Key kRaftIndex = Key::intern("raftIndex");
const Key kRaftTerm = Key::intern("raftTerm");
const Key kValue = Key::intern("value");
const Key kVersionKey = Key::intern("version");

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kEmptyDb = 5 * kPage;
constexpr std::size_t kMeasuredMax = 512;
// The only member of a cluster: its term, and the entries that a new one begins with (its membership, the
// leader's empty entry, its attributes, the cluster's version).
constexpr std::uint64_t kSoleTerm = 2;
constexpr std::uint64_t kSoleFirstIndex = 4;

// About the bytes of a tree on the disk. Objects are no deeper than the readers let them be.
std::uint64_t sizeOf(const Value& value) {
  std::uint64_t size = 4;
  if (value.isString()) return size + value.asString().size();
  for (const Value& item : value.items()) size += sizeOf(item);
  for (const Key key : value.memberKeys()) size += key.text().size();
  for (const Value& member : value.memberValues()) size += sizeOf(member);
  return size;
}

KeyRange everything() { return KeyRange::prefixed(""); }

// History counts as if its values were of the same size as those of today.
std::uint64_t dbSizeOf(const MvccStore& store) {
  std::size_t keys = 0;
  store.forEach(everything(), [&keys](const KeyRecord&) {
    ++keys;
    return true;
  });
  const std::size_t step = keys / kMeasuredMax + 1;
  std::uint64_t bytes = 0;
  std::uint64_t measured = 0;
  std::size_t at = 0;
  store.forEach(everything(), [&](const KeyRecord& record) {
    if (at++ % step != 0) return true;
    ++measured;
    bytes += record.key.asString().size() + sizeOf(record.value);
    return true;
  });
  const std::uint64_t revisions = std::max<std::uint64_t>(keys, store.historySize());
  if (measured > 0) bytes = bytes / measured * revisions;
  return kEmptyDb + (bytes + kPage - 1) / kPage * kPage;
}

Value number(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }
std::uint64_t numberIn(const Value& value) { return static_cast<std::uint64_t>(value.asInt()); }

EndpointStatus toStatus(std::string endpoint, const Response& response) {
  EndpointStatus status;
  status.endpoint = std::move(endpoint);
  status.error = response.error;
  if (!response.ok()) return status;
  const Value& info = response.info;
  status.memberId = numberIn(info[kId]);
  status.version = info[kVersionKey].toString();
  status.dbSize = numberIn(info[kDbSize]);
  status.leader = numberIn(info[kLeader]);
  status.raftTerm = numberIn(info[kRaftTerm]);
  status.raftIndex = numberIn(info[kRaftIndex]);
  status.raftAppliedIndex = numberIn(info[kRaftAppliedIndex]);
  status.revision = response.revision;
  for (const Value& error : info[kErrors].items()) status.errors.push_back(error.toString());
  return status;
}

}  // namespace

Response memberListOf(const std::vector<const Member*>& cluster) {
  std::vector<Value> members;
  for (const Member* member : cluster) {
    members.push_back(Value::object({{kId, number(member->id())},
                                     {kName, Value(member->name())},
                                     {kPeerUrl, Value(member->peerUrl())},
                                     {kClientUrl, Value(member->clientUrl())}}));
  }
  Response response;
  response.info = Value::array(members);
  return response;
}

Response statusOf(const Member& member, std::uint64_t proposals) {
  const Consensus* consensus = member.consensus();
  const bool alone = consensus == nullptr;
  const raft::NodeId leader = alone ? member.id() : consensus->raft().leader();
  const std::uint64_t index = alone ? kSoleFirstIndex + proposals : consensus->raft().log().committed();
  const std::uint64_t applied = alone ? index : consensus->appliedIndex();
  const std::uint64_t term = alone ? kSoleTerm : consensus->raft().term();
  const MvccStore& store = member.server().store();
  Value errors = Value::emptyArray();
  if (leader == raft::kNone) errors = Value::array({Value(errorText(Error::NoLeader))});
  Response response;
  response.revision = store.revision();
  response.info = Value::object({{kId, number(member.id())},
                                 {kVersionKey, Value(kVersion)},
                                 {kDbSize, number(dbSizeOf(store))},
                                 {kLeader, number(leader)},
                                 {kRaftTerm, number(term)},
                                 {kRaftIndex, number(index)},
                                 {kRaftAppliedIndex, number(applied)},
                                 {kErrors, std::move(errors)}});
  return response;
}

Response snapshotOf(const Server& server) {
  std::vector<Value> entries;
  server.store().forEach(everything(), [&entries](const KeyRecord& record) {
    entries.push_back(Value::object({{kKey, record.key},
                                     {kValue, record.value},
                                     {kCreateRevision, number(record.createRevision)},
                                     {kModRevision, number(record.modRevision)},
                                     {kVersionKey, number(record.version)},
                                     {kLease, number(record.lease)}}));
    return true;
  });
  Response response;
  response.revision = server.store().revision();
  response.info = Value::array(entries);
  return response;
}

void memberList(Client& client, Function<void(Error, std::vector<MemberInfo>)> done) {
  client.send(Request::about(Request::Type::MemberList), {}, {},
              [done = std::move(done)](Response response) mutable {
                std::vector<MemberInfo> members;
                for (const Value& member : response.info.items()) {
                  members.push_back({numberIn(member[kId]), member[kName].toString(),
                                     member[kPeerUrl].toString(), member[kClientUrl].toString()});
                }
                done(response.error, std::move(members));
              });
}

void endpointStatus(Client& client, Function<void(std::vector<EndpointStatus>)> done) {
  struct Gathering {
    std::vector<EndpointStatus> statuses;
    std::size_t missing = 0;
    Function<void(std::vector<EndpointStatus>)> done;
  };
  auto gathering = std::make_shared<Gathering>();
  gathering->missing = client.endpoints().size();
  gathering->statuses.resize(gathering->missing);
  gathering->done = std::move(done);
  for (std::size_t i = 0; i < client.endpoints().size(); ++i) {
    std::string endpoint = client.endpoints()[i]->clientUrl();
    client.sendTo(i, Request::about(Request::Type::Status),
                  [gathering, i, endpoint = std::move(endpoint)](Response response) mutable {
                    gathering->statuses[i] = toStatus(std::move(endpoint), response);
                    if (--gathering->missing == 0) gathering->done(std::move(gathering->statuses));
                  });
  }
}

void snapshotSave(Client& client, Function<void(StoreSnapshot)> done) {
  client.sendTo(client.endpoint(), Request::about(Request::Type::Snapshot),
                [done = std::move(done)](Response response) mutable {
                  StoreSnapshot snapshot;
                  snapshot.error = response.error;
                  snapshot.revision = response.revision;
                  for (const Value& entry : response.info.items()) {
                    snapshot.entries.push_back({entry[kKey], entry[kValue], numberIn(entry[kCreateRevision]),
                                                numberIn(entry[kModRevision]), numberIn(entry[kVersionKey]),
                                                numberIn(entry[kLease])});
                    snapshot.hash = textHash(entry[kKey].asString(), snapshot.hash ^ entry.hash());
                    snapshot.totalSize += entry[kKey].asString().size() + sizeOf(entry[kValue]);
                  }
                  done(std::move(snapshot));
                });
}

}  // namespace pilothouse::etcd
