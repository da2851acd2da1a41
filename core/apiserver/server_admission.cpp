// Validating admission: what must be known of the whole object, and quotas, which are charged in etcd.
#include <utility>

#include "core/api/object.hpp"
#include "core/apiserver/admission/node_restriction.hpp"
#include "core/apiserver/admission/quota_usage.hpp"
#include "core/apiserver/auth/escalation.hpp"
#include "core/apiserver/auth/known_resources.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {

api::Status Server::admit(Call& call, const Value& object) {
  const Request& request = call.request;
  api::Status refusal = admission_.validate(request, object, call.stages, call.warnings);
  if (refusal.code != 0 || request.user == nullptr) return refusal;
  refusal = checkGrant(gate_.authorizer(), *request.user, call.resource(), object, Value());
  if (refusal.code != 0) call.stages.add("escalation check", "forbid", {}, refusal.message);
  return refusal;
}

api::Status Server::admitUpdate(const Call& call, const Value& object, const Value& stored) {
  const Request& request = call.request;
  if (request.user == nullptr) return {};
  api::Status refusal = restrictNode(request, object, cacheView_);
  if (refusal.code != 0) return refusal;
  return checkGrant(gate_.authorizer(), *request.user, call.resource(), object, stored);
}

// ResourceQuota: each quota of the namespace is charged by an update of its status, as others do at the same
// time. What fails after that is put right by the controller, which counts again.
void Server::charge(const CallPtr& call, Value object, Ticket ticket) {
  const api::Resource& resource = call->resource();
  const bool counted = resource.namespaced && &resource != &api::resources::events;
  if (!counted) return store(call, std::move(object), std::move(ticket), 1);
  chargeNext(call, object, std::move(ticket),
             admission_.inNamespace(known().resourceQuotas, api::namespaceOf(object)));
}

void Server::chargeNext(const CallPtr& call, Value object, Ticket ticket, std::vector<Value> quotas) {
  if (quotas.empty()) return store(call, std::move(object), std::move(ticket), 1);
  const Value metadata = api::meta(quotas.front());
  quotas.erase(quotas.begin());
  registry(*known().resourceQuotas)
      .update(
          metadata[keys::namespace_], metadata[keys::name], call->dryRun(),
          [call, object](const Value& quota) -> Registry::Change {
            Charged next = charged(quota, call->resource(), object);
            if (next.error.empty()) return {Registry::Change::Step::Put, std::move(next.quota), {}};
            return {{}, {}, api::Status::forbidden(call->resource(), api::name(object), next.error)};
          },
          [this, call, object, ticket, quotas = std::move(quotas)](Registry::Updated updated) mutable {
            if (updated.ok() || api::isNotFound(updated.error)) {
              return chargeNext(call, std::move(object), std::move(ticket), std::move(quotas));
            }
            services_.revert(*ticket);
            call->stages.add("validating admission", "forbid", "ResourceQuota", updated.error.message);
            call->fail(updated.error);
          });
}

}  // namespace pilothouse::apiserver
