#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/sim/simulator.hpp"
#include "core/value/value.hpp"

namespace pilothouse {

/// A component's address on the simulated network; index into Network's component list.
enum class ComponentId : std::uint32_t {};

enum class MessageKind : std::uint8_t {
  Request,       ///< to kube-apiserver: verb says which
  Response,      ///< from kube-apiserver: code says how it went
  WatchEvent,    ///< from kube-apiserver to a watcher: verb is ADDED, MODIFIED, DELETED, BOOKMARK or ERROR
  EtcdRequest,   ///< kube-apiserver to etcd: verb is txn, range, lease…
  EtcdResponse,  ///< etcd to kube-apiserver
  EtcdWatch,     ///< etcd to kube-apiserver: a committed change
  Cri,           ///< kubelet to the container runtime: verb is PullImage, CreateContainer…
  CriResponse,
  Traffic,  ///< a packet of the data path (probe, DNS query, Service request)
  Input,    ///< an outside input: not sent over a link (from == to)
  Note,     ///< a component's decision worth explaining (a scheduler's choice): not sent over a link
  Raft      ///< etcd to etcd: verb is MsgApp, MsgVote…
};

/// One message, input or note, as it is drawn, explained and digested. Everything is a shared handle.
struct TraceRecord {
  CauseId id{};
  CauseId cause{};
  SimTime sent{};
  SimTime delivered{};  ///< due time at the receiver; SimTime::max() when it was dropped
  ComponentId from{};
  ComponentId to{};
  MessageKind kind{};
  std::uint16_t code = 0;  ///< HTTP status of a Response; 0 otherwise
  Key verb;                ///< "create", "patch", "ADDED", "PullImage"…
  Key resource;            ///< "pods", "deployments"…; empty when it is not about an object
  Value object;            ///< the object carried, or {"metadata":{name,namespace}} of a request without body
};

/// The bounded memory of what happened, and the running digest of all of it.
///
/// Records are numbered from 1 without gaps; the ring keeps the last `capacity`, older ones are found only
/// if they were retained for an object (the last kRetainedPerObject records whose object's uid it is, for the
/// first kRetainedObjects objects that were seen; a teaching cluster has fewer).
class Trace {
 public:
  static constexpr std::size_t kRetainedPerObject = 48;
  static constexpr std::size_t kRetainedObjects = 2048;

  explicit Trace(std::size_t capacity = 65536);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// Numbers, keeps and digests the record; returns its id.
  CauseId add(TraceRecord record);
  /// The record, or null when it is forgotten.
  [[nodiscard]] const TraceRecord* find(CauseId id) const;
  [[nodiscard]] CauseId last() const;
  [[nodiscard]] CauseId oldest() const;
  /// The chain from `id` back to its input or timer, nearest first, as far as it is remembered.
  [[nodiscard]] std::vector<TraceRecord> why(CauseId id) const;
  /// Ids of the remembered records about the object with this uid, oldest first.
  [[nodiscard]] std::vector<CauseId> about(std::string_view uid) const;
  /// 64-bit digest of every record so far (not only the kept ones), from content, never from addresses.
  [[nodiscard]] std::uint64_t digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse
