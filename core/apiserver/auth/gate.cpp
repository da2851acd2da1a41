#include "core/apiserver/auth/gate.hpp"

#include "core/apiserver/auth/rbac_rules.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kAuthentication = "authentication";
constexpr std::string_view kImpersonation = "impersonation";
constexpr std::string_view kAuthorization = "authorization";

std::string described(const UserInfo& user) { return user.name + " " + quotedList(user.groups); }

}  // namespace

Gate::Gate(Simulator& simulator, const CachedObjects& objects)
    : authenticator_(simulator, objects), authorizer_(objects) {
  UserInfo self;
  self.name = "system:apiserver";
  self.groups = {std::string(users::kMasters), std::string(users::kAuthenticated)};
  loopback_ = authenticator_.users().intern(std::move(self));
}

Gate::Entrant Gate::identify(const std::shared_ptr<const Credentials>& credentials, Stages& stages,
                             bool followComponents) {
  Authenticator::Result who = authenticator_.authenticate(credentials);
  if (who.user == nullptr) {
    stages.follow(true);
    stages.add(kAuthentication, "forbid", who.method, who.error.message);
    return {nullptr, std::move(who.error)};
  }
  stages.follow(followComponents || !who.user->component);
  if (stages.followed()) stages.add(kAuthentication, "allow", described(*who.user), who.method);
  if (credentials == nullptr || !credentials->impersonate) return {std::move(who.user), {}};

  Authenticator::Result acting =
      authenticator_.impersonate(authorizer_, *who.user, *credentials->impersonate);
  if (acting.error.code != 0) {
    stages.follow(true);
    stages.add(kImpersonation, "forbid", credentials->impersonate->user, acting.error.message);
    return {std::move(who.user), std::move(acting.error)};
  }
  if (acting.user == nullptr) return {std::move(who.user), {}};
  if (stages.followed()) stages.add(kImpersonation, "allow", described(*acting.user));
  return {std::move(acting.user), {}};
}

api::Status Gate::enter(Request& request, Stages& stages, bool followComponents) {
  Entrant entrant = identify(request.credentials, stages, followComponents);
  request.user = std::move(entrant.user);
  if (entrant.refusal.code != 0) return std::move(entrant.refusal);
  if (!stages.followed() && authorizer_.allows(*request.user, request)) return {};
  const Attributes attributes = attributesOf(request, *request.user);
  Authorizer::Decision decision = authorizer_.authorize(attributes);
  if (decision.allowed) {
    stages.add(kAuthorization, "allow", attributes.verb, decision.reason);
    return {};
  }
  stages.follow(true);
  api::Status refusal = forbidden(attributes, decision.reason);
  stages.add(kAuthorization, "forbid", attributes.verb, forbiddenMessage(attributes));
  return refusal;
}

api::Status Gate::enterPath(const std::shared_ptr<const Credentials>& credentials, std::string_view verb,
                            std::string_view path) {
  Stages unseen;
  const Entrant entrant = identify(credentials, unseen, false);
  if (entrant.refusal.code != 0) return entrant.refusal;
  Attributes attributes;
  attributes.user = entrant.user.get();
  attributes.verb = verb;
  attributes.path = path;
  const Authorizer::Decision decision = authorizer_.authorize(attributes);
  return decision.allowed ? api::Status{} : forbidden(attributes, decision.reason);
}

}  // namespace pilothouse::apiserver
