#include "core/apiserver/auth/reviews.hpp"

#include "core/api/object.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAllowed = Key::intern("allowed");
const Key kApiGroups = Key::intern("apiGroups");
const Key kAudiences = Key::intern("audiences");
const Key kAuthenticated = Key::intern("authenticated");
const Key kError = Key::intern("error");
const Key kExtra = Key::intern("extra");
const Key kFieldSelector = Key::intern("fieldSelector");
const Key kGroup = Key::intern("group");
const Key kGroups = Key::intern("groups");
const Key kIncomplete = Key::intern("incomplete");
const Key kNonResourceAttributes = Key::intern("nonResourceAttributes");
const Key kNonResourceRules = Key::intern("nonResourceRules");
const Key kNonResourceUrls = Key::intern("nonResourceURLs");
const Key kPath = Key::intern("path");
const Key kRawSelector = Key::intern("rawSelector");
const Key kResource = Key::intern("resource");
const Key kResourceAttributes = Key::intern("resourceAttributes");
const Key kResourceNames = Key::intern("resourceNames");
const Key kResourceRules = Key::intern("resourceRules");
const Key kSubresource = Key::intern("subresource");
const Key kToken = Key::intern("token");
const Key kUser = Key::intern("user");
const Key kUserInfo = Key::intern("userInfo");
const Key kVerb = Key::intern("verb");
const Key kVerbs = Key::intern("verbs");

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> all;
  for (const Value& item : list.items()) all.push_back(item.toString());
  return all;
}

UserInfo userOf(const Value& spec) {
  UserInfo user;
  user.name = spec[kUser].toString();
  user.uid = spec[keys::uid].toString();
  user.groups = texts(spec[kGroups]);
  const Value& extra = spec[kExtra];
  for (std::size_t i = 0; i < extra.memberKeys().size(); ++i) {
    user.extra.emplace_back(extra.memberKeys()[i].text(), texts(extra.memberValues()[i]));
  }
  return user;
}

Attributes attributesOf(const Value& spec, const UserInfo& user) {
  Attributes asked;
  asked.user = &user;
  const Value& resource = spec[kResourceAttributes];
  if (resource.isNull()) {
    const Value& path = spec[kNonResourceAttributes];
    asked.verb = path[kVerb].asString();
    asked.path = path[kPath].asString().empty() ? std::string_view("/") : path[kPath].asString();
    return asked;
  }
  asked.verb = resource[kVerb].asString();
  asked.group = resource[kGroup].asString();
  asked.resource = resource[kResource].asString();
  asked.subresource = resource[kSubresource].asString();
  asked.ns = resource[keys::namespace_].asString();
  asked.name = resource[keys::name].asString();
  asked.fieldSelector = resource[kFieldSelector][kRawSelector].asString();
  return asked;
}

}  // namespace

bool Reviews::answers(const api::Resource& resource, Key subresource) {
  if (subresource == kToken) return resource.group.empty() && resource.plural.text() == "serviceaccounts";
  if (!(subresource == Key())) return false;
  return resource.group == "authentication.k8s.io" || resource.group == "authorization.k8s.io";
}

Outcome Reviews::answer(const Request& request) {
  const std::string_view kind = request.resource->plural.text();
  if (request.subresource == kToken) return tokenRequest(request);
  if (kind == "selfsubjectreviews") return selfSubject(request);
  if (kind == "tokenreviews") return token(request);
  if (kind == "selfsubjectaccessreviews") return access(request, *request.user);
  if (kind == "selfsubjectrulesreviews") return rules(request);
  return subjectAccess(request);
}

Outcome Reviews::selfSubject(const Request& request) {
  return Outcome::of(
      request.body
          .with(keys::metadata, Value::object({{keys::creationTimestamp, timestamp(simulator_.now())}}))
          .with(keys::status, Value::object({{kUserInfo, request.user->toValue()}})));
}

Outcome Reviews::token(const Request& request) {
  const Value& spec = request.body[keys::spec];
  if (spec[kToken].asString().empty()) {
    return Outcome::failed(api::Status::badRequest("token is required for TokenReview in authentication"));
  }
  const Authenticator::Token found =
      gate_.authenticator().authenticateToken(spec[kToken].asString(), texts(spec[kAudiences]));
  ObjectBuilder status;
  if (found.user == nullptr) {
    status.set(kError, "[" + found.error + ", unknown]").set(kUser, Value::emptyObject());
  } else {
    std::vector<Value> audiences(found.audiences.begin(), found.audiences.end());
    status.set(kAuthenticated, true).set(kUser, found.user->toValue());
    status.set(kAudiences, Value::array(audiences));
  }
  return Outcome::of(request.body.with(keys::status, status.build()));
}

Outcome Reviews::access(const Request& request, const UserInfo& user) {
  const Authorizer::Decision decision =
      gate_.authorizer().authorize(attributesOf(request.body[keys::spec], user));
  ObjectBuilder status;
  status.set(kAllowed, decision.allowed).setIfAny(keys::reason, decision.reason);
  return Outcome::of(request.body.with(keys::status, status.build()));
}

Outcome Reviews::subjectAccess(const Request& request) {
  const Value& wanted = request.body.get(keys::spec, kResourceAttributes, keys::namespace_);
  if (request.resource->namespaced && wanted.asString() != request.namespace_.asString()) {
    return Outcome::failed(api::Status::badRequest(
        "spec.resourceAttributes.namespace must match namespace: " + request.namespace_.toString()));
  }
  const UserPtr user = gate_.authenticator().users().intern(userOf(request.body[keys::spec]));
  return access(request, *user);
}

Outcome Reviews::rules(const Request& request) {
  const Value& ns = request.body.get(keys::spec, keys::namespace_);
  if (ns.asString().empty()) return Outcome::failed(api::Status::badRequest("no namespace on request"));
  std::vector<Value> resources;
  std::vector<Value> paths;
  for (const Value& rule : gate_.authorizer().rbac().rulesFor(*request.user, ns.asString())) {
    ObjectBuilder told;
    told.set(kVerbs, rule[kVerbs]);
    if (!rule[keys::resources].empty()) {
      told.set(kApiGroups, rule[kApiGroups]).set(keys::resources, rule[keys::resources]);
      resources.push_back(told.setIfAny(kResourceNames, rule[kResourceNames]).build());
    } else if (!rule[kNonResourceUrls].empty()) {
      paths.push_back(told.set(kNonResourceUrls, rule[kNonResourceUrls]).build());
    }
  }
  return Outcome::of(
      request.body.with(keys::status, Value::object({{kIncomplete, false},
                                                     {kNonResourceRules, Value::array(paths)},
                                                     {kResourceRules, Value::array(resources)}})));
}

}  // namespace pilothouse::apiserver
