#include "core/controller_manager/controller_utils.hpp"

#include "core/controller_manager/fields.hpp"

namespace pilothouse::controller_manager {
namespace {

const Key kPatch = Key::intern("$patch");
const Key kCauses = Key::intern("causes");

}  // namespace

bool createdBefore(const Value& a, const Value& b) {
  const std::string_view timeA = api::meta(a)[keys::creationTimestamp].asString();
  const std::string_view timeB = api::meta(b)[keys::creationTimestamp].asString();
  if (timeA != timeB) return timeA < timeB;
  return api::name(a) < api::name(b);
}

std::int64_t specReplicas(const Value& object) { return object.get(keys::spec, keys::replicas).asInt(1); }

std::int64_t statusCount(const Value& object, Key field) { return object.get(keys::status, field).asInt(0); }

Value adoptionPatch(const Value& dependent, const Value& owner, const api::Resource& ownerResource) {
  return Value::object(
      {{keys::metadata, Value::object({{keys::ownerReferences,
                                        Value::array({api::controllerReference(owner, ownerResource)})},
                                       {keys::uid, api::meta(dependent)[keys::uid]}})}});
}

Value ownerReleasePatch(std::string_view dependentUid, const std::vector<Value>& ownerUids) {
  std::vector<Value> removals;
  for (const Value& uid : ownerUids) {
    removals.push_back(Value::object({{kPatch, "delete"}, {keys::uid, uid}}));
  }
  return Value::object({{keys::metadata, Value::object({{keys::ownerReferences, Value::array(removals)},
                                                        {keys::uid, Value(dependentUid)}})}});
}

bool isNamespaceTerminating(const api::Status& status) {
  for (const Value& cause : status.details[kCauses].items()) {
    if (cause[keys::reason].asString() == "NamespaceTerminating") return true;
  }
  return false;
}

Value withPodCondition(const Value& conditions, const Value& condition) {
  const auto all = conditions.items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!(all[i][keys::type] == condition[keys::type])) continue;
    Value next = condition;
    if (all[i][keys::status] == condition[keys::status]) {
      next = next.with(keys::lastTransitionTime, all[i][keys::lastTransitionTime]);
    }
    return next == all[i] ? conditions : conditions.withItem(i, std::move(next));
  }
  return conditions.appended(condition);
}

Value deleteOptions(std::string_view uid, std::string_view propagationPolicy,
                    std::string_view resourceVersion) {
  ObjectBuilder preconditions;
  if (!resourceVersion.empty()) preconditions.set(keys::resourceVersion, Value(resourceVersion));
  preconditions.set(keys::uid, Value(uid));
  ObjectBuilder options;
  options.set(fields::preconditions, preconditions.build());
  if (!propagationPolicy.empty()) options.set(fields::propagationPolicy, Value(propagationPolicy));
  return options.build();
}

std::uint32_t fnv32a(std::string_view text, std::uint32_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16777619U;
  }
  return hash;
}

}  // namespace pilothouse::controller_manager
