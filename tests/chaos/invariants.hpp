#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cluster.hpp"
#include "core/scheduler/resources.hpp"

namespace pilothouse::chaos {

/// What must hold of a cluster after every event, whatever fails. It is told of each committed change, so
/// looking costs what changed.
class Invariants {
 public:
  explicit Invariants(cluster::Cluster& cluster);
  ~Invariants();
  Invariants(const Invariants&) = delete;
  Invariants& operator=(const Invariants&) = delete;

  /// What was broken so far, in words with the virtual time.
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }
  /// Containers of one pod run on one machine only; asks every runtime.
  void checkRuntimes();
  /// For its own test: a change as etcd would tell it.
  void changed(const api::Resource& resource, const Value& before, const Value& after);

 private:
  struct PodUse {
    std::string node;
    std::string ip;
    scheduler::Resources requests;
  };
  void podChanged(const Value& pod);
  void podGone(const Value& pod);
  void place(const std::string& uid, const std::string& name, PodUse use);
  void release(const std::string& uid);
  void checkRoom(const std::string& node);
  void report(std::string what);

  cluster::Cluster& cluster_;
  std::function<void()> cancel_;
  std::vector<std::string> broken_;
  std::map<std::string, PodUse> pods_;                ///< by uid: those that take room
  std::map<std::string, std::string> boundTo_;        ///< uid to node, while the pod exists
  std::map<std::string, std::string> uidOfIp_;        ///< addresses in use
  std::map<std::string, scheduler::Resources> used_;  ///< by node
  std::map<std::string, std::int64_t> podsOn_;        ///< by node
};

/// What must hold once nothing has failed for a while; each sentence is something that does not.
std::vector<std::string> unsettled(const cluster::Cluster& cluster);

}  // namespace pilothouse::chaos
