#include "core/kubelet/image_manager.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kImagePullPolicy = Key::intern("imagePullPolicy");
const Key kInitContainers = Key::intern("initContainers");

std::string quoted(const Value& text) { return "\"" + text.toString() + "\""; }

std::string milliseconds(SimDuration duration) {
  return durationText(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

}  // namespace

std::string containerFieldPath(const Value& pod, const Value& container) {
  for (const Value& init : pod.get(keys::spec, kInitContainers).items()) {
    if (init[keys::name] == container[keys::name])
      return "spec.initContainers{" + init[keys::name].toString() + "}";
  }
  return "spec.containers{" + container[keys::name].toString() + "}";
}

void ImageManager::event(const Pull& pull, std::string_view type, std::string_view reason,
                         const std::string& message) {
  recorder_.event(pull.pod, containerFieldPath(pull.pod, pull.container), type, reason, message);
}

void ImageManager::forget() {
  queue_.clear();
  pulling_ = false;
}

void ImageManager::ensureImageExists(const Value& pod, const Value& container, std::weak_ptr<void> alive,
                                     Failures& failures, Done done) {
  auto pull = std::make_shared<Pull>(
      Pull{pod, container, std::move(alive), &failures, std::move(done), simulator_.now(), {}});
  const ImageReference reference = parseImageReference(container[keys::image].asString());
  if (!reference.valid()) {
    const std::string message = "Failed to apply default image tag " + quoted(container[keys::image]) +
                                ": couldn't parse image name " + quoted(container[keys::image]) + ": " +
                                reference.error;
    event(*pull, "Warning", "InspectFailed", message);
    return pull->done({"InvalidImageName", message, {}, {}});
  }
  runtime_.imageStatus(pod, container[keys::image], [weak = weak_from_this(), pull](CriAnswer answer) {
    if (const auto self = weak.lock()) self->inspected(pull, std::move(answer));
  });
}

void ImageManager::inspected(const PullPtr& pull, CriAnswer answer) {
  if (pull->alive.expired()) return;
  const Value& image = pull->container[keys::image];
  if (!answer.ok()) {
    const std::string message = "Failed to inspect image " + quoted(image) + ": " + answer.error;
    event(*pull, "Warning", "InspectFailed", message);
    return pull->done({"ImageInspectError", message, {}, {}});
  }
  const bool present = !answer.text.isNull();
  const std::string_view policy = pull->container[kImagePullPolicy].asString();
  if (policy == "Never" || (policy != "Always" && present)) {
    if (present) {
      event(*pull, "Normal", "Pulled", "Container image " + quoted(image) + " already present on machine");
      return pull->done({"", "", answer.image, answer.text});
    }
    const std::string message =
        "Container image " + quoted(image) + " is not present with pull policy of Never";
    event(*pull, "Warning", "ErrImageNeverPull", message);
    return pull->done({"ErrImageNeverPull", message, {}, {}});
  }
  Failures& failures = *pull->failures;
  if (failures.backoff.holds(simulator_.now())) {
    std::string message = "Back-off pulling image " + quoted(image);
    event(*pull, "Normal", "BackOff", message);
    if (!failures.message.empty()) message += ": " + failures.message;
    return pull->done({"ImagePullBackOff", std::move(message), {}, {}});
  }
  event(*pull, "Normal", "Pulling", "Pulling image " + quoted(image));
  pull->asked = simulator_.now();
  queue_.push_back(pull);
  if (!pulling_) pullNext();
}

void ImageManager::pullNext() {
  // Nobody waits any more for the pull of a pod that has gone.
  while (!queue_.empty() && queue_.front()->alive.expired()) queue_.pop_front();
  pulling_ = !queue_.empty();
  if (!pulling_) return;
  const PullPtr pull = queue_.front();
  pull->begun = simulator_.now();
  runtime_.pullImage(pull->pod, pull->container[keys::image],
                     [weak = weak_from_this(), pull](CriAnswer answer) {
                       const auto self = weak.lock();
                       if (self == nullptr || self->queue_.empty() || self->queue_.front() != pull) return;
                       self->queue_.pop_front();
                       self->pulled(pull, std::move(answer));
                       self->pullNext();
                     });
}

void ImageManager::pulled(const PullPtr& pull, CriAnswer answer) {
  if (pull->alive.expired()) return;
  const Value& image = pull->container[keys::image];
  const SimTime now = simulator_.now();
  Failures& failures = *pull->failures;
  if (!answer.ok()) {
    event(*pull, "Warning", "Failed", "Failed to pull image " + quoted(image) + ": " + answer.error);
    failures.backoff.next(now, now);
    failures.message = "ErrImagePull: " + answer.error;
    return pull->done({"ErrImagePull", answer.error, {}, {}});
  }
  failures.message.clear();
  event(*pull, "Normal", "Pulled",
        "Successfully pulled image " + quoted(image) + " in " + milliseconds(now - pull->begun) + " (" +
            milliseconds(now - pull->asked) +
            " including waiting). Image size: " + std::to_string(answer.number) + " bytes.");
  pull->done({"", "", answer.image, answer.text});
}

}  // namespace pilothouse::kubelet
