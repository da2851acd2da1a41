#include "core/scheduler/scheduler.hpp"

#include "core/scheduler/process.hpp"

namespace pilothouse::scheduler {

struct Scheduler::State {
  Network& network;
  ComponentId self;
  apiserver::ApiServer& server;
  std::shared_ptr<Process> process;  ///< null while stopped
};

Scheduler::Scheduler(Network& network, ComponentId self, apiserver::ApiServer& server)
    : state_(std::make_shared<State>(State{network, self, server, nullptr})) {}
Scheduler::~Scheduler() = default;

void Scheduler::start() {
  if (state_->process) return;
  state_->process = std::make_shared<Process>(state_->network, state_->self, state_->server);
  state_->process->start();
}

void Scheduler::stop() { state_->process.reset(); }

Value Scheduler::lastDecision(std::string_view ns, std::string_view name) const {
  return state_->process ? state_->process->lastDecision(ns, name) : Value();
}

}  // namespace pilothouse::scheduler
