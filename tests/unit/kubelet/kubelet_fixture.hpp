#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/client/client.hpp"
#include "core/etcd/client.hpp"
#include "core/kubelet/kubelet.hpp"
#include "core/value/document.hpp"

namespace pilothouse::kubelet {

/// A node's kubelet and runtime with a real kube-apiserver and etcd; a person asks through a client.
struct NodeFixture {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId apiServerId = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, apiServerId, {&member}};
  apiserver::ApiServer server{network, apiServerId, etcd, {}};
  ComponentId kubeletId = network.join("kubelet/worker-1", "worker-1");
  ComponentId runtimeId = network.join("containerd/worker-1", "worker-1");
  client::Client person{network, network.join("person", "outside"), server, "kubectl"};
  std::unique_ptr<Kubelet> kubelet;

  explicit NodeFixture(KubeletOptions options = workerOptions()) {
    server.start();
    run(std::chrono::milliseconds(100));
    kubelet = std::make_unique<Kubelet>(network, kubeletId, runtimeId, server, std::move(options));
    kubelet->start();
    run(std::chrono::seconds(3));
  }

  static KubeletOptions workerOptions() {
    KubeletOptions options;
    options.nodeName = "worker-1";
    options.internalIp = "172.18.0.3";
    options.podCidr = "10.244.1.0/24";
    return options;
  }

  void run(SimDuration duration) { simulator.runFor(duration); }

  apiserver::Response send(apiserver::Request request) {
    apiserver::Response answer;
    bool answered = false;
    person.send(std::move(request), [&](apiserver::Response response) {
      answer = std::move(response);
      answered = true;
    });
    for (int i = 0; i < 100 && !answered; ++i) run(std::chrono::milliseconds(1));
    REQUIRE(answered);
    return answer;
  }
  static apiserver::Request request(apiserver::Verb verb, const api::Resource& resource,
                                    std::string_view name = {}) {
    apiserver::Request made;
    made.verb = verb;
    made.resource = &resource;
    if (resource.namespaced) made.namespace_ = "default";
    if (!name.empty()) made.name = name;
    return made;
  }
  Value create(const api::Resource& resource, std::string_view yaml) {
    const Documents read = readYaml(yaml);
    REQUIRE_FALSE(read.error);
    REQUIRE(read.documents.size() == 1);
    apiserver::Request made = request(apiserver::Verb::Create, resource);
    made.body = read.documents.front().value;
    const apiserver::Response response = send(std::move(made));
    INFO(response.status().message);
    REQUIRE(response.ok());
    return response.body;
  }
  Value get(const api::Resource& resource, std::string_view name, std::string_view ns = "default") {
    apiserver::Request made = request(apiserver::Verb::Get, resource, name);
    if (resource.namespaced) made.namespace_ = ns;
    const apiserver::Response response = send(std::move(made));
    return response.ok() ? response.body : Value();
  }
  Value pod(std::string_view name) { return get(api::resources::pods, name); }
  void remove(std::string_view name) {
    CHECK(send(request(apiserver::Verb::Delete, api::resources::pods, name)).ok());
  }

  /// A pod already bound to the node, with its containers as YAML lines at four blanks.
  Value createPod(std::string_view name, std::string_view containers, std::string_view more = "") {
    return create(api::resources::pods, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + std::string(name) +
                                            "\n  namespace: default\nspec:\n  nodeName: worker-1\n" +
                                            std::string(more) + "  containers:\n" + std::string(containers));
  }

  /// "Reason: message" of the events about an object, in order of their first time; repeated ones with
  /// "(x3)".
  std::vector<std::string> events(std::string_view about) {
    const apiserver::Response list = send(request(apiserver::Verb::List, api::resources::events));
    std::vector<std::pair<std::string, std::string>> found;
    for (const Value& event : list.body[keys::items].items()) {
      if (event["involvedObject"][keys::name].asString() != about) continue;
      std::string text = event[keys::reason].toString() + ": " + event[keys::message].toString();
      if (const std::int64_t count = event["count"].asInt(1); count > 1)
        text += " (x" + std::to_string(count) + ")";
      const Value& name = api::meta(event)[keys::name];
      found.emplace_back(name.toString().substr(name.asString().rfind('.')), text);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> texts;
    for (auto& [when, text] : found) texts.push_back(std::move(text));
    return texts;
  }
  bool hasEvent(std::string_view about, std::string_view text) {
    for (const std::string& event : events(about)) {
      if (event.find(text) != std::string::npos) return true;
    }
    return false;
  }

  static const Value& container(const Value& pod, std::size_t index = 0) {
    return pod[keys::status][keys::containerStatuses].item(index);
  }
  static std::string waiting(const Value& pod) {
    return container(pod)["state"]["waiting"]["reason"].toString();
  }
  /// How many remembered messages of that kind and verb (all kinds of resource) kubelet has sent.
  std::size_t messages(MessageKind kind, std::string_view verb, std::string_view resource = "") const {
    std::size_t count = 0;
    for (auto id = static_cast<std::uint64_t>(trace.oldest()); id <= static_cast<std::uint64_t>(trace.last());
         ++id) {
      const TraceRecord* record = trace.find(static_cast<CauseId>(id));
      if (record->from == kubeletId && record->kind == kind &&
          (verb.empty() || record->verb.text() == verb) &&
          (resource.empty() || record->resource.text() == resource)) {
        ++count;
      }
    }
    return count;
  }
  /// Runs until the pod is shown so, at most `limit`; how long it took.
  SimDuration until(std::string_view name, std::string_view wanted,
                    SimDuration limit = std::chrono::minutes(10)) {
    const SimTime begun = simulator.now();
    while (shown(name) != wanted) {
      run(std::chrono::milliseconds(50));
      if (simulator.now() - begun > limit) {
        INFO(name, " is ", shown(name));
        REQUIRE(shown(name) == wanted);
      }
    }
    return simulator.now() - begun;
  }
  static bool conditionIs(const Value& pod, std::string_view type, std::string_view status) {
    return api::conditionIs(pod, type, status);
  }
  /// As kubectl get pods shows it, roughly: "Running 1/1", "CrashLoopBackOff 0/1".
  static std::string shownPod(const Value& pod) {
    std::string text = pod[keys::status][keys::phase].toString();
    std::size_t ready = 0;
    const auto statuses = pod[keys::status][keys::containerStatuses].items();
    for (const Value& status : statuses) {
      if (status["ready"].asBool()) ++ready;
      const Value& reason = status["state"]["waiting"]["reason"];
      const Value& ended = status["state"]["terminated"]["reason"];
      if (!reason.isNull()) text = reason.toString();
      if (!ended.isNull()) text = ended.toString();
    }
    return text + " " + std::to_string(ready) + "/" + std::to_string(statuses.size());
  }
  std::string shown(std::string_view name) { return shownPod(pod(name)); }
};

}  // namespace pilothouse::kubelet
