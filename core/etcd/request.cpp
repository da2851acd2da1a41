#include "core/etcd/request.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::etcd {

std::string_view errorText(Error error) {
  switch (error) {
    case Error::None:
      return "";
    case Error::EmptyKey:
      return "etcdserver: key is not provided";
    case Error::KeyNotFound:
      return "etcdserver: key not found";
    case Error::TooManyOps:
      return "etcdserver: too many operations in txn request";
    case Error::DuplicateKey:
      return "etcdserver: duplicate key given in txn request";
    case Error::Compacted:
      return "etcdserver: mvcc: required revision has been compacted";
    case Error::FutureRevision:
      return "etcdserver: mvcc: required revision is a future revision";
    case Error::LeaseNotFound:
      return "etcdserver: requested lease not found";
    case Error::LeaseExists:
      return "etcdserver: lease already exists";
    case Error::LeaseTtlTooLarge:
      return "etcdserver: too large lease TTL";
    case Error::Timeout:
      return "etcdserver: request timed out";
    case Error::TimeoutLeaderFail:
      return "etcdserver: request timed out, possibly due to previous leader failure";
    case Error::LeaderChanged:
      return "etcdserver: leader changed";
    case Error::NoLeader:
      return "etcdserver: no leader";
    case Error::Refused:
      return "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while "
             "dialing: dial "
             "tcp 127.0.0.1:2379: connect: connection refused\"";
    case Error::Closed:
      return "rpc error: code = Unavailable desc = error reading from server: EOF";
  }
  return "";
}

Operation Operation::range(Value key, Value rangeEnd, std::uint64_t revision, std::int64_t limit) {
  Operation op;
  op.type = Type::Range;
  op.key = std::move(key);
  op.rangeEnd = std::move(rangeEnd);
  op.revision = revision;
  op.limit = limit;
  return op;
}

Operation Operation::put(Value key, Value value, LeaseId lease, Stamp stamp) {
  Operation op;
  op.type = Type::Put;
  op.key = std::move(key);
  op.value = std::move(value);
  op.lease = lease;
  op.stamp = stamp;
  return op;
}

Operation Operation::deleteRange(Value key, Value rangeEnd) {
  Operation op;
  op.type = Type::DeleteRange;
  op.key = std::move(key);
  op.rangeEnd = std::move(rangeEnd);
  return op;
}

Request Request::single(Operation operation) {
  Request request;
  request.success.push_back(std::move(operation));
  return request;
}

Request Request::compact(std::uint64_t revision) {
  Request request;
  request.type = Type::Compact;
  request.revision = revision;
  return request;
}

Request Request::leaseGrant(SimDuration ttl, LeaseId id) {
  Request request;
  request.type = Type::LeaseGrant;
  request.ttl = ttl;
  request.lease = id;
  return request;
}

Request Request::leaseRevoke(LeaseId id) {
  Request request;
  request.type = Type::LeaseRevoke;
  request.lease = id;
  return request;
}

Request Request::leaseKeepAlive(LeaseId id) {
  Request request;
  request.type = Type::LeaseKeepAlive;
  request.lease = id;
  return request;
}

Request Request::about(Type type) {
  Request request;
  request.type = type;
  return request;
}

bool Request::isRead() const {
  if (type != Type::Txn) return type > Type::LeaseKeepAlive;
  const auto reads = [](const Operation& op) { return op.type == Operation::Type::Range; };
  return std::all_of(success.begin(), success.end(), reads) &&
         std::all_of(failure.begin(), failure.end(), reads);
}

Key requestVerb(const Request& request) {
  static const Key kCompact = Key::intern("compact");
  static const Key kDeleteRange = Key::intern("deleteRange");
  static const Key kKeepAlive = Key::intern("leaseKeepAlive");
  static const Key kLeaseGrant = Key::intern("leaseGrant");
  static const Key kLeaseRevoke = Key::intern("leaseRevoke");
  static const Key kMemberList = Key::intern("memberList");
  static const Key kPut = Key::intern("put");
  static const Key kRange = Key::intern("range");
  static const Key kSnapshot = Key::intern("snapshot");
  static const Key kStatus = Key::intern("status");
  static const Key kTxn = Key::intern("txn");
  switch (request.type) {
    case Request::Type::Compact:
      return kCompact;
    case Request::Type::LeaseGrant:
      return kLeaseGrant;
    case Request::Type::LeaseRevoke:
      return kLeaseRevoke;
    case Request::Type::LeaseKeepAlive:
      return kKeepAlive;
    case Request::Type::MemberList:
      return kMemberList;
    case Request::Type::Status:
      return kStatus;
    case Request::Type::Snapshot:
      return kSnapshot;
    case Request::Type::Txn:
      break;
  }
  if (!request.compares.empty() || !request.failure.empty() || request.success.size() != 1) return kTxn;
  switch (request.success.front().type) {
    case Operation::Type::Put:
      return kPut;
    case Operation::Type::DeleteRange:
      return kDeleteRange;
    case Operation::Type::Range:
      break;
  }
  return kRange;
}

}  // namespace pilothouse::etcd
