#include "core/docker/engine.hpp"

#include <algorithm>

#include "core/api/keys.hpp"

namespace pilothouse::docker {
namespace {

// restartmanager: from 100 ms doubling to a minute, from the beginning after ten seconds of running.
constexpr SimDuration kBackoff = std::chrono::milliseconds(100);
constexpr SimDuration kBackoffMax = std::chrono::minutes(1);
constexpr SimDuration kRanWell = std::chrono::seconds(10);

const Key kArgs = Key::intern("args");
const Key kCommand = Key::intern("command");
const Key kContainerPort = Key::intern("containerPort");
const Key kCpu = Key::intern("cpu");
const Key kHostname = Key::intern("hostname");
const Key kHostPort = Key::intern("hostPort");
const Key kLimits = Key::intern("limits");
const Key kMemory = Key::intern("memory");

constexpr std::string_view kAdjectives[] = {"brave", "calm",  "clever", "eager",  "gentle", "happy",
                                            "jolly", "lucid", "nimble", "quirky", "sharp",  "stoic"};
constexpr std::string_view kPeople[] = {"borg",    "curie",    "darwin",  "euler",   "hopper", "kepler",
                                        "lamport", "lovelace", "noether", "ritchie", "turing", "wozniak"};

Value texts(const std::vector<std::string>& words) {
  std::vector<Value> all;
  for (const std::string& word : words) all.emplace_back(word);
  return Value::array(all);
}

// The container of a pod that the runtime is to run.
Value specOf(const std::string& name, const ContainerOptions& options) {
  ObjectBuilder spec;
  spec.set(keys::name, Value(name)).set(keys::image, Value(options.image));
  if (!options.entrypoint.empty()) spec.set(kCommand, Value::array({Value(options.entrypoint)}));
  if (!options.command.empty()) spec.set(kArgs, texts(options.command));
  std::vector<Value> ports;
  for (const PortMapping& port : options.ports) {
    ports.push_back(Value::object({{kContainerPort, port.container}, {kHostPort, port.host}}));
  }
  if (!ports.empty()) spec.set(keys::ports, Value::array(ports));
  ObjectBuilder limits;
  limits.setIfAny(kMemory, Value(options.memory)).setIfAny(kCpu, Value(options.cpus));
  spec.setIfAny(keys::resources, Value::object({{kLimits, limits.build()}}));
  return spec.build();
}

Value environmentOf(const ContainerOptions& options) {
  std::vector<Value> all;
  for (const auto& [name, value] : options.environment) {
    all.push_back(Value::object({{keys::name, Value(name)}, {keys::value, Value(value)}}));
  }
  return all.empty() ? Value() : Value::array(all);
}

std::string noSuch(const std::string& name) {
  return "Error response from daemon: No such container: " + name;
}

// "nginx:latest" of "nginx".
std::string tagged(const std::string& image) {
  const std::size_t slash = image.rfind('/');
  const std::size_t colon = image.find(':', slash == std::string::npos ? 0 : slash);
  return colon == std::string::npos && image.find('@') == std::string::npos ? image + ":latest" : image;
}

}  // namespace

/// Hears of the end of one life of a container.
class Engine::Follower : public kubelet::ContainerStream {
 public:
  Follower(Engine& engine, std::string container, RuntimeId life)
      : engine_(engine), container_(std::move(container)), life_(life) {}
  void containerEnded() override {
    // The runtime is still at it: not now.
    engine_.simulator_.after(SimDuration::zero(),
                             [weak = engine_.weak_from_this(), container = container_, life = life_] {
                               if (const auto engine = weak.lock()) engine->ended(container, life);
                             });
  }

 private:
  Engine& engine_;
  std::string container_;
  RuntimeId life_;
};

Engine::Engine(Simulator& simulator, std::shared_ptr<ContainerRuntime> runtime)
    : simulator_(simulator), runtime_(std::move(runtime)) {}
Engine::~Engine() = default;

const DockerContainer* Engine::find(std::string_view name) const {
  const DockerContainer* byId = nullptr;
  for (const auto& [number, container] : containers_) {
    if (container.name == name) return &container;
    if (!name.empty() && container.idText.substr(0, name.size()) == name) byId = &container;
  }
  return byId;
}

DockerContainer* Engine::mutableFind(std::string_view name) {
  return const_cast<DockerContainer*>(find(name));
}

std::vector<const DockerContainer*> Engine::list() const {
  std::vector<const DockerContainer*> all;
  for (auto at = containers_.rbegin(); at != containers_.rend(); ++at) all.push_back(&at->second);
  return all;
}

const ContainerRuntime::Container* Engine::state(const DockerContainer& container) const {
  const auto at = runtime_->containers().find(container.id);
  return at == runtime_->containers().end() ? nullptr : &at->second;
}

void Engine::whenEnded(const std::string& name, std::function<void()> told) {
  if (DockerContainer* container = mutableFind(name)) container->waiting.push_back(std::move(told));
}

std::uint64_t Engine::keep(std::shared_ptr<kubelet::ExecSession> session) {
  sessions_[++last_] = std::move(session);
  return last_;
}

std::shared_ptr<kubelet::ExecSession> Engine::session(std::uint64_t kept) const {
  const auto at = sessions_.find(kept);
  return at == sessions_.end() ? nullptr : at->second;
}

// Not now: it may be the session that says so.
void Engine::drop(std::uint64_t kept) {
  simulator_.after(SimDuration::zero(), [weak = weak_from_this(), kept] {
    if (const auto self = weak.lock()) self->sessions_.erase(kept);
  });
}

std::string Engine::freeName() const {
  Random& random = runtime_->simulator().random();
  std::string name;
  do {
    name = std::string(kAdjectives[random.below(std::size(kAdjectives))]) + "_" +
           std::string(kPeople[random.below(std::size(kPeople))]);
    if (find(name) != nullptr) name += std::to_string(random.below(10));
  } while (find(name) != nullptr);
  return name;
}

void Engine::pull(const std::string& image, Say say, Done done) {
  const std::string reference = tagged(image);
  const std::size_t colon = reference.rfind(':');
  const std::string repository = reference.substr(0, colon);
  const bool library = repository.find('/') == std::string::npos;
  say(reference.substr(colon + 1) + ": Pulling from " + (library ? "library/" : "") + repository);
  runtime_->pullImage(Value(image), [say, done, reference, repository](const kubelet::CriAnswer& answer) {
    if (!answer.ok()) {
      return done(
          "Error response from daemon: pull access denied for " + repository +
          ", repository does not exist or may require 'docker login': denied: requested access to the "
          "resource is denied");
    }
    say("Status: Downloaded newer image for " + reference);
    done("");
  });
}

void Engine::run(ContainerOptions options, Say say,
                 std::function<void(const std::string&, const std::string&)> done) {
  const Value image(options.image);
  const auto createNow = [weak = weak_from_this(), options, done] {
    if (const auto self = weak.lock()) self->create(options, done);
  };
  runtime_->imageStatus(
      image, [weak = weak_from_this(), options, say, done, createNow](const kubelet::CriAnswer& answer) {
        const auto self = weak.lock();
        if (self == nullptr) return;
        if (answer.text.isString()) return createNow();
        say("Unable to find image '" + tagged(options.image) + "' locally");
        self->pull(options.image, say, [done, createNow](const std::string& error) {
          if (!error.empty()) return done("docker: " + error, "");
          createNow();
        });
      });
}

void Engine::create(ContainerOptions options,
                    std::function<void(const std::string&, const std::string&)> done) {
  if (options.name.empty()) options.name = freeName();
  if (const DockerContainer* same = find(options.name); same != nullptr && same->name == options.name) {
    return done("docker: Error response from daemon: Conflict. The container name \"/" + options.name +
                    "\" is already in use by container \"" + same->idText +
                    "\". You have to remove (or rename) that container to be able to reuse that name.",
                "");
  }
  const std::uint64_t number = ++last_;
  DockerContainer& container = containers_[number];
  container.name = options.name;
  container.idText = runtime_->idText((std::uint64_t{1} << 40) + number);
  container.spec = specOf(options.name, options);
  container.created = simulator_.now();
  container.options = std::move(options);
  const std::string id = container.idText;
  createLife(id, [weak = weak_from_this(), id, done](const std::string& error) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (!error.empty()) return done("docker: " + error, id);
    self->startLife(id, [id, done](const std::string& failed) {
      done(failed.empty() ? failed : "docker: " + failed, id);
    });
  });
}

void Engine::createLife(const std::string& id, Done done) {
  DockerContainer* container = mutableFind(id);
  if (container == nullptr) return done(noSuch(id));
  dropLife(*container);
  ObjectBuilder spec;
  spec.set(kHostname, container->options.hostname.empty() ? Value(id.substr(0, 12))
                                                          : Value(container->options.hostname));
  const Value pod = Value::object(
      {{keys::metadata, Value::object({{keys::name, Value(container->name)}, {keys::namespace_, "docker"}})},
       {keys::spec, spec.build()}});
  runtime_->runPodSandbox(pod, [weak = weak_from_this(), id, done](const kubelet::CriAnswer& sandbox) {
    const auto self = weak.lock();
    DockerContainer* made = self == nullptr ? nullptr : self->mutableFind(id);
    if (made == nullptr) return;
    if (!sandbox.ok()) return done("Error response from daemon: " + sandbox.error);
    made->sandbox = sandbox.id;
    made->address = sandbox.text.toString();
    kubelet::ContainerConfig config;
    config.spec = made->spec;
    config.env = environmentOf(made->options);
    config.attempt = static_cast<std::uint32_t>(made->restarts);
    self->runtime_->createContainer(
        sandbox.id, std::move(config), [weak, id, done](const kubelet::CriAnswer& created) {
          const auto engine = weak.lock();
          DockerContainer* with = engine == nullptr ? nullptr : engine->mutableFind(id);
          if (with == nullptr) return;
          if (!created.ok()) return done("Error response from daemon: " + created.error);
          with->id = created.id;
          done("");
        });
  });
}

std::string Engine::portConflict(const DockerContainer& container) const {
  for (const auto& [number, other] : containers_) {
    const ContainerRuntime::Container* life = state(other);
    if (&other == &container || life == nullptr || life->state != ContainerRuntime::State::Running) continue;
    for (const PortMapping& taken : other.options.ports) {
      for (const PortMapping& wanted : container.options.ports) {
        if (wanted.host != taken.host) continue;
        return "Error response from daemon: driver failed programming external connectivity on endpoint " +
               container.name + " (" + runtime_->idText((std::uint64_t{1} << 41) + number) +
               "): Bind for 0.0.0.0:" + std::to_string(wanted.host) + " failed: port is already allocated";
      }
    }
  }
  return {};
}

void Engine::startLife(const std::string& id, Done done) {
  DockerContainer* container = mutableFind(id);
  if (container == nullptr) return done(noSuch(id));
  if (const std::string conflict = portConflict(*container); !conflict.empty()) {
    container->startFailed = true;
    return done(conflict);
  }
  container->startFailed = false;
  container->stoppedByHand = false;
  const RuntimeId life = container->id;
  runtime_->startContainer(life, [weak = weak_from_this(), id, life, done](const kubelet::CriAnswer& answer) {
    const auto self = weak.lock();
    DockerContainer* running = self == nullptr ? nullptr : self->mutableFind(id);
    if (running == nullptr) return;
    running->restarting = false;
    if (!answer.ok()) {
      running->startFailed = true;
      return done("Error response from daemon: failed to create task for container: " + answer.error);
    }
    running->started = answer.when;
    auto follower = std::make_shared<Follower>(*self, id, life);
    self->runtime_->follow(life, follower);
    self->followers_[life] = std::move(follower);
    done("");
  });
}

void Engine::ended(const std::string& id, RuntimeId life) {
  followers_.erase(life);
  DockerContainer* container = mutableFind(id);
  if (container == nullptr || container->id != life) return;
  for (const auto& told : std::exchange(container->waiting, {})) told();
  if (container->options.removeWhenEnded) return remove(id, true, [](const std::string&) {});
  const ContainerRuntime::Container* last = state(*container);
  const int exitCode = last == nullptr ? 0 : last->exitCode;
  using Kind = RestartPolicy::Kind;
  const RestartPolicy& policy = container->options.restart;
  const bool failed = exitCode != 0 && (policy.maxRetries == 0 || container->restarts < policy.maxRetries);
  const bool again = policy.kind == Kind::Always || policy.kind == Kind::UnlessStopped ||
                     (policy.kind == Kind::OnFailure && failed);
  if (again && !container->stoppedByHand) restartLater(*container);
}

void Engine::restartLater(DockerContainer& container) {
  const bool ranWell = simulator_.now() - container.started > kRanWell;
  container.backoff = ranWell || container.backoff == SimDuration::zero()
                          ? kBackoff
                          : std::min(container.backoff * 2, kBackoffMax);
  container.restarting = true;
  simulator_.after(container.backoff, [weak = weak_from_this(), id = container.idText] {
    const auto self = weak.lock();
    DockerContainer* again = self == nullptr ? nullptr : self->mutableFind(id);
    if (again == nullptr || !again->restarting || again->stoppedByHand) return;
    ++again->restarts;
    self->createLife(id, [weak, id](const std::string& error) {
      const auto engine = weak.lock();
      if (engine != nullptr && error.empty()) engine->startLife(id, [](const std::string&) {});
    });
  });
}

void Engine::start(const std::string& name, Done done) {
  DockerContainer* container = mutableFind(name);
  if (container == nullptr) return done(noSuch(name));
  const ContainerRuntime::Container* life = state(*container);
  if (life != nullptr && life->state == ContainerRuntime::State::Running) return done("");
  const std::string id = container->idText;
  container->stoppedByHand = false;
  if (life != nullptr && life->state == ContainerRuntime::State::Created)
    return startLife(id, std::move(done));
  createLife(id, [weak = weak_from_this(), id, done = std::move(done)](const std::string& error) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (!error.empty()) return done(error);
    self->startLife(id, done);
  });
}

void Engine::stop(const std::string& name, SimDuration timeout, Done done) {
  DockerContainer* container = mutableFind(name);
  if (container == nullptr) return done(noSuch(name));
  container->stoppedByHand = true;
  container->restarting = false;
  runtime_->stopContainer(container->id, timeout, [done](const kubelet::CriAnswer&) { done(""); });
}

void Engine::kill(const std::string& name, Done done) {
  const DockerContainer* container = find(name);
  if (container == nullptr) return done(noSuch(name));
  const ContainerRuntime::Container* life = state(*container);
  if (life == nullptr || life->state != ContainerRuntime::State::Running) {
    return done("Error response from daemon: cannot kill container: " + name + ": container " +
                container->idText + " is not running");
  }
  stop(name, SimDuration::zero(), std::move(done));
}

void Engine::dropLife(DockerContainer& container) {
  followers_.erase(container.id);
  if (container.sandbox == 0) return;
  runtime_->stopPodSandbox(container.sandbox, [](const kubelet::CriAnswer&) {});
  runtime_->removePodSandbox(container.sandbox, [](const kubelet::CriAnswer&) {});
  container.sandbox = 0;
  container.id = 0;
}

void Engine::remove(const std::string& name, bool force, Done done) {
  DockerContainer* container = mutableFind(name);
  if (container == nullptr) return done(noSuch(name));
  const ContainerRuntime::Container* life = state(*container);
  const bool running = life != nullptr && life->state == ContainerRuntime::State::Running;
  if (running && !force) {
    return done("Error response from daemon: cannot remove container \"/" + container->name +
                "\": container is running: stop the container before removing or force remove");
  }
  const std::string id = container->idText;
  stop(id, SimDuration::zero(), [weak = weak_from_this(), id, done](const std::string&) {
    const auto self = weak.lock();
    DockerContainer* gone = self == nullptr ? nullptr : self->mutableFind(id);
    if (gone == nullptr) return done(noSuch(id));
    self->dropLife(*gone);
    for (auto at = self->containers_.begin(); at != self->containers_.end(); ++at) {
      if (&at->second != gone) continue;
      self->containers_.erase(at);
      break;
    }
    done("");
  });
}

}  // namespace pilothouse::docker
