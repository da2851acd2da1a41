#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/auth/user_info.hpp"

namespace pilothouse::apiserver {

/// RoleBindings and ClusterRoleBindings found by the users and groups that they name, and the rules that they
/// lead to (pkg/registry/rbac/validation). Kept up with the watch cache; costs what has changed.
class RbacIndex {
 public:
  explicit RbacIndex(const CachedObjects& objects) : objects_(objects) {}

  /// A change of a RoleBinding or ClusterRoleBinding (null for what is not there).
  void changed(const Value& before, const Value& after);
  void clear() { bindings_.clear(); }

  /// A rule that applies to a user, or why one could not be found.
  struct Found {
    const Value* binding = nullptr;
    const Value* subject = nullptr;
    const Value* rule = nullptr;
    std::string error;
    /// `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`.
    [[nodiscard]] std::string source() const;
  };
  /// Those of ClusterRoleBindings, then those of the namespace's RoleBindings, each in order of names, until
  /// `visit` returns false.
  void visitRules(const UserInfo& user, std::string_view ns,
                  const std::function<bool(const Found&)>& visit) const;
  [[nodiscard]] std::vector<Value> rulesFor(const UserInfo& user, std::string_view ns) const;

  /// The rules of what a roleRef names; an error as client-go's listers say it when it is not there.
  struct Rules {
    Value rules;
    std::string error;
  };
  [[nodiscard]] Rules rulesOf(const Value& roleRef, std::string_view ns) const;

 private:
  using Bindings = std::vector<Value>;  ///< by name
  void collect(const std::string& key, Bindings& found) const;

  const CachedObjects& objects_;
  std::unordered_map<std::string, Bindings> bindings_;  ///< by namespace and subject; never iterated
};

}  // namespace pilothouse::apiserver
