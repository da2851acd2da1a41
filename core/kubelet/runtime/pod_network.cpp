#include <utility>

#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {

bool PodNetwork::isOwn(const Caller& from, std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == from.podIp || host == from.pod;
}

void PodNetwork::request(const Caller& from, std::string_view host, std::int64_t port, Payload payload,
                         SimDuration timeout, std::function<void(Reply)> done) {
  if (!isOwn(from, host) && outside_ != nullptr) {
    return outside_->request(from, host, port, std::move(payload), timeout, std::move(done));
  }
  Reply none;
  none.outcome = parseIpv4(host) ? Reply::Outcome::TimedOut : Reply::Outcome::UnknownHost;
  if (!isOwn(from, host)) return done(std::move(none));
  const std::string address(from.podIp);
  runtime_.serve({address, port, address, std::move(payload)}, [address, done](ServedAnswer answer) {
    Reply reply;
    reply.outcome = !answer.connected ? Reply::Outcome::Refused
                    : answer.timedOut ? Reply::Outcome::TimedOut
                                      : Reply::Outcome::Answered;
    reply.status = answer.status;
    reply.body = std::move(answer.body);
    reply.address = address;
    reply.took = answer.took;
    done(std::move(reply));
  });
}

ContainerNetwork::Reply PodNetwork::connect(const Caller& from, std::string_view host, std::int64_t port,
                                            std::string_view path) {
  Reply reply;
  if (!isOwn(from, host)) {
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
