#pragma once

#include "core/sim/time.hpp"

namespace pilothouse::kubelet {

/// Somebody who follows one container: its log, or a command run in it.
class ContainerStream {
 public:
  virtual ~ContainerStream() = default;
  /// The container's main process has ended.
  virtual void containerEnded() = 0;
  /// It has said something that no clock told of.
  virtual void containerSpoke() {}
};

}  // namespace pilothouse::kubelet
