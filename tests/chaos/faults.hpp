#pragma once

#include <string>
#include <vector>

#include "core/cluster/cluster.hpp"
#include "core/sim/random.hpp"

namespace pilothouse::chaos {

/// What happens to a cluster from outside, at random: workloads applied, changed, scaled and deleted, pods
/// deleted, containers and processes killed, machines cut off and drained. All are inputs, so that a run is a
/// session. Each fault is repaired some time later.
class Faults {
 public:
  Faults(cluster::Cluster& cluster, std::uint64_t seed);

  /// The workloads that all runs begin with.
  void begin();
  /// One thing happens, and what is due is repaired; returns how long to wait until the next.
  SimDuration step();
  /// Everything is repaired.
  void repair();
  /// ConfigMaps whose creation was acknowledged to the user and that do not exist.
  [[nodiscard]] std::vector<std::string> lostWrites() const;

 private:
  struct Repair {
    SimTime when{};
    Key verb;
    Value arguments;
  };
  void later(Key verb, Value arguments);
  void input(std::string_view verb, Value arguments);
  void killContainer();
  void deletePod();
  void killProcess();
  void cutOff();
  void scale();
  void rollOut();
  void drain();
  void recreate();
  void write();
  [[nodiscard]] std::string worker();
  [[nodiscard]] const Value& anyPod();

  cluster::Cluster& cluster_;
  Random random_;
  std::vector<Repair> repairs_;
  std::vector<std::uint64_t> writes_;  ///< inputs, in order: ledger-0, ledger-1…
  int version_ = 25;
};

}  // namespace pilothouse::chaos
