#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// Who a request comes from, after authentication and impersonation (user.Info).
struct UserInfo {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;  ///< sorted by key

  std::uint32_t id = 0;    ///< the same for equal users of one server's life
  bool superuser = false;  ///< in system:masters
  bool component = false;  ///< a part of the cluster itself, as its name tells
  std::string node;        ///< of a kubelet (system:node:<node> in system:nodes), or ""

  [[nodiscard]] bool isIn(std::string_view group) const;
  /// authentication.k8s.io/v1 UserInfo.
  [[nodiscard]] Value toValue() const;
};
using UserPtr = std::shared_ptr<const UserInfo>;

namespace users {
inline constexpr std::string_view kAnonymous = "system:anonymous";
inline constexpr std::string_view kAuthenticated = "system:authenticated";
inline constexpr std::string_view kUnauthenticated = "system:unauthenticated";
inline constexpr std::string_view kMasters = "system:masters";
inline constexpr std::string_view kNodes = "system:nodes";
inline constexpr std::string_view kNodePrefix = "system:node:";
inline constexpr std::string_view kServiceAccountPrefix = "system:serviceaccount:";
inline constexpr std::string_view kServiceAccounts = "system:serviceaccounts";
}  // namespace users

/// "system:serviceaccount:ns:name" and its parts; empty when the text is no such name.
std::string serviceAccountUser(std::string_view ns, std::string_view name);
struct ServiceAccountName {
  std::string_view ns;
  std::string_view name;
  [[nodiscard]] explicit operator bool() const { return !name.empty(); }
};
ServiceAccountName serviceAccountOf(std::string_view user);
/// system:serviceaccounts and system:serviceaccounts:<ns>.
std::vector<std::string> serviceAccountGroups(std::string_view ns);

/// Gives equal users one object and one number, so that decisions about them are found by number.
class UserTable {
 public:
  UserPtr intern(UserInfo user);

 private:
  std::unordered_map<std::string, UserPtr> users_;  // never iterated
  std::uint32_t lastId_ = 0;
};

}  // namespace pilothouse::apiserver
