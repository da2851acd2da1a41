#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/apiserver/auth/authorizer.hpp"
#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/auth/user_info.hpp"
#include "core/apiserver/request.hpp"
#include "core/sim/simulator.hpp"

namespace pilothouse::apiserver {

/// Who a request comes from: a client certificate's subject, a ServiceAccount's token, or nobody known
/// (system:anonymous). What is wrong is 401 Unauthorized.
class Authenticator {
 public:
  Authenticator(Simulator& simulator, const CachedObjects& objects);

  struct Result {
    UserPtr user;  ///< null: not authenticated
    api::Status error;
    std::string method;  ///< "x509", "serviceaccount token", "anonymous", for the trace
  };
  /// Credentials of clients that keep theirs are looked up by address.
  Result authenticate(const std::shared_ptr<const Credentials>& credentials);

  /// TokenReview's question: the user of a token meant for one of `audiences` (empty: for the API server).
  struct Token {
    UserPtr user;
    std::vector<std::string> audiences;
    std::string error;
  };
  Token authenticateToken(std::string_view token, const std::vector<std::string>& audiences);

  /// The user that `requestor` wants to act as, if it may (Impersonate-User and its kin).
  Result impersonate(const Authorizer& authorizer, const UserInfo& requestor,
                     const Credentials::Impersonation& wanted);

  UserTable& users() { return users_; }

 private:
  Simulator& simulator_;
  const CachedObjects& objects_;
  UserTable users_;
  UserPtr anonymous_;
  struct Known {
    std::shared_ptr<const Credentials> credentials;  ///< kept, so that its address is nobody else's
    UserPtr user;
  };
  std::unordered_map<const Credentials*, Known> known_;  ///< never iterated
};

}  // namespace pilothouse::apiserver
