#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/sim/simulator.hpp"

namespace pilothouse::client {

/// client-go's rate limiting work queue with its workers.
///
/// A key is processed by one worker at a time; added while it is being processed, it comes again after. Up to
/// `workers` keys are in the air (a sync is a chain of requests: `finish` ends it). Failed keys come back
/// after max(5 ms·2^failures up to 1000 s, overall 10 qps with a bucket of 100), as
/// DefaultTypedControllerRateLimiter.
class WorkQueue {
 public:
  enum class Result : std::uint8_t { Done, Retry };
  using Finish = Function<void(Result)>;
  using Sync = std::function<void(const std::string& key, Finish finish)>;

  WorkQueue(Simulator& simulator, int workers, Sync sync);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void add(std::string_view key);
  void addAfter(std::string_view key, SimDuration delay);
  void addRateLimited(std::string_view key);
  void forget(std::string_view key);
  [[nodiscard]] int failures(std::string_view key) const;
  [[nodiscard]] std::size_t size() const;
  /// Nothing is processed while stopped (not leading, or crashed); stop() empties the queue.
  void start();
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::client
