#pragma once

#include <string>
#include <string_view>

#include "core/apiserver/auth/user_info.hpp"
#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// What authorization decides about (authorizer.Attributes). Views live as long as what they were made of.
struct Attributes {
  const UserInfo* user = nullptr;
  std::string_view verb;
  std::string_view group;
  std::string_view version;
  std::string_view resource;  ///< "pods"; empty for a path
  std::string_view subresource;
  std::string_view ns;
  std::string_view name;
  std::string_view path;           ///< of a request for no resource: "/healthz"
  std::string_view fieldSelector;  ///< of a list or watch

  [[nodiscard]] bool isPath() const { return !path.empty(); }
};

/// A Namespace's own requests count as in that namespace; the name that a field selector asks for counts as
/// the request's name (k8s.io/apiserver/pkg/endpoints/request).
Attributes attributesOf(const Request& request, const UserInfo& user);

/// The value that a field selector requires of `field`, or "".
std::string_view requiredField(std::string_view fieldSelector, std::string_view field);

/// `User "jane" cannot list resource "pods" in API group "" in the namespace "default"`.
std::string forbiddenMessage(const Attributes& attributes);
/// The whole refusal: `pods is forbidden: User "jane" cannot …: reason`.
api::Status forbidden(const Attributes& attributes, std::string_view reason);
api::Status unauthorized();

}  // namespace pilothouse::apiserver
