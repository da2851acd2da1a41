#pragma once

#include <deque>
#include <memory>
#include <string>

#include "core/client/event_recorder.hpp"
#include "core/kubelet/backoff.hpp"
#include "core/kubelet/runtime_service.hpp"

namespace pilothouse::kubelet {

/// Brings images to the node (pkg/kubelet/images): pull policies, one pull at a time (serializeImagePulls),
/// back-off of failed ones, and the events that tell of it.
class ImageManager : public std::enable_shared_from_this<ImageManager> {
 public:
  ImageManager(Simulator& simulator, RuntimeService& runtime, client::EventRecorder& recorder)
      : simulator_(simulator), runtime_(runtime), recorder_(recorder) {}

  /// What is remembered of a container's failed pulls.
  struct Failures {
    Backoff backoff;
    std::string message;  ///< "ErrImagePull: rpc error: …"
  };
  struct Result {
    std::string_view reason;  ///< "" when the image is there; "ErrImagePull", "ImagePullBackOff"…
    std::string message;
    Value image;    ///< docker.io/library/nginx:1.27
    Value imageId;  ///< docker.io/library/nginx@sha256:…
  };
  using Done = Function<void(Result)>;
  /// `failures` lives as long as the container's record; it is read and written only while `alive` says that
  /// the record is there.
  void ensureImageExists(const Value& pod, const Value& container, std::weak_ptr<void> alive,
                         Failures& failures, Done done);
  /// kubelet's process ends.
  void forget();

 private:
  struct Pull {
    Value pod;
    Value container;
    std::weak_ptr<void> alive;
    Failures* failures;
    Done done;
    SimTime asked{};
    SimTime begun{};
  };
  using PullPtr = std::shared_ptr<Pull>;
  void inspected(const PullPtr& pull, CriAnswer answer);
  void pullNext();
  void pulled(const PullPtr& pull, CriAnswer answer);
  void event(const Pull& pull, std::string_view type, std::string_view reason, const std::string& message);

  Simulator& simulator_;
  RuntimeService& runtime_;
  client::EventRecorder& recorder_;
  std::deque<PullPtr> queue_;  ///< the first is being pulled
  bool pulling_ = false;
};

/// fieldPath of an event about a container: "spec.containers{php-redis}".
std::string containerFieldPath(const Value& pod, const Value& container);

}  // namespace pilothouse::kubelet
