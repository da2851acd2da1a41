#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::lesson {

/// What a lesson may see and do: cluster state, inputs, and the clock's pace. Implemented over Cluster by the
/// page and by the headless player in tests, so that every lesson's solution is a test.
class World {
 public:
  virtual ~World() = default;
  /// Objects of a resource ("deployments", group "apps"), `ns` "" for all, as stored in etcd.
  virtual void forEach(std::string_view group, std::string_view plural, std::string_view ns,
                       const std::function<void(const Value&)>& visit) = 0;
  [[nodiscard]] virtual std::uint64_t revision() = 0;  ///< unchanged means that no check can have changed
  [[nodiscard]] virtual SimDuration elapsed() = 0;
  /// The same inputs that a person gives (see Cluster::input); returns the input's id.
  virtual std::uint64_t input(Key verb, const Value& arguments) = 0;
  /// How the learner watches: speed factor, 0 for pause.
  virtual void setSpeed(double speed) = 0;
  /// A fresh cluster: preset and seed of the lesson.
  virtual void reset(std::string_view preset, std::uint64_t seed) = 0;
  /// Puts a manifest into the editor, as "show me" and a step's set-up do.
  virtual void openManifest(std::string_view fileName, std::string_view text) = 0;
  /// Points: "component:kube-apiserver", "pod:default/web-abc", "field:spec.replicas", "" for nothing.
  virtual void highlight(std::string_view target) = 0;
};

}  // namespace pilothouse::lesson
