#include "core/apiserver/auth/authenticator.hpp"

#include <algorithm>

#include "core/api/object.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/apiserver/auth/service_account_token.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kKnownMax = 16384;
constexpr SimDuration kDeletedPodLeeway = std::chrono::seconds(60);

constexpr std::string_view kCredentialId = "authentication.kubernetes.io/credential-id";

// A fingerprint in a certificate's place: there is no certificate, so it is made of the subject.
std::string certificateId(const Credentials& credentials) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string subject = credentials.commonName;
  for (const std::string& organization : credentials.organizations) subject += "/" + organization;
  std::string id = "X509SHA256=";
  for (std::uint64_t round = 1; round <= 4; ++round) {
    const std::uint64_t word = textHash(subject, round);
    for (int shift = 60; shift >= 0; shift -= 4) id += kHex[word >> shift & 15];
  }
  return id;
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::int64_t secondsOf(SimTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool is(const Value& object, const TokenClaims::Object& claimed) {
  return !object.isNull() && api::uid(object) == claimed.uid;
}

// Deleted a minute ago at most, as kubelets may still use what they are about to lose.
bool isLongDeleted(const Value& object, SimTime now) {
  const auto deleted = parseTimestamp(api::meta(object)[keys::deletionTimestamp].asString());
  return deleted && *deleted + kDeletedPodLeeway < now;
}

}  // namespace

Authenticator::Authenticator(Simulator& simulator, const CachedObjects& objects)
    : simulator_(simulator), objects_(objects) {
  UserInfo nobody;
  nobody.name = users::kAnonymous;
  nobody.groups = {std::string(users::kUnauthenticated)};
  anonymous_ = users_.intern(std::move(nobody));
}

Authenticator::Result Authenticator::authenticate(const std::shared_ptr<const Credentials>& credentials) {
  if (credentials == nullptr) return {anonymous_, {}, "anonymous"};
  if (!credentials->bearerToken.empty()) {
    Token token = authenticateToken(credentials->bearerToken, {});
    if (token.user == nullptr) return {nullptr, unauthorized(), "serviceaccount token"};
    return {std::move(token.user), {}, "serviceaccount token"};
  }
  if (credentials->commonName.empty()) return {anonymous_, {}, "anonymous"};
  if (const auto known = known_.find(credentials.get()); known != known_.end()) {
    return {known->second.user, {}, "x509"};
  }
  UserInfo user;
  user.name = credentials->commonName;
  user.groups = credentials->organizations;
  user.groups.emplace_back(users::kAuthenticated);
  user.extra = {{std::string(kCredentialId), {certificateId(*credentials)}}};
  UserPtr made = users_.intern(std::move(user));
  if (credentials->impersonate == std::nullopt) {
    if (known_.size() >= kKnownMax) known_.clear();
    known_.emplace(credentials.get(), Known{credentials, made});
  }
  return {std::move(made), {}, "x509"};
}

Authenticator::Token Authenticator::authenticateToken(std::string_view text,
                                                      const std::vector<std::string>& audiences) {
  const auto claims = decodeToken(text);
  if (!claims) return {nullptr, {}, "invalid bearer token"};
  const SimTime now = simulator_.now();
  if (claims->expires <= secondsOf(now)) return {nullptr, {}, "service account token has expired"};
  Token result;
  if (audiences.empty()) {
    if (has(claims->audiences, kServiceAccountIssuer)) {
      result.audiences = {std::string(kServiceAccountIssuer)};
    }
  } else {
    for (const std::string& audience : audiences) {
      if (has(claims->audiences, audience)) result.audiences.push_back(audience);
    }
  }
  if (result.audiences.empty()) return {nullptr, {}, "token audiences do not include the API server's"};

  const Value& account = objects_.find(known().serviceAccounts, claims->ns, claims->serviceAccount.name);
  if (!is(account, claims->serviceAccount) || isLongDeleted(account, now)) {
    return {nullptr, {}, "service account token has been invalidated"};
  }
  if (claims->pod.isSet()) {
    const Value& pod = objects_.find(&api::resources::pods, claims->ns, claims->pod.name);
    if (!is(pod, claims->pod) || isLongDeleted(pod, now)) {
      return {nullptr, {}, "service account token has been invalidated"};
    }
  } else if (claims->secret.isSet()) {
    if (!is(objects_.find(&api::resources::secrets, claims->ns, claims->secret.name), claims->secret)) {
      return {nullptr, {}, "service account token has been invalidated"};
    }
  } else if (claims->node.isSet()) {
    if (!is(objects_.find(&api::resources::nodes, "", claims->node.name), claims->node)) {
      return {nullptr, {}, "service account token has been invalidated"};
    }
  }
  UserInfo user;
  user.name = serviceAccountUser(claims->ns, claims->serviceAccount.name);
  user.uid = claims->serviceAccount.uid;
  user.groups = serviceAccountGroups(claims->ns);
  user.groups.emplace_back(users::kAuthenticated);
  user.extra.push_back({std::string(kCredentialId), {"JTI=" + claims->id}});
  if (claims->node.isSet()) {
    user.extra.push_back({"authentication.kubernetes.io/node-name", {claims->node.name}});
    user.extra.push_back({"authentication.kubernetes.io/node-uid", {claims->node.uid}});
  }
  if (claims->pod.isSet()) {
    user.extra.push_back({"authentication.kubernetes.io/pod-name", {claims->pod.name}});
    user.extra.push_back({"authentication.kubernetes.io/pod-uid", {claims->pod.uid}});
  }
  result.user = users_.intern(std::move(user));
  return result;
}

Authenticator::Result Authenticator::impersonate(const Authorizer& authorizer, const UserInfo& requestor,
                                                 const Credentials::Impersonation& wanted) {
  if (wanted.user.empty()) {
    const bool more = !wanted.groups.empty() || !wanted.uid.empty() || !wanted.extra.empty();
    if (!more) return {};
    return {nullptr, api::Status::internalError("requested impersonation without impersonating a user"), {}};
  }
  Attributes acting;
  acting.user = &requestor;
  acting.verb = "impersonate";
  acting.version = "v1";
  api::Status refusal;
  const auto may = [&](std::string_view group, std::string_view resource, std::string_view subresource,
                       std::string_view ns, std::string_view name) {
    acting.group = group;
    acting.resource = resource;
    acting.subresource = subresource;
    acting.ns = ns;
    acting.name = name;
    const Authorizer::Decision decision = authorizer.authorize(acting);
    if (!decision.allowed) refusal = forbidden(acting, decision.reason);
    return decision.allowed;
  };
  UserInfo user;
  user.name = wanted.user;
  user.uid = wanted.uid;
  user.groups = wanted.groups;
  user.extra = wanted.extra;
  if (const ServiceAccountName account = serviceAccountOf(wanted.user)) {
    if (!may("", "serviceaccounts", "", account.ns, account.name)) return {nullptr, refusal, {}};
    if (wanted.groups.empty()) user.groups = serviceAccountGroups(account.ns);
  } else if (!may("", "users", "", "", wanted.user)) {
    return {nullptr, refusal, {}};
  }
  for (const std::string& group : wanted.groups) {
    if (!may("", "groups", "", "", group)) return {nullptr, refusal, {}};
  }
  for (const auto& [key, values] : wanted.extra) {
    for (const std::string& value : values) {
      if (!may("authentication.k8s.io", "userextras", key, "", value)) return {nullptr, refusal, {}};
    }
  }
  if (!wanted.uid.empty() && !may("authentication.k8s.io", "uids", "", "", wanted.uid)) {
    return {nullptr, refusal, {}};
  }
  if (user.name == users::kAnonymous) {
    if (!user.isIn(users::kUnauthenticated)) user.groups.emplace_back(users::kUnauthenticated);
  } else if (!user.isIn(users::kAuthenticated) && !user.isIn(users::kUnauthenticated)) {
    user.groups.emplace_back(users::kAuthenticated);
  }
  return {users_.intern(std::move(user)), {}, "impersonation"};
}

}  // namespace pilothouse::apiserver
