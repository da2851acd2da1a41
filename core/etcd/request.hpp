#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/etcd/key_value.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::etcd {

/// What etcd refuses, as api/v3/v3rpc/rpctypes names it.
enum class Error : std::uint8_t {
  None,
  EmptyKey,
  KeyNotFound,
  TooManyOps,
  DuplicateKey,
  Compacted,
  FutureRevision,
  LeaseNotFound,
  LeaseExists,
  LeaseTtlTooLarge,
  Timeout,  ///< nobody answered in time; nothing is known
  TimeoutLeaderFail,
  LeaderChanged,
  NoLeader,
  Refused,  ///< no process listens: nothing was sent
  Closed,   ///< the member's process ended before it answered; nothing is known
};
/// "etcdserver: mvcc: required revision has been compacted".
std::string_view errorText(Error error);

/// Makes a value's final tree once its revision is known: a pure function, so that every member that applies
/// the write makes the same one. (kube-apiserver sets metadata.resourceVersion whenever it decodes; here the
/// one tree that everyone shares carries it from the beginning.)
using Stamp = Value (*)(const Value& value, std::uint64_t revision);

/// One operation: etcdserverpb.RangeRequest, PutRequest or DeleteRangeRequest.
struct Operation {
  enum class Type : std::uint8_t { Range, Put, DeleteRange };
  Type type{};
  Value key;       ///< text; the range's begin
  Value rangeEnd;  ///< text; null: the one key
  Value value;     ///< Put
  LeaseId lease = 0;
  Stamp stamp = nullptr;
  std::uint64_t revision = 0;  ///< Range: 0 for the newest
  std::int64_t limit = 0;      ///< Range: 0 for all
  bool countOnly = false;
  bool keysOnly = false;

  static Operation range(Value key, Value rangeEnd = {}, std::uint64_t revision = 0, std::int64_t limit = 0);
  static Operation put(Value key, Value value, LeaseId lease = 0, Stamp stamp = nullptr);
  static Operation deleteRange(Value key, Value rangeEnd = {});
};

struct Compare {
  enum class Target : std::uint8_t { Version, CreateRevision, ModRevision, Lease, Value };
  enum class Result : std::uint8_t { Equal, NotEqual, Greater, Less };
  Target target{};
  Result result{};
  Value key;
  std::uint64_t number = 0;
  Value value;  ///< for Target::Value
};

/// A request to one member. Range, Put and DeleteRange are a Txn with one success operation and no compare.
struct Request {
  enum class Type : std::uint8_t {
    Txn,
    Compact,
    LeaseGrant,
    LeaseRevoke,
    LeaseKeepAlive,
    MemberList,  ///< Cluster.MemberList, answered in Response::info, as the two below
                 ///< (core/etcd/maintenance.hpp)
    Status,      ///< Maintenance.Status of the member that is asked
    Snapshot,    ///< Maintenance.Snapshot of the member that is asked
  };
  Type type{};
  std::vector<Compare> compares;  ///< all must hold
  std::vector<Operation> success;
  std::vector<Operation> failure;
  std::uint64_t revision = 0;  ///< Compact
  LeaseId lease = 0;           ///< LeaseGrant: 0 lets etcd choose
  SimDuration ttl{};           ///< LeaseGrant, whole seconds
  bool serializable = false;  ///< a read may be answered from what this member has, without asking the others

  static Request single(Operation operation);
  static Request compact(std::uint64_t revision);
  static Request leaseGrant(SimDuration ttl, LeaseId id = 0);
  static Request leaseRevoke(LeaseId id);
  static Request leaseKeepAlive(LeaseId id);
  static Request about(Type type);
  /// It changes nothing: may be asked again, and needs no agreement.
  [[nodiscard]] bool isRead() const;
};
Key requestVerb(const Request& request);  ///< "txn", "range", "compact", "leaseGrant"…

struct OperationResponse {
  /// Range: what was found. Put: the key as written. DeleteRange: what was deleted.
  std::vector<KeyValue> kvs;
  std::int64_t count = 0;  ///< keys in the range, or deleted
  bool more = false;
};

struct Response {
  Error error{};
  bool succeeded = false;      ///< Txn: all compares held
  std::uint64_t revision = 0;  ///< the store's, after the request
  std::vector<OperationResponse> operations;
  LeaseId lease = 0;
  SimDuration ttl{};  ///< what is granted or left
  Value info;         ///< MemberList, Status, Snapshot

  [[nodiscard]] bool ok() const { return error == Error::None; }
};

/// etcdserverpb.WatchCreateRequest.
struct WatchRequest {
  KeyRange range;
  std::uint64_t startRevision = 0;  ///< 0: from now
  pilothouse::Key about;            ///< how the trace names what is watched ("pods")
};

/// etcdserverpb.WatchResponse.
struct WatchResponse {
  std::uint64_t revision = 0;         ///< the store's when it was sent
  std::uint64_t compactRevision = 0;  ///< not 0: cancelled, as the start revision is no longer kept
  std::vector<Event> events;
};

}  // namespace pilothouse::etcd
