// What servers in containers answer, at once or after asking others, and what they do by themselves.
#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/kubelet/images/program.hpp"
#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kHost = Key::intern("Host");
constexpr SimDuration kLoopback = std::chrono::microseconds(50);

const Value& variableOf(const void* env, std::string_view name) {
  return environmentVariable(*static_cast<const Value*>(env), name);
}

}  // namespace

/// A program at work in one container.
class ServerWork final : public Work {
 public:
  ServerWork(ContainerRuntime& runtime, RuntimeId id) : runtime_(runtime.weak_from_this()), id_(id) {}
  ServerWork(ContainerRuntime& runtime, RuntimeId id, ServedRequest request, ServedDone done)
      : ServerWork(runtime, id) {
    asked_ = std::move(request);
    done_ = std::move(done);
    began_ = runtime.simulator_.now();
  }
  // A program that ended before it answered: the connection is closed.
  ~ServerWork() override { finish({}); }
  ServerWork(const ServerWork&) = delete;
  ServerWork& operator=(const ServerWork&) = delete;

  [[nodiscard]] bool alive() {
    const auto runtime = runtime_.lock();
    return runtime != nullptr && runtime->isRunning(id_);
  }

  ServerRequest server() override {
    const auto runtime = runtime_.lock();
    ServerRequest request;
    const ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    if (container == nullptr) return request;
    const ContainerRuntime::Sandbox& sandbox = runtime->sandboxes_.at(container->sandbox);
    if (words_.empty()) words_ = commandLine(container->spec, container->env);
    podIp_ = ipv4Text(sandbox.ip);
    tag_ = parseImageReference(container->spec[keys::image].asString()).tag;
    request.method = asked_.payload.method;
    request.path = asked_.payload.path;
    request.body = asked_.payload.body;
    request.host = asked_.payload.headers[kHost].asString();
    request.client = asked_.client;
    request.pod = sandbox.hostname.asString();
    request.podIp = podIp_;
    request.tag = tag_;
    request.repository = container->image->repository;
    request.port = asked_.port;
    request.age = runtime->simulator_.now() - container->started;
    request.arguments = words_;
    request.variable = variableOf;
    request.context = &container->env;
    return request;
  }
  std::string env(std::string_view name) override {
    const auto runtime = runtime_.lock();
    const ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    return container == nullptr ? "" : environmentVariable(container->env, name).toString();
  }
  SimTime now() const override {
    const auto runtime = runtime_.lock();
    return runtime == nullptr ? SimTime() : runtime->simulator_.now();
  }
  double chance() override {
    const auto runtime = runtime_.lock();
    return runtime == nullptr ? 0 : runtime->simulator_.random().unit();
  }
  ContainerFiles files() override {
    const auto runtime = runtime_.lock();
    ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    static const Value kNoSpec;
    if (container == nullptr) return {nullptr, kNoSpec};
    return runtime->environment(*container, false).files;
  }
  ProgramMemory& memory() override {
    const auto runtime = runtime_.lock();
    ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    if (container == nullptr) return lost_;
    if (container->memory == nullptr) container->memory = std::make_unique<ProgramMemory>();
    return *container->memory;
  }

  void call(std::string_view address, Payload payload, SimDuration timeout,
            std::function<void(Reply)> then) override {
    const auto runtime = runtime_.lock();
    const ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    if (container == nullptr) return;
    const ContainerRuntime::Sandbox& sandbox = runtime->sandboxes_.at(container->sandbox);
    const HostPort to = hostPort(address, 80);
    const std::string ip = ipv4Text(sandbox.ip);
    const ContainerNetwork::Caller caller{runtime->options_.nodeName, ip, sandbox.ns.asString(),
                                          sandbox.name.asString()};
    runtime->network_.request(caller, to.host, to.port, std::move(payload), timeout,
                              [self = share(), then = std::move(then)](Reply reply) {
                                if (self->alive()) then(std::move(reply));
                              });
  }
  void wait(SimDuration duration, std::function<void()> then) override {
    const auto runtime = runtime_.lock();
    if (runtime == nullptr) return;
    runtime->simulator_.after(duration, [self = share(), then = std::move(then)] {
      if (self->alive()) then();
    });
  }
  void say(std::string_view line) override {
    const auto runtime = runtime_.lock();
    ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    if (container != nullptr) runtime->say(*container, line);
  }
  void end(int exitCode) override {
    const auto runtime = runtime_.lock();
    ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    if (container != nullptr) runtime->exited(*container, exitCode, false);
  }
  void answer(ServerAnswer answer) override {
    const auto runtime = runtime_.lock();
    const ContainerRuntime::Container* container = runtime == nullptr ? nullptr : runtime->find(id_);
    if (container == nullptr || !done_) return;
    ServedAnswer out;
    out.connected = true;
    out.status = answer.status;
    out.body = std::move(answer.body);
    const Image& image = *container->image;
    out.grpc = image.protocol == Image::Protocol::Grpc || image.repository.empty();
    const SimDuration work = std::chrono::milliseconds(image.answerMs) + answer.took;
    out.took = runtime->simulator_.now() - began_ + work;
    if (atOnce_ || work == SimDuration::zero()) return finish(std::move(out));
    runtime->simulator_.after(work, [self = share(), out = std::move(out)]() mutable {
      if (self->alive()) self->finish(std::move(out));
    });
  }
  /// Answers are handed over without their time, which `took` tells.
  void setAtOnce() { atOnce_ = true; }

 private:
  std::shared_ptr<ServerWork> share() { return std::static_pointer_cast<ServerWork>(shared_from_this()); }
  void finish(ServedAnswer answer) {
    if (const ServedDone done = std::exchange(done_, nullptr)) done(std::move(answer));
  }

  std::weak_ptr<ContainerRuntime> runtime_;
  RuntimeId id_;
  ServedDone done_;
  SimTime began_{};
  bool atOnce_ = false;
  std::vector<std::string> words_;
  std::string podIp_;
  std::string tag_;
  ProgramMemory lost_;
};

// Its server listens: started, and its start-up is over.
bool ContainerRuntime::serverUp(const Container& container) const {
  SimTime since = container.started;
  if (container.state != State::Running) return false;
  if (container.machine != nullptr) {
    if (!container.machine->serving()) return false;
    since = container.machine->servingSince();
  } else if (container.kind != ProcessPlan::Kind::Server) {
    return false;
  }
  return simulator_.now() >= since + std::chrono::milliseconds(container.image->startupMs);
}

// The container that listens on an address's port; null when the connection is refused.
ContainerRuntime::Container* ContainerRuntime::listener(std::string_view ip, std::int64_t port) {
  const auto address = parseIpv4(ip);
  if (!address) return nullptr;
  for (const auto& [id, sandbox] : sandboxes_) {
    if (sandbox.ip != *address || !sandbox.ready) continue;
    for (auto& [containerId, container] : containers_) {
      if (container.sandbox != id || container.state != State::Running) continue;
      if (container.machine != nullptr) {
        for (const shell::Machine::Listener& listener : container.machine->listeners()) {
          if (listener.port == port) return &container;
        }
      }
      if (serverUp(container) && listeningPorts(*container.image, container.spec, container.env).has(port)) {
        return &container;
      }
    }
  }
  return nullptr;
}

// Of servers that ask nobody: a file under the image's web root, or what the image says.
ServerAnswer ContainerRuntime::answerAtOnce(Container& container, const ServedRequest& request) {
  const Image& image = *container.image;
  if (container.machine != nullptr) {
    for (const shell::Machine::Listener& listener : container.machine->listeners()) {
      if (listener.port == request.port) return {listener.http ? 200 : 0, listener.answer, {}};
    }
  }
  ServerWork work(*this, container.id, request, nullptr);
  if (!image.webRoot.empty()) {
    std::string file = std::string(image.webRoot) + std::string(pathWithoutQuery(request.payload.path));
    if (file.back() == '/') file += "index.html";
    const Sandbox& sandbox = sandboxes_.at(container.sandbox);
    if (sandbox.files != nullptr) {
      if (auto content = ContainerFiles(sandbox.files.get(), container.spec).read(file)) {
        return {200, std::move(*content), {}};
      }
    }
  }
  const ServerRequest asked = work.server();
  if (image.answer != nullptr) return image.answer(asked);
  return {
      image.protocol == Image::Protocol::Http ? 200 : 0, "Hello from " + std::string(asked.pod) + "\n", {}};
}

ContainerRuntime::Served ContainerRuntime::serve(std::string_view ip, std::int64_t port,
                                                 std::string_view path) {
  Served served;
  Container* container = listener(ip, port);
  if (container == nullptr) return served;
  ServedRequest request{std::string(ip), port, "", {}};
  request.payload.path = path;
  ++container->requests;
  const bool byProgram = container->image->serve != nullptr && serverUp(*container);
  const auto work =
      std::make_shared<ServerWork>(*this, container->id, request, [&served](ServedAnswer answer) {
        served = {answer.connected, answer.status, answer.grpc, std::move(answer.body), answer.took};
      });
  work->setAtOnce();
  if (byProgram) {
    container->image->serve(work);
  } else {
    work->answer(answerAtOnce(*container, request));
  }
  return served;
}

void ContainerRuntime::serve(const ServedRequest& request, ServedDone done) {
  Container* container = listener(request.address, request.port);
  if (container == nullptr) {
    simulator_.after(kLoopback, [done = std::move(done)] { done({}); });
    return;
  }
  container->requests += std::max<std::uint32_t>(request.payload.weight, 1);
  const Image& image = *container->image;
  const auto work = std::make_shared<ServerWork>(*this, container->id, request, std::move(done));
  if (image.serve != nullptr && serverUp(*container)) return image.serve(work);
  ServerAnswer answer = answerAtOnce(*container, request);
  if (image.accessLog) {
    work->say(request.client + " - - \"" + request.payload.method + " " + request.payload.path +
              " HTTP/1.1\" " + std::to_string(answer.status) + " " + std::to_string(answer.body.size()));
  }
  work->answer(std::move(answer));
}

void ContainerRuntime::startActing(Container& container) {
  if (container.acting || container.image->act == nullptr) return;
  container.acting = true;
  simulator_.after(std::chrono::milliseconds(container.image->startupMs),
                   [weak = weak_from_this(), id = container.id] {
                     if (const auto self = weak.lock()) self->act(id);
                   });
}

void ContainerRuntime::act(RuntimeId id) {
  const Container* container = find(id);
  if (container == nullptr || container->state != State::Running) return;
  const SimDuration again = container->image->act(std::make_shared<ServerWork>(*this, id));
  if (again == SimDuration::zero()) return;
  simulator_.after(again, [weak = weak_from_this(), id] {
    if (const auto self = weak.lock()) self->act(id);
  });
}

}  // namespace pilothouse::kubelet
