#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/scheduler/pod_scheduler.hpp"
#include "core/sim/random.hpp"
#include "core/value/document.hpp"

namespace pilothouse::scheduler {

inline Value yaml(std::string_view text) {
  const Documents read = readYaml(text);
  REQUIRE_FALSE(read.error);
  REQUIRE(read.documents.size() == 1);
  return read.documents.front().value;
}

/// The scheduling algorithm over nodes and pods that a test builds, without a cluster.
struct Bench {
  Random random{1};
  LabelSelector selects = LabelSelector::everything();  ///< what Services and controllers select
  std::uint64_t generation = 1;
  Listers listers{[this](const Value&) { return selects; }, [this] { return generation; },
                  [](std::string_view ns) {
                    return Value::object({{Key::intern("team"), Value(ns)}});
                  },
                  [](const LabelSelector& selector) {
                    std::vector<Value> names;
                    for (const char* ns : {"default", "other"}) {
                      if (selector.matches(Value::object({{Key::intern("team"), ns}})))
                        names.emplace_back(ns);
                    }
                    return names;
                  }};
  Framework framework{listers};
  Cache cache;
  PodScheduler scheduler{framework, cache, random};
  int serial = 0;

  /// A node of 4 cpu and 8Gi with room for 110 pods; `more` is YAML at the top level.
  void node(std::string_view name, std::string_view labels = "{}", std::string_view spec = "{}",
            std::string_view cpu = "4", std::string_view pods = "110") {
    std::string text = "metadata: {name: " + std::string(name) + ", labels: " + std::string(labels) + "}\n";
    text += "spec: " + std::string(spec) + "\n";
    text += "status: {allocatable: {cpu: '" + std::string(cpu) + "', memory: 8Gi, pods: '" +
            std::string(pods) + "'}}\n";
    cache.setNode(yaml(text));
  }
  /// A pod with that spec (flow or block YAML); labels in flow YAML.
  Value pod(std::string_view spec, std::string_view labels = "{}", std::string_view ns = "default") {
    const std::string name = "pod-" + std::to_string(++serial);
    Value made = Value::object({{keys::metadata, Value::object({{keys::name, name},
                                                                {keys::namespace_, Value(ns)},
                                                                {keys::uid, "uid-" + name},
                                                                {keys::labels, yaml(labels)}})},
                                {keys::spec, yaml(spec)}});
    return made;
  }
  static std::string requests(std::string_view cpu, std::string_view memory = "128Mi") {
    return "{containers: [{name: c, image: nginx, resources: {requests: {cpu: " + std::string(cpu) +
           ", memory: " + std::string(memory) + "}}}]}";
  }
  PodScheduler::Result schedule(const Value& pod) {
    return scheduler.schedule(pod, *cache.requirements().get(pod[keys::spec]));
  }
  /// The chosen node's name, or why there is none; the pod then is on the node.
  std::string place(const Value& pod) {
    const auto result = schedule(pod);
    if (result.node == nullptr) return result.message;
    cache.assume(pod, cache.requirements().get(pod[keys::spec]), result.node->name);
    return std::string(result.node->text());
  }
  /// A pod that runs on a node already.
  Value running(std::string_view node, std::string_view spec, std::string_view labels = "{}",
                std::string_view ns = "default") {
    Value made = pod(spec, labels, ns).withPath({keys::spec, keys::nodeName}, Value(node));
    cache.setPod(made);
    return made;
  }
};

}  // namespace pilothouse::scheduler
