#include "core/client/informer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::client {
namespace {

using apiserver::RequestOptions;
using apiserver::Verb;
using apiserver::WatchEvent;

// client-go's reflector: wait.NewExponentialBackoffManager(800ms, 30s, 2min, 2.0, 1.0).
constexpr SimDuration kBackoffInitial = std::chrono::milliseconds(800);
constexpr SimDuration kBackoffMax = std::chrono::seconds(30);
constexpr SimDuration kBackoffReset = std::chrono::minutes(2);
// A watch ends itself after 5 to 10 minutes (minWatchTimeout).
constexpr SimDuration kWatchTimeoutMin = std::chrono::minutes(5);
// "very short watch": one that ended within a second without an event.
constexpr SimDuration kShortWatch = std::chrono::seconds(1);

const Key kCode = Key::intern("code");
constexpr std::int64_t kGone = 410;

}  // namespace

struct Informer::State : std::enable_shared_from_this<State> {
  Client& client;
  const api::Resource& resource;
  Options options;
  Store store;
  std::vector<std::function<void(const Change&)>> handlers;
  std::vector<std::function<void()>> onSynced;
  std::unique_ptr<Client::Watch> watch;
  std::string version;
  bool running = false;
  bool synced = false;
  bool waiting = false;  ///< for the next attempt
  std::uint64_t life = 0;
  TimerId retry{};
  SimDuration backoff = kBackoffInitial;
  SimTime lastBackoff{};
  SimTime watchStarted{};

  State(Client& c, const api::Resource& r, Options o) : client(c), resource(r), options(std::move(o)) {}

  [[nodiscard]] Simulator& simulator() const { return client.simulator(); }

  void tell(const Change& change) {
    const std::uint64_t born = life;
    for (const auto& handler : handlers) {
      handler(change);
      if (life != born) return;
    }
  }

  [[nodiscard]] std::shared_ptr<RequestOptions> requestOptions() const {
    auto request = std::make_shared<RequestOptions>();
    request->labelSelector = options.labelSelector;
    request->fieldSelector = options.fieldSelector;
    return request;
  }

  [[nodiscard]] Request request(Verb verb, std::shared_ptr<RequestOptions> requestOptions_) const {
    Request result;
    result.verb = verb;
    result.resource = &resource;
    if (!options.namespace_.empty()) result.namespace_ = Value(options.namespace_);
    result.options = std::move(requestOptions_);
    return result;
  }

  /// The whole state first: from the watch cache ("0"), or after an expired version from etcd ("").
  void list(std::string_view from) {
    auto listOptions = requestOptions();
    listOptions->resourceVersion = from;
    client.send(request(Verb::List, std::move(listOptions)),
                [weak = weak_from_this(), born = life](Response response) {
                  const auto state = weak.lock();
                  if (!state || state->life != born) return;
                  if (!response.ok()) return state->later([](State& s) { s.list("0"); });
                  state->replace(response.body);
                });
  }

  void replace(const Value& listed) {
    version = listed.get(keys::metadata, keys::resourceVersion).toString();
    const std::uint64_t born = life;
    const bool first = !synced;
    if (!first) {
      Store fresh;
      for (const Value& object : listed[keys::items].items()) fresh.put(object);
      std::vector<Value> gone;
      store.forEach([&](const Value& object) {
        if (fresh.find(api::namespaceOf(object), api::name(object)).isNull()) gone.push_back(object);
      });
      for (const Value& object : gone) {
        store.erase(object);
        tell({object, Value(), false});
        if (life != born) return;
      }
    }
    for (const Value& object : listed[keys::items].items()) {
      const Value before = store.put(object);
      if (before.sameAs(object) ||
          (!before.isNull() && api::resourceVersion(before) == api::resourceVersion(object))) {
        continue;
      }
      tell({before, object, first});
      if (life != born) return;
    }
    synced = true;
    startWatch();
    if (first) {
      for (const auto& told : onSynced) told();
    }
  }

  void startWatch() {
    auto watchOptions = requestOptions();
    watchOptions->resourceVersion = version;
    watchOptions->allowWatchBookmarks = true;
    watchOptions->watchTimeout =
        kWatchTimeoutMin + SimDuration(static_cast<SimDuration::rep>(simulator().random().below(
                               static_cast<std::uint64_t>(kWatchTimeoutMin.count()))));
    watchStarted = simulator().now();
    const CauseScope own(simulator(), CauseId::None);
    watch = client.watch(
        request(Verb::Watch, std::move(watchOptions)),
        [weak = weak_from_this(), born = life](Response response) {
          const auto state = weak.lock();
          if (!state || state->life != born || response.ok()) return;
          if (response.code == kGone) return state->later([](State& s) { s.list(""); });
          state->later([](State& s) { s.startWatch(); });
        },
        [this, born = life](const WatchEvent& event) {
          if (life == born) take(event);
        },
        [weak = weak_from_this(), born = life] {
          const auto state = weak.lock();
          // A stream that ended in an error is waited for already.
          if (!state || state->life != born || state->waiting) return;
          if (state->simulator().now() - state->watchStarted < kShortWatch) {
            return state->later([](State& s) { s.startWatch(); });
          }
          state->startWatch();
        });
  }

  void take(const WatchEvent& event) {
    const Value& object = event.object;
    switch (event.type) {
      case WatchEvent::Type::Error: {
        const bool expired = object[kCode].asInt() == kGone;
        return later([expired](State& s) { expired ? s.list("") : s.startWatch(); });
      }
      case WatchEvent::Type::Bookmark:
        version = object.get(keys::metadata, keys::resourceVersion).toString();
        return;
      case WatchEvent::Type::Deleted: {
        version = object.get(keys::metadata, keys::resourceVersion).toString();
        Value before = store.erase(object);
        if (!before.isNull()) tell({std::move(before), Value(), false});
        return;
      }
      case WatchEvent::Type::Added:
      case WatchEvent::Type::Modified:
        version = object.get(keys::metadata, keys::resourceVersion).toString();
        tell({store.put(object), object, false});
        return;
    }
  }

  template <typename Next>
  void later(Next next) {
    const CauseScope own(simulator(), CauseId::None);
    const SimTime now = simulator().now();
    if (now - lastBackoff > kBackoffReset) backoff = kBackoffInitial;
    lastBackoff = now;
    const double jitter = 1 + simulator().random().unit();
    const auto delay =
        SimDuration(static_cast<SimDuration::rep>(static_cast<double>(backoff.count()) * jitter));
    backoff = std::min(kBackoffMax, backoff * 2);
    waiting = true;
    retry = simulator().after(delay, [weak = weak_from_this(), born = life, next] {
      const auto state = weak.lock();
      if (!state || state->life != born) return;
      state->waiting = false;
      next(*state);
    });
  }

  void stop() {
    running = false;
    synced = false;
    waiting = false;
    ++life;
    watch.reset();
    simulator().cancel(retry);
    store.clear();
    version.clear();
    backoff = kBackoffInitial;
  }
};

Informer::Informer(Client& client, const api::Resource& resource, Options options)
    : state_(std::make_shared<State>(client, resource, std::move(options))) {}
Informer::~Informer() { state_->stop(); }

void Informer::onChange(std::function<void(const Change&)> handler) {
  assert(!state_->running);
  state_->handlers.push_back(std::move(handler));
}

void Informer::start() {
  if (state_->running) return;
  state_->running = true;
  state_->list("0");
}

void Informer::stop() { state_->stop(); }
bool Informer::hasSynced() const { return state_->synced; }
Store& Informer::store() { return state_->store; }
const Store& Informer::store() const { return state_->store; }
const api::Resource& Informer::resource() const { return state_->resource; }
std::string_view Informer::lastResourceVersion() const { return state_->version; }

struct SharedInformerFactory::State {
  explicit State(Client& c) : client(c) {}
  Client& client;
  std::vector<std::unique_ptr<Informer>> informers;  ///< in order of first asking
  std::size_t unsynced = 0;
  std::uint64_t life = 0;
  std::function<void()> synced;
};

SharedInformerFactory::SharedInformerFactory(Client& client) : state_(std::make_shared<State>(client)) {}
SharedInformerFactory::~SharedInformerFactory() = default;

Informer& SharedInformerFactory::informer(const api::Resource& resource) {
  for (const auto& informer : state_->informers) {
    if (&informer->resource() == &resource) return *informer;
  }
  return *state_->informers.emplace_back(std::make_unique<Informer>(state_->client, resource));
}

void SharedInformerFactory::start(std::function<void()> synced) {
  State& s = *state_;
  s.synced = std::move(synced);
  s.unsynced = s.informers.size();
  for (const auto& informer : s.informers) {
    informer->state_->onSynced = {[weak = std::weak_ptr<State>(state_), life = s.life] {
      const auto state = weak.lock();
      if (!state || state->life != life || --state->unsynced > 0) return;
      if (state->synced) state->synced();
    }};
    informer->start();
  }
}

void SharedInformerFactory::stop() {
  ++state_->life;
  for (const auto& informer : state_->informers) informer->stop();
}

}  // namespace pilothouse::client
