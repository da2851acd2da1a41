#pragma once

#include <string>
#include <vector>

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/auth/stages.hpp"
#include "core/apiserver/outcome.hpp"
#include "core/sim/random.hpp"

namespace pilothouse::apiserver {

/// The admission plugins that are on by default, in kube-apiserver's order, for creations: LimitRanger,
/// ServiceAccount, NodeRestriction, PodSecurity, Priority, DefaultTolerationSeconds, DefaultStorageClass,
/// StorageObjectInUseProtection, DefaultIngressClass. NamespaceLifecycle comes before them and ResourceQuota
/// after, in the server: both may have to ask etcd.
class Admission {
 public:
  Admission(const CachedObjects& objects, Random& random) : objects_(objects), random_(random) {}

  /// Mutating plugins: the decoded object with what they add, or their refusal.
  Outcome mutate(const Request& request, const Value& object, Stages& stages) const;
  /// Validating plugins, on the object as it would be stored. Code 0: admitted.
  api::Status validate(const Request& request, const Value& object, Stages& stages,
                       std::vector<std::string>& warnings) const;

  /// The ranges or quotas of a namespace, in order of name.
  [[nodiscard]] std::vector<Value> inNamespace(const api::Resource* resource, std::string_view ns) const;

 private:
  Outcome mutatePod(const Value& pod, Stages& stages) const;
  [[nodiscard]] Value withDefaultClass(const Value& object, const api::Resource* classes, Key annotation,
                                       Key field) const;
  api::Status checkSecurity(const Request& request, const Value& object, Stages& stages,
                            std::vector<std::string>& warnings) const;

  const CachedObjects& objects_;
  Random& random_;
};

}  // namespace pilothouse::apiserver
