#include "core/controller_manager/expectations.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::controller_manager {

void Expectations::expectCreations(std::int64_t count, SimTime now) {
  creations_ = count;
  deletions_.clear();
  since_ = now;
}

void Expectations::expectDeletions(std::vector<std::string> podNames, SimTime now) {
  creations_ = 0;
  deletions_ = std::move(podNames);
  std::sort(deletions_.begin(), deletions_.end());
  since_ = now;
}

void Expectations::creationObserved() {
  if (creations_ > 0) --creations_;
}

void Expectations::deletionObserved(std::string_view podName) {
  const auto at = std::lower_bound(deletions_.begin(), deletions_.end(), podName);
  if (at != deletions_.end() && *at == podName) deletions_.erase(at);
}

bool Expectations::satisfied(SimTime now) const {
  return (creations_ == 0 && deletions_.empty()) || now - since_ > kTimeout;
}

}  // namespace pilothouse::controller_manager
