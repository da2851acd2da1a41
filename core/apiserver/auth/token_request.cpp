// POST serviceaccounts/{name}/token (pkg/registry/core/serviceaccount/storage/token.go).
#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/apiserver/auth/reviews.hpp"
#include "core/apiserver/auth/service_account_token.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAudiences = Key::intern("audiences");
const Key kBoundObjectRef = Key::intern("boundObjectRef");
const Key kExpirationSeconds = Key::intern("expirationSeconds");
const Key kExpirationTimestamp = Key::intern("expirationTimestamp");
const Key kServiceAccountName = Key::intern("serviceAccountName");
const Key kToken = Key::intern("token");

constexpr std::int64_t kDefaultExpiration = 60 * 60;
constexpr std::int64_t kMinExpiration = 10 * 60;
constexpr std::int64_t kMaxExpiration = std::int64_t{1} << 32;
// A kubelet asks for an hour and seven seconds, and is given a year
// (--service-account-extend-token-expiration).
constexpr std::int64_t kWarnOnlyBoundTokenExpiration = 60 * 60 + 7;
constexpr std::int64_t kExtendedExpiration = std::int64_t{365} * 24 * 60 * 60;

const api::Resource kTokenRequest{"authentication.k8s.io",
                                  "v1",
                                  Key::intern("tokenrequests"),
                                  "tokenrequest",
                                  "TokenRequest",
                                  true,
                                  {},
                                  {},
                                  {}};

/// The object that a token is bound to, or why it cannot be.
api::Status bind(TokenClaims& claims, const Value& reference, const CachedObjects& objects) {
  const std::string_view kind = reference[keys::kind].asString();
  const std::string name = reference[keys::name].toString();
  const api::Resource* resource = nullptr;
  TokenClaims::Object* bound = nullptr;
  if (kind == "Pod") {
    resource = &api::resources::pods;
    bound = &claims.pod;
  } else if (kind == "Secret") {
    resource = &api::resources::secrets;
    bound = &claims.secret;
  } else if (kind == "Node") {
    resource = &api::resources::nodes;
    bound = &claims.node;
  } else {
    return api::Status::badRequest("cannot bind token to object of type /" +
                                   reference[keys::apiVersion].toString() + ", Kind=" + std::string(kind));
  }
  const Value& found = objects.find(resource, resource->namespaced ? claims.ns : "", name);
  if (found.isNull()) return api::Status::notFound(*resource, name);
  const std::string uid(api::uid(found));
  if (const std::string wanted = reference[keys::uid].toString(); !wanted.empty() && wanted != uid) {
    return api::Status::conflict(*resource, name,
                                 "the UID in the bound object reference (" + wanted +
                                     ") does not match the UID in record. The object "
                                     "might have been deleted and then recreated");
  }
  *bound = {name, uid};
  if (resource != &api::resources::pods) return {};
  if (found.get(keys::spec, kServiceAccountName).asString() != claims.serviceAccount.name) {
    return api::Status::badRequest("cannot bind token for serviceaccount " +
                                   api::quoted(claims.serviceAccount.name) +
                                   " to pod running with different serviceaccount name.");
  }
  const Value& node = found.get(keys::spec, keys::nodeName);
  const Value& machine = objects.find(&api::resources::nodes, "", node.asString());
  if (!machine.isNull()) claims.node = {node.toString(), std::string(api::uid(machine))};
  return {};
}

api::Status checkExpiration(const Value& spec) {
  const std::int64_t asked = spec[kExpirationSeconds].asInt(kDefaultExpiration);
  const char* wrong = nullptr;
  if (asked < kMinExpiration) wrong = "may not specify a duration less than 10 minutes";
  if (asked > kMaxExpiration) wrong = "may not specify a duration larger than 2^32 seconds";
  if (wrong == nullptr) return {};
  return api::Status::invalid(
      kTokenRequest, "", {{api::FieldError::Type::Invalid, "spec.expirationSeconds", wrong, Value(asked)}});
}

}  // namespace

Outcome Reviews::tokenRequest(const Request& request) {
  const Value& spec = request.body[keys::spec];
  if (api::Status wrong = checkExpiration(spec); wrong.code != 0) return Outcome::failed(std::move(wrong));
  const std::string_view name = request.name.asString();
  const Value& account = objects_.find(known().serviceAccounts, request.namespace_.asString(), name);
  if (account.isNull()) return Outcome::failed(api::Status::notFound(*request.resource, name));

  TokenClaims claims;
  claims.ns = request.namespace_.toString();
  claims.serviceAccount = {std::string(name), std::string(api::uid(account))};
  if (const Value& reference = spec[kBoundObjectRef]; !reference.isNull()) {
    if (api::Status wrong = bind(claims, reference, objects_); wrong.code != 0) {
      return Outcome::failed(std::move(wrong));
    }
  }
  Value audiences = spec[kAudiences];
  if (audiences.empty()) audiences = Value::array({Value(kServiceAccountIssuer)});
  for (const Value& audience : audiences.items()) claims.audiences.push_back(audience.toString());
  const std::int64_t seconds = spec[kExpirationSeconds].asInt(kDefaultExpiration);
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(simulator_.now().time_since_epoch()).count();
  claims.id = simulator_.random().uuid();
  claims.issuedAt = now;
  claims.expires = now + seconds;
  const bool isDefault = claims.audiences.size() == 1 && claims.audiences.front() == kServiceAccountIssuer;
  if (seconds == kWarnOnlyBoundTokenExpiration && claims.pod.isSet() && isDefault) {
    claims.warnAfter = claims.expires;
    claims.expires = now + kExtendedExpiration;
  }
  const SimTime told{std::chrono::seconds(now + seconds)};
  ObjectBuilder object(request.body);
  ObjectBuilder metadata;
  metadata.set(keys::creationTimestamp, timestamp(simulator_.now()));
  metadata.set(keys::name, request.name).set(keys::namespace_, request.namespace_);
  object.set(keys::apiVersion, "authentication.k8s.io/v1").set(keys::kind, "TokenRequest");
  object.set(keys::metadata, metadata.build());
  object.set(keys::spec, spec.with(kAudiences, audiences).with(kExpirationSeconds, seconds));
  object.set(keys::status,
             Value::object({{kExpirationTimestamp, timestamp(told)}, {kToken, encodeToken(claims)}}));
  return Outcome::of(object.build());
}

}  // namespace pilothouse::apiserver
