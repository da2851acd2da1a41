#include "core/scheduler/process.hpp"

#include "core/api/object.hpp"

namespace pilothouse::scheduler {

Process::Process(Network& network, ComponentId self, apiserver::ApiServer& server)
    : network_(network),
      simulator_(network.simulator()),
      client_(network, self, server, "kube-scheduler"),
      recorder_(client_, std::string(kName)),
      informers_(client_),
      pods_(informers_.informer(api::resources::pods)),
      services_(informers_.informer(api::resources::services)),
      replicaSets_(informers_.informer(api::resources::replicaSets)),
      namespaces_(informers_.informer(api::resources::namespaces)),
      listers_(makeListers()),
      framework_(listers_),
      queue_(simulator_, framework_, [this] { wake(); }),
      scheduler_(framework_, cache_, simulator_.random()) {
  servicesByNamespace_ = services_.store().addIndex([](const Value& service, std::vector<Value>& out) {
    out.push_back(api::meta(service)[keys::namespace_]);
  });
  pods_.onChange([this](const client::Change& change) { onPod(change); });
  informers_.informer(api::resources::nodes).onChange([this](const client::Change& change) {
    onNode(change);
  });
  services_.onChange([this](const client::Change& change) { onSelecting(change); });
  replicaSets_.onChange([this](const client::Change& change) { onSelecting(change); });
}

Process::~Process() { informers_.stop(); }

void Process::start() {
  informers_.start([weak = weak_from_this()] {
    const auto process = weak.lock();
    if (!process) return;
    process->synced_ = true;
    process->wake();
  });
}

Value Process::lastDecision(std::string_view ns, std::string_view name) const {
  return scheduler_.decisions().find(ns, name, framework_);
}

}  // namespace pilothouse::scheduler
