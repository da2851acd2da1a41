#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/api/object.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/client/client.hpp"
#include "core/controller_manager/controller_manager.hpp"
#include "core/etcd/client.hpp"
#include "core/value/document.hpp"

namespace pilothouse::controller_manager {

namespace r = api::resources;
using Texts = std::vector<std::string>;

/// etcd, kube-apiserver and kube-controller-manager on a simulated network. There is no scheduler and no
/// kubelet: the test says when a pod is on a node, runs, is ready, or is gone.
struct Fixture {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId serverId = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, serverId, {&member}};
  apiserver::ApiServer server{network, serverId, etcd, {}};
  ControllerManager manager{network, network.join("kube-controller-manager", "control-plane"), server};
  client::Client user{network, network.join("kubectl", "outside"), server, "kubectl"};
  int podAddresses = 0;

  Fixture() {
    server.start();
    manager.start();
    run(std::chrono::milliseconds(200));
  }

  void run(SimDuration duration) { simulator.runFor(duration); }
  /// Enough for chains of requests, too short for timers of seconds.
  void settle() { run(std::chrono::milliseconds(800)); }

  static Value yaml(std::string_view text) {
    const Documents read = readYaml(text);
    REQUIRE_FALSE(read.error);
    REQUIRE(read.documents.size() == 1);
    return read.documents.front().value;
  }

  client::Response send(client::Request request) {
    client::Response answer;
    bool answered = false;
    user.send(std::move(request), [&](client::Response response) {
      answer = std::move(response);
      answered = true;
    });
    for (int i = 0; i < 200 && !answered; ++i) run(std::chrono::milliseconds(1));
    REQUIRE(answered);
    return answer;
  }
  static client::Request request(apiserver::Verb verb, const api::Resource& resource, std::string_view name,
                                 std::string_view ns = "default") {
    client::Request made;
    made.verb = verb;
    made.resource = &resource;
    if (resource.namespaced && !ns.empty()) made.namespace_ = Value(ns);
    if (!name.empty()) made.name = Value(name);
    return made;
  }

  Value createObject(const api::Resource& resource, const Value& object) {
    const std::string ns(api::namespaceOf(object));
    client::Request made = request(apiserver::Verb::Create, resource, {}, ns.empty() ? "default" : ns);
    made.body = object;
    const client::Response response = send(std::move(made));
    INFO(response.body[keys::message].toString());
    REQUIRE(response.ok());
    return response.body;
  }
  Value apply(const api::Resource& resource, std::string_view text) {
    return createObject(resource, yaml(text));
  }
  client::Response tryGet(const api::Resource& resource, std::string_view name,
                          std::string_view ns = "default") {
    return send(request(apiserver::Verb::Get, resource, name, ns));
  }
  Value get(const api::Resource& resource, std::string_view name, std::string_view ns = "default") {
    const client::Response response = tryGet(resource, name, ns);
    INFO(response.body[keys::message].toString());
    REQUIRE(response.ok());
    return response.body;
  }
  bool exists(const api::Resource& resource, std::string_view name, std::string_view ns = "default") {
    return tryGet(resource, name, ns).ok();
  }
  std::vector<Value> list(const api::Resource& resource, std::string_view ns = "default") {
    const client::Response response = send(request(apiserver::Verb::List, resource, {}, ns));
    REQUIRE(response.ok());
    const auto items = response.body[keys::items].items();
    return {items.begin(), items.end()};
  }
  client::Response tryPatch(const api::Resource& resource, std::string_view name, std::string_view text,
                            Key subresource = {}) {
    client::Request made = request(apiserver::Verb::Patch, resource, name);
    made.patchType = apiserver::PatchType::Merge;
    made.subresource = subresource;
    made.body = yaml(text);
    return send(std::move(made));
  }
  Value patch(const api::Resource& resource, std::string_view name, std::string_view text,
              Key subresource = {}) {
    const client::Response response = tryPatch(resource, name, text, subresource);
    INFO(response.body[keys::message].toString());
    REQUIRE(response.ok());
    return response.body;
  }
  void remove(const api::Resource& resource, std::string_view name, std::string_view policy = {},
              std::string_view ns = "default") {
    client::Request made = request(apiserver::Verb::Delete, resource, name, ns);
    if (!policy.empty()) made.body = yaml("{propagationPolicy: " + std::string(policy) + "}");
    const client::Response response = send(std::move(made));
    INFO(response.body[keys::message].toString());
    REQUIRE(response.ok());
  }

  /// What the kubelet of a node would say of a pod, if it is still there.
  void setReady(const Value& pod, bool ready) {
    std::string text =
        "{status: {phase: Running, podIP: 10.244.1.@, podIPs: [{ip: 10.244.1.@}], conditions: [";
    text += ready ? "{type: Ready, status: \"True\", lastTransitionTime: \"#\"}]}}"
                  : "{type: Ready, status: \"False\", lastTransitionTime: \"#\"}]}}";
    const Value& known = pod.get(keys::status, keys::podIP);
    std::string address = known.isString() ? known.toString().substr(9) : std::to_string(++podAddresses);
    for (std::size_t at; (at = text.find('@')) != std::string::npos;) text.replace(at, 1, address);
    text.replace(text.find('#'), 1, timestamp(simulator.now()).toString());
    tryPatch(r::pods, api::name(pod), text, Key::intern("status"));
  }
  /// Every pod that is not being deleted becomes ready.
  void makeAllReady() {
    for (const Value& pod : list(r::pods)) {
      if (!api::isBeingDeleted(pod) && !api::isPodReady(pod)) setReady(pod, true);
    }
    settle();
  }
  /// Pods come and become ready until nothing changes.
  void rollOut() {
    for (int i = 0; i < 12; ++i) {
      settle();
      makeAllReady();
    }
  }
  void bind(const Value& pod, std::string_view node) {
    client::Request made = request(apiserver::Verb::Create, r::pods, api::name(pod));
    made.subresource = Key::intern("binding");
    made.body = yaml("{apiVersion: v1, kind: Binding, metadata: {name: " + std::string(api::name(pod)) +
                     "}, target: {kind: Node, name: " + std::string(node) + "}}");
    REQUIRE(send(std::move(made)).ok());
  }
  Value createNode(std::string_view name) {
    const Value node =
        apply(r::nodes, "{apiVersion: v1, kind: Node, metadata: {name: " + std::string(name) + "}}");
    heartBeat(name);
    return node;
  }
  void heartBeat(std::string_view node) {
    const std::string now = timestamp(simulator.now()).toString();
    patch(
        r::nodes, node,
        "{status: {conditions: [{type: Ready, status: \"True\", reason: KubeletReady, lastHeartbeatTime: \"" +
            now + "\", lastTransitionTime: \"2026-01-01T00:00:00Z\"}]}}",
        Key::intern("status"));
  }

  /// "reason: message" of the events about an object, oldest first.
  Texts events(std::string_view name, std::string_view ns = "default") {
    Texts texts;
    for (const Value& event : list(r::events, ns)) {
      if (event["involvedObject"][keys::name].asString() != name) continue;
      texts.push_back(event[keys::reason].toString() + ": " + event[keys::message].toString());
    }
    return texts;
  }
  bool hasEvent(std::string_view name, std::string_view text, std::string_view ns = "default") {
    const Texts texts = events(name, ns);
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  }
  /// Owned ReplicaSets, oldest first by revision.
  std::vector<Value> replicaSets() {
    std::vector<Value> all = list(r::replicaSets);
    std::sort(all.begin(), all.end(), [](const Value& a, const Value& b) {
      const auto revision = [](const Value& v) {
        return std::stoi("0" + api::annotations(v)["deployment.kubernetes.io/revision"].toString());
      };
      return revision(a) < revision(b);
    });
    return all;
  }
  /// "Progressing=True NewReplicaSetAvailable" of a condition.
  static std::string conditionText(const Value& object, std::string_view type) {
    const Value& condition = api::condition(object, type);
    return condition.isNull() ? "none"
                              : condition[keys::status].toString() + " " + condition[keys::reason].toString();
  }
};

inline std::int64_t replicas(const Value& object) { return object.get(keys::spec, keys::replicas).asInt(); }
inline std::int64_t status(const Value& object, Key key) { return object.get(keys::status, key).asInt(); }

inline std::string deploymentYaml(int replicas, std::string_view image, std::string_view more = {}) {
  return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: " +
         std::to_string(replicas) +
         ", selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
         "{containers: "
         "[{name: web, image: \"" +
         std::string(image) + "\", ports: [{name: http, containerPort: 8080}]}]}}" +
         (more.empty() ? "" : ", " + std::string(more)) + "}}";
}
inline std::string imagePatch(std::string_view image) {
  return "{spec: {template: {spec: {containers: [{name: web, image: \"" + std::string(image) +
         "\", ports: [{name: http, containerPort: 8080}]}]}}}}";
}

}  // namespace pilothouse::controller_manager
