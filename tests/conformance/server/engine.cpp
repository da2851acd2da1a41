#include "tests/conformance/server/engine.hpp"

#include <algorithm>
#include <utility>

#include "core/sim/session.hpp"

namespace pilothouse::server {
namespace {

using namespace std::chrono_literals;

constexpr SimDuration kBoot = 60s;        // nodes are Ready and the system's pods run well before
constexpr SimDuration kHeadStart = 24h;   // at speeds that run ahead of the wall
constexpr SimDuration kAheadMax = 500ms;  // of one request
constexpr auto kRequestBudget = 250ms;    // of the wall's time
// Speed max. Where nothing happens for long, clients' own timeouts (--timeout=3s) must come before the
// cluster's (a Deployment's ten minutes).
constexpr double kMaxFactor = 300;
constexpr double kMaxFactorIdle = 60;
constexpr SimDuration kIdleAfter = 300s;
constexpr auto kMaxTick = 10ms;  // of the wall's time, at most, that one advance() stands for
constexpr SimDuration kArrivalPause = 1s;
constexpr auto kSameCommand = 30ms;  // of the wall's time: connections so close together are one command's
constexpr SimDuration kPollPause = 5s;
constexpr auto kPollForgotten = 15s;
constexpr std::size_t kPollsMax = 256;
constexpr std::size_t kUserAgentsMax = 1000;
constexpr std::uint64_t kSlice = 500;  // events between looks at the clock

Session sessionOf(const EngineOptions& options) {
  Session session(options.seed, options.preset);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const bool runsAhead = options.speed.max || options.speed.factor > 1;
  session.setStart(SimTime(now.time_since_epoch()) - kBoot - (runsAhead ? kHeadStart : SimDuration{}));
  return session;
}

}  // namespace

Engine::Engine(const EngineOptions& options) : speed_(options.speed), cluster_(sessionOf(options)) {
  cluster_.simulator().runFor(kBoot);
  simAnchor_ = cluster_.simulator().now();
  stirred_ = simAnchor_;
  wallAnchor_ = WallClock::now();
}

Engine::~Engine() = default;

bool Engine::runUntil(SimTime time, WallClock::time_point deadline) {
  Simulator& simulator = cluster_.simulator();
  while (simulator.runSome(time, kSlice) == kSlice) {
    if (WallClock::now() >= deadline) return false;
  }
  return true;
}

double Engine::factor() {
  return cluster_.simulator().now() - stirred_ > kIdleAfter ? kMaxFactorIdle : kMaxFactor;
}

bool Engine::advance(WallClock::duration budget) {
  const auto now = WallClock::now();
  SimTime target = simAnchor_;
  if (!speed_.max) {
    const std::chrono::duration<double> passed = now - wallAnchor_;
    target += std::chrono::duration_cast<SimDuration>(passed * speed_.factor);
  } else if (waiting_ > 0) {
    const auto passed = std::min<std::chrono::duration<double>>(now - wallAnchor_, kMaxTick);
    target = cluster_.simulator().now() + std::chrono::duration_cast<SimDuration>(passed * factor());
  }
  if (speed_.max) wallAnchor_ = now;
  if (target <= cluster_.simulator().now()) return false;
  if (runUntil(target, now + budget)) return false;
  // Too slow a machine runs slower; what it could not do is forgotten.
  simAnchor_ = cluster_.simulator().now();
  wallAnchor_ = WallClock::now();
  return true;
}

void Engine::runAhead(const bool& answered) {
  Simulator& simulator = cluster_.simulator();
  const SimTime limit = simulator.now() + kAheadMax;
  const auto deadline = WallClock::now() + kRequestBudget;
  while (!answered) {
    const auto next = simulator.nextEventTime();
    if (!next || *next > limit || WallClock::now() >= deadline) return;
    simulator.step();
  }
}

void Engine::send(apiserver::Request request, client::Client::Done done) {
  auto answered = std::make_shared<bool>(false);
  cluster_.user().send(std::move(request), [this, answered, waits = waiting(),
                                            done = std::move(done)](client::Response response) mutable {
    *answered = true;
    stirred_ = cluster_.simulator().now();
    waits.reset();
    done(std::move(response));
  });
  runAhead(*answered);
}

std::unique_ptr<client::Client::Watch> Engine::watch(apiserver::Request request, client::Client::Done started,
                                                     std::function<void(const apiserver::WatchEvent&)> event,
                                                     std::function<void()> closed) {
  auto answered = std::make_shared<bool>(false);
  auto handle = cluster_.user().watch(
      std::move(request),
      [answered, started = std::move(started)](client::Response response) mutable {
        *answered = true;
        started(std::move(response));
      },
      [this, event = std::move(event)](const apiserver::WatchEvent& next) {
        if (next.type != apiserver::WatchEvent::Type::Bookmark) stirred_ = cluster_.simulator().now();
        event(next);
      },
      std::move(closed));
  runAhead(*answered);
  return handle;
}

std::unique_ptr<client::Client::Stream> Engine::connect(apiserver::Request request,
                                                        client::Client::StreamHandler handler) {
  auto answered = std::make_shared<bool>(false);
  auto started = std::make_shared<client::Client::Done>(std::move(handler.started));
  handler.data = [this, data = std::move(handler.data)](std::uint8_t channel, const std::string& bytes) {
    stirred_ = cluster_.simulator().now();
    data(channel, bytes);
  };
  handler.started = [answered, started](client::Response response) {
    *answered = true;
    (*started)(std::move(response));
  };
  auto stream = cluster_.user().connect(std::move(request), std::move(handler));
  runAhead(*answered);
  return stream;
}

void Engine::settle() { cluster_.simulator().runFor(20ms); }

void Engine::arrived() {
  if (!speed_.max) return;
  const auto now = WallClock::now();
  if (now - std::exchange(arrived_, now) < kSameCommand) return;
  runUntil(cluster_.simulator().now() + kArrivalPause, now + kRequestBudget);
}

void Engine::polled(const void* connection, const std::string& what) {
  if (!speed_.max) return;
  const auto now = WallClock::now();
  if (polls_.size() >= kPollsMax) polls_.clear();
  const auto [at, first] = polls_.try_emplace({connection, what}, now);
  if (!first && now - at->second < kPollForgotten) {
    runUntil(cluster_.simulator().now() + kPollPause, now + kRequestBudget);
  }
  at->second = now;
}

Engine::Waiting Engine::waiting() {
  ++waiting_;
  return Waiting(this, [](void* engine) { --static_cast<Engine*>(engine)->waiting_; });
}

std::string_view Engine::keep(std::string_view userAgent) {
  const auto at = userAgents_.find(userAgent);
  if (at != userAgents_.end()) return *at;
  if (userAgents_.size() >= kUserAgentsMax) return "unknown";
  return *userAgents_.emplace(userAgent).first;
}

bool Engine::etcdHealthy() {
  const auto etcd = cluster_.network().find("etcd");
  return !etcd || cluster_.network().isUp(*etcd);
}

}  // namespace pilothouse::server
