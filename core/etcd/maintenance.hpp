#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/etcd/client.hpp"

namespace pilothouse::etcd {

/// The version of etcd that Kubernetes 1.33 is installed with.
inline constexpr std::string_view kVersion = "3.5.21";

/// etcdserverpb.Member.
struct MemberInfo {
  raft::NodeId id = raft::kNone;
  std::string name;
  std::string peerUrl;
  std::string clientUrl;
};

/// etcdserverpb.StatusResponse, with the endpoint as etcdctl shows it.
struct EndpointStatus {
  std::string endpoint;
  Error error{};  ///< the endpoint did not answer; nothing else is known
  raft::NodeId memberId = raft::kNone;
  std::string version;
  std::uint64_t dbSize = 0;  ///< bytes; estimated from a part of the keys when there are many
  raft::NodeId leader = raft::kNone;
  std::uint64_t raftTerm = 0;
  std::uint64_t raftIndex = 0;
  std::uint64_t raftAppliedIndex = 0;
  std::uint64_t revision = 0;
  std::vector<std::string> errors;  ///< "etcdserver: no leader"
  [[nodiscard]] bool isLeader() const { return leader != raft::kNone && leader == memberId; }
};

/// What a snapshot holds: the existing keys in order, at one revision.
struct StoreSnapshot {
  Error error{};
  std::uint64_t revision = 0;
  std::uint64_t hash = 0;  ///< of the content: equal for members that have applied the same
  std::uint64_t totalSize = 0;
  std::vector<KeyValue> entries;
};

/// What etcdctl asks for, over a client whose answers come as simulated time passes; `get`, `put` and `watch`
/// are the client's own. The client is kept alive by the caller.
void memberList(Client& client, Function<void(Error, std::vector<MemberInfo>)> done);
/// Of every endpoint, in their order (etcdctl endpoint status --cluster).
void endpointStatus(Client& client, Function<void(std::vector<EndpointStatus>)> done);
/// Of the endpoint in use (etcdctl snapshot save).
void snapshotSave(Client& client, Function<void(StoreSnapshot)> done);

// The members' side of these.
Response memberListOf(const std::vector<const Member*>& cluster);
Response statusOf(const Member& member, std::uint64_t proposals);
Response snapshotOf(const Server& server);

}  // namespace pilothouse::etcd
