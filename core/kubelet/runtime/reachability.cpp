#include "core/kubelet/runtime/reachability.hpp"

#include "core/api/keys.hpp"
#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kContainerPort = Key::intern("containerPort");
const Key kHostPort = Key::intern("hostPort");

}  // namespace

std::optional<MappedPort> hostPort(const ContainerRuntime& runtime, std::int64_t port,
                                   std::string_view protocol) {
  for (const auto& [id, container] : runtime.containers()) {
    if (container.state != ContainerRuntime::State::Running) continue;
    const auto sandbox = runtime.sandboxes().find(container.sandbox);
    if (sandbox == runtime.sandboxes().end() || !sandbox->second.ready || sandbox->second.hostNetwork)
      continue;
    for (const Value& mapped : container.spec[keys::ports].items()) {
      if (mapped[kHostPort].asInt() != port || port == 0) continue;
      const std::string_view wanted = mapped[keys::protocol].asString();
      if ((wanted.empty() ? std::string_view("TCP") : wanted) != protocol) continue;
      return MappedPort{ipv4Text(sandbox->second.ip), mapped[kContainerPort].asInt()};
    }
  }
  return std::nullopt;
}

}  // namespace pilothouse::kubelet
