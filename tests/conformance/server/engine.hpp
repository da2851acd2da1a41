#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/client/client.hpp"
#include "core/cluster/cluster.hpp"

namespace pilothouse::server {

/// How virtual time passes beside the wall's.
struct Speed {
  bool max = false;   ///< fast while somebody waits; stands nearly still otherwise
  double factor = 1;  ///< virtual seconds a second, when not max
};

struct EngineOptions {
  std::uint64_t seed = 1;
  std::string preset = "learning";
  Speed speed;
};

/// The simulated cluster behind the HTTP front: takes requests from outside and lets virtual time pass.
///
/// The only place that looks at the wall's clock. The session begins on a date such that the cluster has just
/// booted now; at other speeds than real time a day earlier, since clients work out ages with their own clock
/// and virtual time runs ahead of it.
class Engine {
 public:
  using WallClock = std::chrono::steady_clock;

  explicit Engine(const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Lets virtual time pass as the speed asks, for at most `budget`; true when there is more to do at once.
  bool advance(WallClock::duration budget);

  /// As client::Client's; virtual time runs ahead by the few milliseconds that an answer takes.
  void send(apiserver::Request request, client::Client::Done done);
  std::unique_ptr<client::Client::Watch> watch(apiserver::Request request, client::Client::Done started,
                                               std::function<void(const apiserver::WatchEvent&)> event,
                                               std::function<void()> closed);
  std::unique_ptr<client::Client::Stream> connect(apiserver::Request request,
                                                  client::Client::StreamHandler handler);
  /// What was written to a stream gets to its other end.
  void settle();
  /// A new client has connected: at speed max a second passes between a person's commands too.
  void arrived();
  /// Somebody asks the same thing again and again until it changes (drain, on one connection): at speed max,
  /// seconds pass between.
  void polled(const void* connection, const std::string& what);

  /// While one lives, somebody waits for something to happen.
  using Waiting = std::shared_ptr<void>;
  Waiting waiting();

  /// A copy of a user agent that lives as long as the engine.
  std::string_view keep(std::string_view userAgent);
  [[nodiscard]] cluster::Cluster& cluster() { return cluster_; }
  [[nodiscard]] bool etcdHealthy();

 private:
  void runAhead(const bool& answered);
  [[nodiscard]] double factor();
  bool runUntil(SimTime time, WallClock::time_point deadline);

  Speed speed_;
  cluster::Cluster cluster_;
  SimTime simAnchor_;
  WallClock::time_point wallAnchor_;
  WallClock::time_point arrived_{};
  std::size_t waiting_ = 0;
  SimTime stirred_;  ///< when somebody who waits last heard something
  std::set<std::string, std::less<>> userAgents_;
  std::map<std::pair<const void*, std::string>, WallClock::time_point> polls_;
};

}  // namespace pilothouse::server
