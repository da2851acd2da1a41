#include "core/apiserver/admission/node_restriction.hpp"

#include "core/api/object.hpp"
#include "core/api/quote.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kMirror = Key::intern("kubernetes.io/config.mirror");
const Key kStatus = Key::intern("status");

api::Status restrictPod(const Request& request, const Value& object, const CachedObjects& objects) {
  const std::string node = api::quoted(request.user->node);
  const std::string_view own = request.user->node;
  const api::Resource& pods = api::resources::pods;
  if (request.verb == Verb::Create && request.subresource == Key()) {
    if (!api::annotations(object).has(kMirror)) {
      return api::Status::forbidden(pods, api::name(object),
                                    "pod does not have \"kubernetes.io/config.mirror\" annotation, node " +
                                        node + " can only create mirror pods");
    }
    if (object.get(keys::spec, keys::nodeName).asString() == own) return {};
    return api::Status::forbidden(pods, api::name(object),
                                  "node " + node + " can only create pods with spec.nodeName set to itself");
  }
  const Value& pod = objects.find(&pods, request.namespace_.asString(), request.name.asString());
  if (pod.isNull() || pod.get(keys::spec, keys::nodeName).asString() == own) return {};
  const char* what = nullptr;
  if (request.verb == Verb::Delete) what = " can only delete pods with spec.nodeName set to itself";
  if (request.subresource == kStatus) {
    what = " can only update pod status for pods with spec.nodeName set to itself";
  }
  if (what == nullptr) return {};
  return api::Status::forbidden(pods, request.name.asString(), "node " + node + what);
}

}  // namespace

api::Status restrictNode(const Request& request, const Value& object, const CachedObjects& objects) {
  if (request.user == nullptr || request.user->node.empty()) return {};
  if (request.resource == &api::resources::pods) return restrictPod(request, object, objects);
  if (request.resource != &api::resources::nodes) return {};
  const std::string_view name = request.name.isNull() ? api::name(object) : request.name.asString();
  if (name == request.user->node) return {};
  return api::Status::forbidden(
      api::resources::nodes, name,
      "node " + api::quoted(request.user->node) + " is not allowed to modify node " + api::quoted(name));
}

}  // namespace pilothouse::apiserver
