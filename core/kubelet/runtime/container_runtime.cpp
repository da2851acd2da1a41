#include "core/kubelet/runtime/container_runtime.hpp"

#include <algorithm>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::kubelet {
namespace {

// What the operations of a small machine take.
constexpr SimDuration kRunPodSandbox = std::chrono::milliseconds(180);
constexpr SimDuration kStopPodSandbox = std::chrono::milliseconds(40);
constexpr SimDuration kCreateContainer = std::chrono::milliseconds(25);
constexpr SimDuration kStartContainer = std::chrono::milliseconds(35);
constexpr SimDuration kImageStatus = std::chrono::microseconds(300);
constexpr SimDuration kRegistryRoundTrip = std::chrono::milliseconds(550);
constexpr SimDuration kRemove = std::chrono::milliseconds(5);
constexpr double kPullBytesPerSecond = 40e6;  // download and unpacking
constexpr double kJitter = 0.2;

const Key kHostNetwork = Key::intern("hostNetwork");
const Key kHostname = Key::intern("hostname");
const Key kNames = Key::intern("names");
const Key kSizeBytes = Key::intern("sizeBytes");

std::uint64_t hashOf(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

}  // namespace

ContainerRuntime::ContainerRuntime(Simulator& simulator, RuntimeOptions options)
    : simulator_(simulator),
      options_(std::move(options)),
      ipam_(options_.podCidr),
      network_(*this, options_.network),
      nodeIp_(parseIpv4(options_.nodeIp).value_or(0)),
      seed_(hashOf(options_.nodeName)) {}

std::string ContainerRuntime::idText(RuntimeId id) const {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::uint64_t state = seed_ ^ (id * 0x9e3779b97f4a7c15ULL);
  std::string text(64, '0');
  for (std::size_t i = 0; i < text.size(); i += 16) {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t word = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
    word ^= word >> 31;
    for (std::size_t j = 0; j < 16; ++j) text[i + j] = kHex[(word >> (4 * j)) & 15];
  }
  return text;
}

SimDuration ContainerRuntime::jittered(SimDuration base) {
  const double factor = 1 + kJitter * (2 * simulator_.random().unit() - 1);
  return SimDuration(static_cast<SimDuration::rep>(static_cast<double>(base.count()) * factor));
}

void ContainerRuntime::answerLater(SimDuration delay, CriDone done, CriAnswer answer) {
  simulator_.after(
      delay, [done = std::move(done), answer = std::move(answer)]() mutable { done(std::move(answer)); });
}

ContainerRuntime::Container* ContainerRuntime::find(RuntimeId id) {
  const auto at = containers_.find(id);
  return at == containers_.end() ? nullptr : &at->second;
}

// The newest container of that name.
ContainerRuntime::Container* ContainerRuntime::find(std::string_view ns, std::string_view pod,
                                                    std::string_view name) {
  for (auto at = containers_.rbegin(); at != containers_.rend(); ++at) {
    if (at->second.spec[keys::name].asString() != name) continue;
    const auto sandbox = sandboxes_.find(at->second.sandbox);
    if (sandbox == sandboxes_.end()) continue;
    if (sandbox->second.name.asString() == pod && sandbox->second.ns.asString() == ns) return &at->second;
  }
  return nullptr;
}

PodFiles& ContainerRuntime::files(Sandbox& sandbox) {
  if (sandbox.files == nullptr) sandbox.files = std::make_unique<PodFiles>();
  return *sandbox.files;
}

void ContainerRuntime::runPodSandbox(const Value& pod, CriDone done) {
  const Value& spec = pod[keys::spec];
  const bool hostNetwork = spec[kHostNetwork].asBool();
  CriAnswer answer;
  const auto address = hostNetwork ? std::optional(nodeIp_) : ipam_.allocate();
  const RuntimeId id = nextId_++;
  if (!address) {
    const std::string text = idText(id);
    answer.error =
        "rpc error: code = Unknown desc = failed to setup network for sandbox \"" + text +
        "\": plugin type=\"ptp\" failed (add): failed to allocate for range 0: no IP addresses available in "
        "range set: " +
        ipam_.range();
    return answerLater(jittered(kRunPodSandbox), std::move(done), std::move(answer));
  }
  const Value& metadata = api::meta(pod);
  Sandbox& sandbox = sandboxes_[id];
  sandbox.id = id;
  sandbox.name = metadata[keys::name];
  sandbox.ns = metadata[keys::namespace_];
  sandbox.uid = metadata[keys::uid];
  sandbox.hostname = spec.has(kHostname) ? spec[kHostname] : metadata[keys::name];
  if (hostNetwork) sandbox.hostname = options_.nodeName;
  sandbox.ip = *address;
  sandbox.hostNetwork = hostNetwork;
  sandbox.created = simulator_.now();
  answer.id = id;
  answer.text = ipv4Text(*address);
  answerLater(jittered(kRunPodSandbox), std::move(done), std::move(answer));
}

void ContainerRuntime::stopPodSandbox(RuntimeId id, CriDone done) {
  if (const auto at = sandboxes_.find(id); at != sandboxes_.end() && at->second.ready) {
    at->second.ready = false;
    if (!at->second.hostNetwork) ipam_.release(at->second.ip);
  }
  answerLater(jittered(kStopPodSandbox), std::move(done), {});
}

void ContainerRuntime::removePodSandbox(RuntimeId id, CriDone done) {
  for (auto at = containers_.begin(); at != containers_.end();) {
    if (at->second.sandbox == id) {
      tellStreams(at->first, true);
      simulator_.cancel(at->second.timer);
      if (const auto stopping = std::move(at->second.stopping)) {
        simulator_.cancel(stopping->kill);
        for (CriDone& waiting : stopping->waiting) waiting({});
      }
      at = containers_.erase(at);
    } else {
      ++at;
    }
  }
  sandboxes_.erase(id);
  answerLater(kRemove, std::move(done), {});
}

const ContainerRuntime::StoredImage* ContainerRuntime::findImage(const Value& reference) const {
  for (const StoredImage& stored : images_) {
    if (stored.reference == reference) return &stored;
  }
  return nullptr;
}

void ContainerRuntime::imageStatus(const Value& image, CriDone done) {
  CriAnswer answer;
  const StoredImage* stored = findImage(image);
  if (stored == nullptr) {
    const ImageReference reference = parseImageReference(image.asString());
    const std::string name = reference.valid() ? reference.name() : "";
    for (const StoredImage& other : images_) {
      if (other.name.asString() == name) stored = &other;
    }
  }
  if (stored != nullptr) {
    answer.text = stored->id;
    answer.image = stored->name;
    answer.number = stored->image->sizeBytes;
  }
  answerLater(kImageStatus, std::move(done), std::move(answer));
}

void ContainerRuntime::pullImage(const Value& image, CriDone done) {
  const ImageReference reference = parseImageReference(image.asString());
  CriAnswer answer;
  const Pullable pullable = lookUpImage(reference);
  answer.took = jittered(kRegistryRoundTrip);
  if (pullable.image == nullptr) {
    answer.error = pullable.error;
    const SimDuration took = answer.took;
    return answerLater(took, std::move(done), std::move(answer));
  }
  const StoredImage* stored = findImage(image);
  if (stored == nullptr) {
    const double seconds = static_cast<double>(pullable.image->sizeBytes) / kPullBytesPerSecond;
    answer.took += jittered(SimDuration(static_cast<SimDuration::rep>(seconds * 1e9)));
  }
  answer.number = pullable.image->sizeBytes;
  const SimDuration took = answer.took;
  simulator_.after(took, [weak = weak_from_this(), image, row = pullable.image, reference,
                          done = std::move(done), answer = std::move(answer)]() mutable {
    const auto self = weak.lock();
    if (self == nullptr) return;
    const StoredImage* there = self->findImage(image);
    if (there == nullptr) {
      self->images_.push_back(
          {image, reference.name(), reference.repository() + "@" + imageDigest(reference), row});
      ++self->imagesVersion_;
      there = &self->images_.back();
    }
    answer.text = there->id;
    answer.image = there->name;
    done(std::move(answer));
  });
}

void ContainerRuntime::createContainer(RuntimeId sandboxId, ContainerConfig config, CriDone done) {
  CriAnswer answer;
  const auto sandbox = sandboxes_.find(sandboxId);
  if (sandbox == sandboxes_.end()) {
    answer.error = "rpc error: code = NotFound desc = failed to find sandbox id \"" + idText(sandboxId) +
                   "\": not found";
    return answerLater(kCreateContainer, std::move(done), std::move(answer));
  }
  const RuntimeId id = nextId_++;
  Container& container = containers_[id];
  container.id = id;
  container.sandbox = sandboxId;
  container.spec = std::move(config.spec);
  container.env = std::move(config.env);
  container.attempt = config.attempt;
  container.image = &imageOf(parseImageReference(container.spec[keys::image].asString()));
  container.created = simulator_.now();
  for (std::size_t i = 0; i < config.volumes.size(); ++i) {
    files(sandbox->second).setVolume(config.volumes.memberKeys()[i].text(), config.volumes.memberValues()[i]);
  }
  answer.id = id;
  answer.text = "containerd://" + idText(id);
  answerLater(jittered(kCreateContainer), std::move(done), std::move(answer));
}

void ContainerRuntime::startContainer(RuntimeId id, CriDone done) {
  simulator_.after(
      jittered(kStartContainer), [weak = weak_from_this(), id, done = std::move(done)]() mutable {
        const auto self = weak.lock();
        if (self == nullptr) return;
        CriAnswer answer;
        Container* container = self->find(id);
        if (container == nullptr || container->state != State::Created) {
          answer.error = "rpc error: code = NotFound desc = an error occurred when try to find container \"" +
                         self->idText(id) + "\": not found";
          return done(std::move(answer));
        }
        PodFiles* files = self->sandboxes_.at(container->sandbox).files.get();
        ProcessPlan plan = planProcess(*container->image, container->spec, container->env,
                                       ContainerFiles(files, container->spec));
        if (plan.kind == ProcessPlan::Kind::NotFound) {
          answer.error = plan.error;
          container->state = State::Exited;
          container->startFailed = true;
          container->exitCode = 128;
          container->finished = self->simulator_.now();
          return done(std::move(answer));
        }
        self->begin(*container, std::move(plan));
        answer.when = container->started;
        done(std::move(answer));
      });
}

void ContainerRuntime::removeContainer(RuntimeId id, CriDone done) {
  if (Container* container = find(id); container != nullptr && container->state != State::Running) {
    simulator_.cancel(container->timer);
    containers_.erase(id);
  }
  answerLater(kRemove, std::move(done), {});
}

Value ContainerRuntime::imageList() const {
  std::vector<const StoredImage*> sorted;
  for (const StoredImage& stored : images_) sorted.push_back(&stored);
  // Largest first; of equal ones the first pulled.
  std::stable_sort(sorted.begin(), sorted.end(), [](const StoredImage* a, const StoredImage* b) {
    return a->image->sizeBytes > b->image->sizeBytes;
  });
  constexpr std::size_t kNodeStatusMaxImages = 50;
  std::vector<Value> list;
  for (const StoredImage* stored : sorted) {
    if (list.size() == kNodeStatusMaxImages) break;
    list.push_back(Value::object(
        {{kNames, Value::array({stored->id, stored->name})}, {kSizeBytes, stored->image->sizeBytes}}));
  }
  return Value::array(list);
}

}  // namespace pilothouse::kubelet
