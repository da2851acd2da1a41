#include "core/controller_manager/rate_limited_queue.hpp"

#include <algorithm>

namespace pilothouse::controller_manager {

bool RateLimitedQueue::add(std::string_view node) {
  if (std::find(waiting_.begin(), waiting_.end(), node) != waiting_.end()) return false;
  waiting_.emplace_back(node);
  return true;
}

bool RateLimitedQueue::remove(std::string_view node) {
  const auto at = std::find(waiting_.begin(), waiting_.end(), node);
  if (at == waiting_.end()) return false;
  waiting_.erase(at);
  return true;
}

std::string RateLimitedQueue::next(SimTime now) {
  if (waiting_.empty() || perSecond_ <= 0 || now < allowedFrom_) return {};
  allowedFrom_ = now + SimDuration(static_cast<SimDuration::rep>(1e9 / perSecond_));
  return waiting_.front();
}

void RateLimitedQueue::postpone(std::string_view node) {
  if (remove(node)) waiting_.emplace_back(node);
}

void RateLimitedQueue::setRate(double perSecond, SimTime now) {
  if (perSecond == perSecond_) return;
  perSecond_ = perSecond;
  allowedFrom_ = now;
}

}  // namespace pilothouse::controller_manager
