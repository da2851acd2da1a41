#include "core/kubelet/runtime/reachability.hpp"

#include <chrono>

#include "core/api/keys.hpp"
#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {
namespace {

using Container = ContainerRuntime::Container;

const Key kContainerPort = Key::intern("containerPort");
const Key kHostPort = Key::intern("hostPort");

bool runs(const Container& container, RuntimeId sandbox) {
  return container.sandbox == sandbox && container.state == ContainerRuntime::State::Running;
}

bool listens(const Container& container, std::int64_t port, SimTime now) {
  SimTime since = container.started;
  if (container.machine != nullptr) {
    for (const shell::Machine::Listener& listener : container.machine->listeners()) {
      if (listener.port == port) return true;
    }
    if (!container.machine->serving()) return false;
    since = container.machine->servingSince();
  } else if (container.kind != ProcessPlan::Kind::Server) {
    return false;
  }
  if (now < since + std::chrono::milliseconds(container.image->startupMs)) return false;
  return listeningPorts(*container.image, container.spec, container.env).has(port);
}

}  // namespace

PortState portState(ContainerRuntime& runtime, std::string_view address, std::int64_t port) {
  const auto number = parseIpv4(address);
  PortState found = PortState::NoHost;
  if (!number) return found;
  const SimTime now = runtime.simulator().now();
  for (const auto& [id, sandbox] : runtime.sandboxes()) {
    if (sandbox.ip != *number || !sandbox.ready) continue;
    found = PortState::Closed;
    for (const auto& [containerId, container] : runtime.containers()) {
      if (runs(container, id) && listens(container, port, now)) return PortState::Open;
    }
  }
  return found;
}

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

Value podAt(const ContainerRuntime& runtime, std::string_view address) {
  const auto number = parseIpv4(address);
  if (!number) return {};
  for (const auto& [id, sandbox] : runtime.sandboxes()) {
    if (sandbox.ip != *number || !sandbox.ready || sandbox.hostNetwork) continue;
    return Value::object({{keys::metadata, Value::object({{keys::name, sandbox.name},
                                                          {keys::namespace_, sandbox.ns},
                                                          {keys::uid, sandbox.uid}})}});
  }
  return {};
}

}  // namespace pilothouse::kubelet
