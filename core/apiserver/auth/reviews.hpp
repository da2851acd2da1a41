#pragma once

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/auth/gate.hpp"
#include "core/apiserver/outcome.hpp"

namespace pilothouse::apiserver {

/// The API's questions about the way in itself: authentication.k8s.io TokenReview, SelfSubjectReview and
/// TokenRequest (serviceaccounts/{name}/token), authorization.k8s.io SubjectAccessReview and its kin.
class Reviews {
 public:
  Reviews(Simulator& simulator, Gate& gate, const CachedObjects& objects)
      : simulator_(simulator), gate_(gate), objects_(objects) {}

  /// Is this answered here?
  static bool answers(const api::Resource& resource, Key subresource);
  /// `request.body` is decoded and valid; request.user is known.
  Outcome answer(const Request& request);

 private:
  Outcome selfSubject(const Request& request);
  Outcome token(const Request& request);
  Outcome access(const Request& request, const UserInfo& user);
  Outcome subjectAccess(const Request& request);
  Outcome rules(const Request& request);
  Outcome tokenRequest(const Request& request);

  Simulator& simulator_;
  Gate& gate_;
  const CachedObjects& objects_;
};

}  // namespace pilothouse::apiserver
