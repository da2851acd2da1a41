#include "core/client/work_queue.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace pilothouse::client {
namespace {

// workqueue.DefaultTypedControllerRateLimiter: the larger of both delays.
constexpr SimDuration kBaseDelay = std::chrono::milliseconds(5);
constexpr SimDuration kMaxDelay = std::chrono::seconds(1000);
constexpr SimDuration kBucketInterval = std::chrono::milliseconds(100);  // 10 a second
constexpr int kBucketBurst = 100;

struct KeyState {
  bool dirty = false;       ///< waits in the queue, or will after its processing
  bool processing = false;  ///< a worker has it
  CauseId cause{};          ///< what first asked for it
  std::uint64_t turn = 0;   ///< which processing this is, so that a finish counts once
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <typename T>
using ByKey = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;  // order reaches nothing

}  // namespace

struct WorkQueue::State : std::enable_shared_from_this<State> {
  Simulator& simulator;
  int workers;
  Sync sync;
  ByKey<KeyState> keys;
  ByKey<int> failures;
  ByKey<std::pair<SimTime, TimerId>> delayed;
  std::deque<std::string> queue;
  int busy = 0;
  bool running = false;
  std::uint64_t turns = 0;
  std::uint64_t life = 0;  ///< grows with each stop: answers of an earlier life count no more
  SimTime bucketFull{};    ///< when the token bucket would be full again

  State(Simulator& s, int w, Sync f) : simulator(s), workers(w), sync(std::move(f)) {}

  void add(std::string_view key) {
    if (!running) return;
    auto at = keys.find(key);
    if (at == keys.end()) at = keys.emplace(std::string(key), KeyState()).first;
    KeyState& state = at->second;
    if (state.dirty) return;
    state.dirty = true;
    state.cause = simulator.cause();
    if (state.processing) return;
    queue.push_back(at->first);
    pump();
  }

  void pump() {
    while (busy < workers && !queue.empty()) {
      std::string key = std::move(queue.front());
      queue.pop_front();
      ++busy;
      KeyState& state = keys.find(key)->second;
      state.processing = true;
      const CauseScope scope(simulator, state.cause);
      simulator.after(SimDuration{}, [weak = weak_from_this(), key = std::move(key), born = life]() mutable {
        if (const auto queue_ = weak.lock(); queue_ && queue_->life == born) queue_->process(std::move(key));
      });
    }
  }

  // What is added from here on comes again: the sync reads its caches now.
  void process(std::string key) {
    KeyState& state = keys.find(key)->second;
    state.dirty = false;
    state.turn = ++turns;
    sync(key, [weak = weak_from_this(), key, born = life, turn = turns](Result result) {
      const auto queue_ = weak.lock();
      if (queue_ && queue_->life == born) queue_->finish(key, turn, result);
    });
  }

  void finish(const std::string& key, std::uint64_t turn, Result result) {
    const auto at = keys.find(key);
    if (at == keys.end() || !at->second.processing || at->second.turn != turn) return;
    --busy;
    at->second.processing = false;
    at->second.turn = 0;
    if (at->second.dirty) {
      queue.push_back(key);
    } else {
      keys.erase(at);
    }
    if (result == Result::Retry) {
      addRateLimited(key);
    } else {
      failures.erase(key);
    }
    pump();
  }

  void addAfter(std::string_view key, SimDuration delay) {
    if (!running) return;
    if (delay <= SimDuration{}) return add(key);
    const SimTime due = simulator.now() + delay;
    auto at = delayed.find(key);
    if (at != delayed.end()) {
      if (at->second.first <= due) return;
      simulator.cancel(at->second.second);
    } else {
      at = delayed.emplace(std::string(key), std::pair<SimTime, TimerId>()).first;
    }
    const TimerId timer = simulator.at(due, [weak = weak_from_this(), key = at->first] {
      const auto state = weak.lock();
      if (!state) return;
      state->delayed.erase(key);
      state->add(key);
    });
    at->second = {due, timer};
  }

  void addRateLimited(std::string_view key) {
    auto at = failures.find(key);
    if (at == failures.end()) at = failures.emplace(std::string(key), 0).first;
    const int exponent = std::min(at->second++, 40);
    const SimDuration backoff =
        exponent >= 28 ? kMaxDelay : std::min(kMaxDelay, kBaseDelay * (SimDuration::rep{1} << exponent));
    // A token bucket as the time at which it would be full: one token moves that by one interval.
    const SimTime now = simulator.now();
    bucketFull = std::max(bucketFull, now) + kBucketInterval;
    const SimDuration wait = std::max(SimDuration{}, (bucketFull - now) - kBucketBurst * kBucketInterval);
    addAfter(key, std::max(backoff, wait));
  }

  void stop() {
    running = false;
    ++life;
    busy = 0;
    keys.clear();
    failures.clear();
    for (const auto& [key, waiting] : delayed) simulator.cancel(waiting.second);
    delayed.clear();
    queue.clear();
  }
};

WorkQueue::WorkQueue(Simulator& simulator, int workers, Sync sync)
    : state_(std::make_shared<State>(simulator, workers, std::move(sync))) {}
WorkQueue::~WorkQueue() { state_->stop(); }

void WorkQueue::add(std::string_view key) { state_->add(key); }
void WorkQueue::addAfter(std::string_view key, SimDuration delay) { state_->addAfter(key, delay); }
void WorkQueue::addRateLimited(std::string_view key) { state_->addRateLimited(key); }

void WorkQueue::forget(std::string_view key) {
  if (const auto at = state_->failures.find(key); at != state_->failures.end()) state_->failures.erase(at);
}

int WorkQueue::failures(std::string_view key) const {
  const auto at = state_->failures.find(key);
  return at == state_->failures.end() ? 0 : at->second;
}

std::size_t WorkQueue::size() const { return state_->queue.size(); }
void WorkQueue::start() { state_->running = true; }
void WorkQueue::stop() { state_->stop(); }

}  // namespace pilothouse::client
