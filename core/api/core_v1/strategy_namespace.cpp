#include <algorithm>

#include "core/api/core_v1/strategies.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::api {
namespace {

const Key kMetadataName = Key::intern("kubernetes.io/metadata.name");
constexpr std::string_view kFinalizerKubernetes = "kubernetes";

// Canonicalize: a namespace with a generated name gets its label only now.
Value labelled(const Value& ns) {
  const Value& name = api::meta(ns)[keys::name];
  if (api::labels(ns)[kMetadataName] == name) return ns;
  return ns.withPath({keys::metadata, keys::labels, kMetadataName}, name);
}

}  // namespace

Value prepareNamespaceCreate(const Value& ns) {
  static const Value active = Value::object({{keys::phase, "Active"}});
  const Value& finalizers = ns[keys::spec][keys::finalizers];
  const auto all = finalizers.items();
  const bool has = std::any_of(all.begin(), all.end(),
                               [](const Value& f) { return f.asString() == kFinalizerKubernetes; });
  Value prepared = labelled(ns).with(keys::status, active);
  if (has) return prepared;
  return prepared.withPath({keys::spec, keys::finalizers}, finalizers.appended(kFinalizerKubernetes));
}

Value prepareNamespaceUpdate(const Value& ns, const Value& stored) {
  Value prepared = labelled(ns);
  for (const Key part : {keys::spec, keys::status}) {
    prepared = stored.has(part) ? prepared.with(part, stored[part]) : prepared.without(part);
  }
  return prepared;
}

}  // namespace pilothouse::api
