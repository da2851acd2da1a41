#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// The issuer and default audience of kubeadm's kube-apiserver (--service-account-issuer).
inline constexpr std::string_view kServiceAccountIssuer = "https://kubernetes.default.svc.cluster.local";

/// What a bound ServiceAccount token says (pkg/serviceaccount/claims.go). Times are seconds since the epoch.
struct TokenClaims {
  struct Object {
    std::string name;
    std::string uid;
    [[nodiscard]] bool isSet() const { return !name.empty(); }
  };
  std::string id;  ///< jti
  std::string ns;
  Object serviceAccount;
  Object pod;
  Object secret;
  Object node;
  std::vector<std::string> audiences;
  std::int64_t issuedAt = 0;
  std::int64_t expires = 0;
  std::int64_t warnAfter = 0;  ///< 0: not an extended token
};

/// A JSON Web Token in its three parts. It can be read by any JWT tool, but its signature is the
/// simulation's: a keyed hash that keeps an altered token from being accepted, and protects nothing else.
std::string encodeToken(const TokenClaims& claims);
/// Nothing when the text is no token of encodeToken.
std::optional<TokenClaims> decodeToken(std::string_view token);

}  // namespace pilothouse::apiserver
