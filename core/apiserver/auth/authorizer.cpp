#include "core/apiserver/auth/authorizer.hpp"

#include "core/apiserver/auth/rbac_rules.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kDecisionsMax = 1u << 18;

// utilerrors.Aggregate.
std::string aggregated(const std::vector<std::string>& errors) {
  std::string joined;
  for (const std::string& error : errors) joined += (joined.empty() ? "" : ", ") + error;
  return errors.size() > 1 ? "[" + joined + "]" : joined;
}

}  // namespace

Authorizer::Decision Authorizer::authorize(const Attributes& attributes) const {
  if (attributes.user->superuser) return {true, {}};
  std::string reason;
  if (!attributes.user->node.empty()) {
    NodeAuthorizer::Decision decision = node_.authorize(attributes);
    if (decision.allowed) return {true, {}};
    reason = std::move(decision.reason);
  }
  std::vector<std::string> errors;
  Decision decision;
  rbac_.visitRules(*attributes.user, attributes.ns, [&](const RbacIndex::Found& found) {
    if (!found.error.empty()) errors.push_back(found.error);
    if (found.rule == nullptr || !ruleAllows(attributes, *found.rule)) return true;
    decision = {true, "RBAC: allowed by " + found.source()};
    return false;
  });
  if (decision.allowed) return decision;
  if (!errors.empty()) reason += (reason.empty() ? "RBAC: " : "\nRBAC: ") + aggregated(errors);
  return {false, std::move(reason)};
}

bool Authorizer::allows(const UserInfo& user, const Request& request) {
  if (user.superuser) return true;
  // Kubelets are decided about by comparing names: there is nothing to remember.
  if (!user.node.empty()) return authorize(attributesOf(request, user)).allowed;

  const std::uint32_t subresource = request.subresource.id();
  const std::uint64_t hash = numberHash((static_cast<std::uint64_t>(user.id) << 32 | subresource << 8 |
                                         static_cast<std::uint64_t>(request.verb)) ^
                                        static_cast<std::uint64_t>(request.resource->plural.id()) << 40);
  SlotTable::Id id = decisions_.table.find(hash, [&](SlotTable::Id at) {
    const Asked& asked = decisions_.asked[at];
    return asked.user == user.id && asked.resource == request.resource && asked.verb == request.verb &&
           asked.subresource == subresource;
  });
  if (id == SlotTable::kNone) {
    if (decisions_.asked.size() >= kDecisionsMax) decisions_ = {};
    Attributes anywhere = attributesOf(request, user);
    anywhere.ns = {};
    anywhere.name = {};
    id = static_cast<SlotTable::Id>(decisions_.asked.size());
    decisions_.asked.push_back(
        {request.resource, user.id, subresource, request.verb, authorize(anywhere).allowed});
    decisions_.table.insert(hash, id);
  }
  return decisions_.asked[id].everywhere || authorize(attributesOf(request, user)).allowed;
}

void Authorizer::bindingChanged(const Value& before, const Value& after) {
  rbac_.changed(before, after);
  decisions_ = {};
}

void Authorizer::clear() {
  rbac_.clear();
  decisions_ = {};
}

}  // namespace pilothouse::apiserver
