#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/client/informer.hpp"
#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

/// Running counts of the pods of each controller (by its uid), and the pod indexes that controllers share.
///
/// Upstream lists a ReplicaSet's pods at every sync; here a change of one pod costs that pod only. A pod
/// counts when it is active (neither finished nor being deleted), `unfinished` apart. Memory: one entry a
/// controller and one a second at which its pods became ready; nothing a pod besides the store's indexes.
class OwnedPods {
 public:
  struct Tally {
    std::int64_t active = 0;
    std::int64_t ready = 0;
    std::int64_t total = 0;       ///< of whatever phase, being deleted or not
    std::int64_t unfinished = 0;  ///< neither Succeeded nor Failed, being deleted or not
    /// Active pods whose labels are not `labels`: when there is none, what holds for `labels` holds for all.
    std::int64_t otherLabels = 0;
    Value labels;
    std::map<std::int64_t, std::int64_t> readyBySecond;  ///< ready pods by second of becoming so

    /// Pods ready for at least `minReadySeconds` at `now`.
    [[nodiscard]] std::int64_t available(std::int64_t minReadySeconds, SimTime now) const;
  };

  explicit OwnedPods(client::Informer& pods);

  /// The counts for a controller; all zero when it has no pods.
  [[nodiscard]] const Tally& tally(std::string_view controllerUid) const;
  /// Pods whose controller has this uid, in order of name.
  void forEach(std::string_view controllerUid, const std::function<void(const Value&)>& visit) const;
  void forEachOrphan(std::string_view ns, const std::function<void(const Value&)>& visit) const;
  [[nodiscard]] bool hasOrphans(std::string_view ns) const;
  void forEachOnNode(std::string_view node, const std::function<void(const Value&)>& visit) const;
  [[nodiscard]] std::size_t countOnNode(std::string_view node) const;

  /// The store's index by uids of all owners.
  [[nodiscard]] int ownerIndex() const { return byOwner_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void changed(const client::Change& change);
  void count(const Value& pod, std::int64_t sign);
  void settle(std::string_view controllerUid);
  void recountLabels(Tally& tally, std::string_view controllerUid);

  client::Informer& pods_;
  int byOwner_;
  int orphansByNamespace_;
  int byNode_;
  std::unordered_map<std::string, Tally, TextHash, std::equal_to<>> tallies_;  // never iterated
};

/// Index functions over any kind: uids of the owners; namespace of what has no controller.
void appendOwnerUids(const Value& object, std::vector<Value>& out);
void appendOrphanNamespace(const Value& object, std::vector<Value>& out);

}  // namespace pilothouse::controller_manager
