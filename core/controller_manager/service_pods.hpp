#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/client/informer.hpp"
#include "core/client/store.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::controller_manager {

/// Which pods each Service selects, kept up with every change, for the Endpoints and EndpointSlice
/// controllers.
///
/// Only pods that can be endpoints count: those with an address that have not finished. Upstream lists a
/// namespace's pods by selector at each sync. Here a pod's change costs the matching of its
/// labels against the selectors of its namespace's Services, and nothing in a namespace without any.
class ServicePods {
 public:
  /// `pod` is what changed, null for the Service itself; `since` is when it did (metav1.Time), or null:
  /// endpoints.kubernetes.io/last-change-trigger-time.
  using Listener = std::function<void(const std::string& serviceKey, const Value& pod, const Value& since)>;

  ServicePods(client::Informer& services, client::Informer& pods);

  void onChange(Listener listener) { listeners_.push_back(std::move(listener)); }
  void forEach(std::string_view serviceKey, const std::function<void(const Value&)>& visit) const;
  /// The pod of that name, or null when the Service does not select it (now).
  [[nodiscard]] const Value& find(std::string_view serviceKey, std::string_view pod) const;
  [[nodiscard]] std::size_t count(std::string_view serviceKey) const;

 private:
  struct Selected {
    std::string key;  ///< "namespace/name" of the Service
    Value selectorMap;
    LabelSelector selector;
    client::Store pods;
  };
  using Namespace = std::map<std::string, Selected, std::less<>>;  ///< by key of the Service
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void serviceChanged(const client::Change& change);
  void podChanged(const client::Change& change);
  void tell(const std::string& key, const Value& pod, const Value& since);
  [[nodiscard]] const Selected* selected(std::string_view serviceKey) const;

  client::Informer& pods_;
  std::vector<Listener> listeners_;
  std::unordered_map<std::string, Namespace, TextHash, std::equal_to<>> namespaces_;  // never iterated
};

/// The trigger times of Services since they were last taken, the earliest of each.
class TriggerTimes {
 public:
  void note(const std::string& serviceKey, const Value& since);
  Value take(const std::string& serviceKey);

 private:
  std::unordered_map<std::string, Value> earliest_;  // never iterated
};

/// What endpoints of either kind have in common (endpoint/util/controller_utils.go).
bool shouldBeInEndpoints(const Value& pod, bool includeTerminating);
bool shouldSetHostname(const Value& pod, const Value& service);
bool isHeadless(const Value& service);
bool isExternalName(const Value& service);
/// True when some port of the Service names its target, so that pods may differ in their ports.
bool hasNamedTargetPorts(const Value& service);
/// The Service's ports at the pod, as EndpointPorts; a named one that the pod lacks is left out.
Value endpointPorts(const Value& service, const Value& pod);
/// {kind: Pod, name, namespace, uid}.
Value podReference(const Value& pod);
/// A Service's labels without those that are reserved to endpoints, with the headless mark.
Value withHeadlessLabel(const Value& labels, const Value& service);

}  // namespace pilothouse::controller_manager
