#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/sim/network.hpp"
#include "core/sim/session.hpp"
#include "core/sim/simulator.hpp"
#include "core/sim/trace.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {
class ApiServer;
}
namespace pilothouse::client {
class Client;
}

namespace pilothouse::cluster {

/// Something said in answer to an input, as a command would print it.
struct Message {
  bool error = false;
  std::string text;      ///< "deployment.apps/frontend created", "Error from server (Invalid): …"
  std::size_t line = 0;  ///< in the manifest, from 1; 0 when it is about no place
  std::size_t column = 0;
  std::string field;  ///< "spec.replicas", or ""
};

/// The answer to one input. Messages come one by one; `finished` when the last was said.
struct InputResult {
  std::uint64_t id = 0;
  Key verb;
  bool finished = false;
  bool ok = true;  ///< no message is an error
  std::vector<Message> messages;
};

/// A node as a machine of the simulation.
struct Machine {
  std::string name;
  bool controlPlane = false;
  std::vector<ComponentId> components;
};

/// A whole simulated cluster: owns the simulation and every component, wires them, and takes inputs.
///
/// Presets: "learning" (one control-plane node, three workers), "learning-N", "ha-3" and "ha-5" (as many
/// control-plane nodes with an etcd member each), "scale-N" (N workers, no control-plane node to draw). A
/// session with inputs replays them at their times.
class Cluster {
 public:
  explicit Cluster(Session session);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  [[nodiscard]] Simulator& simulator();
  [[nodiscard]] Network& network();
  [[nodiscard]] Trace& trace();
  [[nodiscard]] const Session& session() const;
  [[nodiscard]] const std::vector<Machine>& machines() const;
  /// The virtual time since the start.
  [[nodiscard]] SimDuration elapsed();

  /// Does something from outside now, and logs it in the session. Verbs and their arguments:
  ///   apply {manifest: text, namespace?}        kubectl apply -f -
  ///   delete {resource, group?, namespace?, name, cascade?}   kubectl delete; `labels` for all that a
  ///                                                           label selector finds instead of `name`
  ///   scale {resource, group?, namespace?, name, replicas}   kubectl scale
  ///   logs {namespace?, pod, container?, previous?, tail?}   kubectl logs: a message a line
  ///   exec {namespace?, pod, container?, command}   kubectl exec: a message a line of stdout and stderr
  ///   cordon {node} / uncordon {node}
  ///   drain {node, force?, ignoreDaemonSets?, deleteEmptyDirData?}   kubectl drain, until it is drained
  ///   stop {component} / start {component}      a process is killed and started again ("kube-scheduler")
  ///   partition {a, b} / heal {a, b}            hosts that cannot reach each other
  ///   request {from?, url}                      one HTTP request from "outside" or from a pod ("ns/name")
  ///   node {node, command}                      a command line on a machine: systemctl, crictl
  ///   killContainer {namespace, pod, container} from under the kubelet, on the node
  /// Answers arrive as simulated time passes.
  std::uint64_t input(Key verb, Value arguments);
  [[nodiscard]] const InputResult* result(std::uint64_t input) const;
  [[nodiscard]] const std::vector<std::uint64_t>& inputs() const;

  /// The user's connection to kube-apiserver, for what reads and watches from outside; what it writes is no
  /// input of the session.
  [[nodiscard]] client::Client& user();
  /// For what a transport asks of the server itself, such as authorizeNonResource.
  [[nodiscard]] apiserver::ApiServer& apiServer();

  /// What a person would be told about a manifest before it is sent: parse errors, unknown kinds and fields,
  /// validation, with positions. Nothing is sent or stored. This is the API server's own decoding.
  [[nodiscard]] std::vector<Message> check(std::string_view manifest) const;

  /// What etcd holds, for looking at only (no message is sent): the objects as stored.
  [[nodiscard]] const Value& find(const api::Resource& resource, std::string_view ns,
                                  std::string_view name) const;
  /// In key order; `ns` "" for all; return false to stop.
  void forEach(const api::Resource& resource, std::string_view ns,
               const std::function<bool(const Value&)>& visit) const;
  [[nodiscard]] std::size_t count(const api::Resource& resource) const;
  /// etcd's revision: equal revisions mean that nothing stored has changed.
  [[nodiscard]] std::uint64_t revision() const;
  /// Told of every committed change (`after` null for a deletion), so that a view need not look at what did
  /// not change. Cancelled by calling the returned function.
  std::function<void()> onChange(
      std::function<void(const api::Resource&, const Value& before, const Value& after)> watcher);

  /// etcd as it is, for its panel: keys with create and mod revisions and versions.
  struct EtcdEntry {
    std::string key;
    std::uint64_t createRevision = 0;
    std::uint64_t modRevision = 0;
    std::uint64_t version = 0;
    Value value;
  };
  [[nodiscard]] std::vector<EtcdEntry> etcd(std::string_view prefix, std::size_t limit) const;

  /// Containers on a node as its runtime knows them (crictl ps -a): id, name, pod, image, state, attempt.
  [[nodiscard]] Value containers(std::string_view node) const;
  /// A container's log lines so far, newest last (text).
  [[nodiscard]] std::string log(std::string_view ns, std::string_view pod, std::string_view container) const;

  struct State;  ///< for the files of this room

 private:
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse::cluster
