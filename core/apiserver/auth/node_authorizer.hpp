#pragma once

#include <optional>
#include <string>

#include "core/apiserver/auth/attributes.hpp"
#include "core/apiserver/auth/cached_objects.hpp"

namespace pilothouse::apiserver {

/// What kubelets may do (plugin/pkg/auth/authorizer/node): read what all nodes need, and read and write what
/// belongs to their own node and the pods on it.
class NodeAuthorizer {
 public:
  explicit NodeAuthorizer(const CachedObjects& objects) : objects_(objects) {}

  struct Decision {
    bool allowed = false;
    std::string reason;
  };
  /// `attributes.user->node` is not empty.
  [[nodiscard]] Decision authorize(const Attributes& attributes) const;

 private:
  [[nodiscard]] Decision authorizePod(const Attributes& attributes) const;
  [[nodiscard]] Decision authorizeNode(const Attributes& attributes) const;
  [[nodiscard]] Decision authorizeReferenced(const Attributes& attributes) const;

  const CachedObjects& objects_;
};

}  // namespace pilothouse::apiserver
