// Which kubelet serves a pod's log, exec or attach.
#include <utility>

#include "core/api/keys.hpp"
#include "core/apiserver/pod_stream_target.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kContainer = Key::intern("container");
const Key kLog = Key::intern("log");

}  // namespace

void Server::locate(const CallPtr& call, Located located) {
  if (const api::Status error = validateStreamOptions(call->request); error.code != 0) {
    return call->fail(error);
  }
  const Value ns = call->request.namespace_;
  const Value name = call->request.name;
  registry(call->resource()).get(ns, name, [this, call, located = std::move(located)](Outcome pod) mutable {
    if (!pod.ok()) return call->fail(pod.error);
    Outcome container = chooseContainer(pod.object, call->request.body[kContainer].asString());
    if (!container.ok()) return call->fail(container.error);
    StreamTarget target;
    target.request = call->request;
    target.request.body = call->request.body.with(kContainer, std::move(container.object));
    const Value& nodeName = pod.object.get(keys::spec, keys::nodeName);
    if (nodeName.asString().empty()) {
      target.nowhere = call->request.subresource == kLog;
      if (target.nowhere) return located(std::move(target));
      return call->fail(
          api::Status::badRequest("pod " + std::string(call->name()) + " does not have a host assigned"));
    }
    const Value& node = registry(api::resources::nodes).cache().find("", nodeName.asString());
    if (node.isNull()) {
      return call->fail(api::Status::notFound(api::resources::nodes, nodeName.asString()));
    }
    Outcome address = kubeletAddress(node);
    if (!address.ok()) return call->fail(address.error);
    target.address = address.object.toString();
    target.port = kubeletPort(node);
    located(std::move(target));
  });
}

}  // namespace pilothouse::apiserver
