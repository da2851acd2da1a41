#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {

ContainerNetwork::Reply PodNetwork::connect(const Caller& from, std::string_view host, std::int64_t port,
                                            std::string_view path) {
  const bool own = host == "localhost" || host == "127.0.0.1" || host == from.podIp || host == from.pod;
  Reply reply;
  if (!own) {
    if (outside_ != nullptr) return outside_->connect(from, host, port, path);
    reply.outcome = parseIpv4(host) ? Reply::Outcome::TimedOut : Reply::Outcome::UnknownHost;
    return reply;
  }
  ContainerRuntime::Served served = runtime_.serve(from.podIp, port, path);
  reply.outcome = served.connected ? Reply::Outcome::Answered : Reply::Outcome::Refused;
  reply.status = served.status;
  reply.body = std::move(served.body);
  reply.address = host == "localhost" ? std::string("127.0.0.1") : std::string(host);
  reply.took = served.took;
  return reply;
}

std::vector<std::string> PodNetwork::resolve(const Caller& from, std::string_view name) {
  if (name == "localhost") return {"127.0.0.1"};
  if (name == from.pod) return {std::string(from.podIp)};
  if (parseIpv4(name)) return {std::string(name)};
  return outside_ == nullptr ? std::vector<std::string>() : outside_->resolve(from, name);
}

}  // namespace pilothouse::kubelet
