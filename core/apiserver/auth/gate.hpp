#pragma once

#include "core/apiserver/auth/authenticator.hpp"
#include "core/apiserver/auth/authorizer.hpp"
#include "core/apiserver/auth/stages.hpp"

namespace pilothouse::apiserver {

/// The first stages of every request: authentication, impersonation, authorization.
class Gate {
 public:
  Gate(Simulator& simulator, const CachedObjects& objects);

  /// Sets request.user. A refusal: 401, or 403 with the reason.
  api::Status enter(Request& request, Stages& stages, bool followComponents);
  /// The same for a path that is no resource: "/version".
  api::Status enterPath(const std::shared_ptr<const Credentials>& credentials, std::string_view verb,
                        std::string_view path);

  /// The server's own clients (system:apiserver in system:masters).
  [[nodiscard]] const UserPtr& loopback() const { return loopback_; }
  Authenticator& authenticator() { return authenticator_; }
  Authorizer& authorizer() { return authorizer_; }
  [[nodiscard]] const Authorizer& authorizer() const { return authorizer_; }

 private:
  struct Entrant {
    UserPtr user;
    api::Status refusal;
  };
  Entrant identify(const std::shared_ptr<const Credentials>& credentials, Stages& stages,
                   bool followComponents);

  Authenticator authenticator_;
  Authorizer authorizer_;
  UserPtr loopback_;
};

}  // namespace pilothouse::apiserver
