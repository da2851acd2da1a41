#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/client/client.hpp"
#include "core/client/store.hpp"

namespace pilothouse::client {

/// What an informer tells. `before` is null for an addition, `after` null for a deletion.
struct Change {
  Value before;
  Value after;
  bool initial = false;  ///< part of the first list
};

/// Reflector and shared informer in one: lists, watches from there, keeps a Store, tells its handlers.
///
/// As client-go's: a broken watch is taken up again from the last resourceVersion with back-off (800 ms
/// doubled to 30 s, with jitter), "Expired" leads to a new list whose differences are told as changes;
/// bookmarks move the version on. One informer a kind and component is shared by all that component's
/// controllers; objects are the same shared trees that the API server sent.
class Informer {
 public:
  struct Options {
    std::string namespace_;
    std::string labelSelector;
    std::string fieldSelector;  ///< "spec.nodeName=node-1": served by the watch cache's index
  };
  Informer(Client& client, const api::Resource& resource, Options options = {});
  ~Informer();
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  /// Handlers run in order of addition, after the store has changed. Add them, and indexes, before start().
  void onChange(std::function<void(const Change&)> handler);
  void start();
  void stop();  ///< also forgets what it knew, as a crashed process does

  [[nodiscard]] bool hasSynced() const;
  [[nodiscard]] Store& store();
  [[nodiscard]] const Store& store() const;
  [[nodiscard]] const api::Resource& resource() const;
  [[nodiscard]] std::string_view lastResourceVersion() const;

 private:
  friend class SharedInformerFactory;
  struct State;
  std::shared_ptr<State> state_;
};

/// A component's informers, one a resource, made at first asking (client-go's SharedInformerFactory).
class SharedInformerFactory {
 public:
  explicit SharedInformerFactory(Client& client);
  ~SharedInformerFactory();
  Informer& informer(const api::Resource& resource);
  /// Starts all; `synced` runs once, when every one has its first list.
  void start(std::function<void()> synced);
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::client
