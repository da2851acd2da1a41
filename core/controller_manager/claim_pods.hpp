#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/informer.hpp"
#include "core/value/value.hpp"

namespace pilothouse::controller_manager {

/// Which pods use a claim (the pod informer's index by PVC). Pods without claims cost one look.
class ClaimPods {
 public:
  /// `claim` is "namespace/name".
  using Changed = std::function<void(const std::string& claim, const client::Change& change)>;

  explicit ClaimPods(client::Informer& pods);

  /// Told of every change of a pod that uses a claim, once a claim.
  void onChange(Changed changed) { changed_.push_back(std::move(changed)); }
  /// The pods that use the claim, in order of name.
  void forEach(std::string_view claim, const std::function<void(const Value& pod)>& visit) const;
  /// Every pod with claims.
  void forEachPod(const std::function<void(const Value& pod)>& visit) const;

 private:
  void changed(const client::Change& change);

  client::Informer& pods_;
  std::map<std::string, std::set<std::string>, std::less<>> podsByClaim_;
  std::vector<Changed> changed_;
};

}  // namespace pilothouse::controller_manager
