#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/etcd/client.hpp"
#include "core/value/document.hpp"

namespace pilothouse::apiserver {

/// kube-apiserver and etcd on a simulated network, asked directly.
struct ClusterFixture {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId self = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, self, {&member}};
  ApiServer server{network, self, etcd, {}};

  ClusterFixture() {
    server.start();
    simulator.runFor(std::chrono::milliseconds(100));
  }

  static Value yaml(std::string_view text) {
    const Documents read = readYaml(text);
    REQUIRE_FALSE(read.error);
    REQUIRE(read.documents.size() == 1);
    return read.documents.front().value;
  }

  Response send(Request request) {
    Response answer;
    int answers = 0;
    server.handle(std::move(request), [&](Response response) {
      answer = std::move(response);
      ++answers;
    });
    simulator.runFor(std::chrono::milliseconds(20));
    REQUIRE(answers == 1);
    return answer;
  }
  /// kubeadm's kubernetes-admin.
  static std::shared_ptr<const Credentials> admin() {
    return as("kubernetes-admin", {"kubeadm:cluster-admins"});
  }
  static std::shared_ptr<const Credentials> as(std::string user, std::vector<std::string> groups = {}) {
    auto made = std::make_shared<Credentials>();
    made->commonName = std::move(user);
    made->organizations = std::move(groups);
    return made;
  }
  static Request request(Verb verb, const api::Resource& resource, std::string_view name = {}) {
    Request request;
    request.verb = verb;
    request.resource = &resource;
    request.credentials = admin();
    if (resource.namespaced) request.namespace_ = Value("default");
    if (!name.empty()) request.name = Value(name);
    return request;
  }
  Response create(const api::Resource& resource, Value object) {
    Request made = request(Verb::Create, resource);
    made.body = std::move(object);
    return send(std::move(made));
  }
  Response get(const api::Resource& resource, std::string_view name) {
    return send(request(Verb::Get, resource, name));
  }
  Response update(const api::Resource& resource, const Value& object) {
    Request made = request(Verb::Update, resource, api::name(object));
    made.body = object;
    return send(std::move(made));
  }
  Response patch(const api::Resource& resource, std::string_view name, PatchType type, Value body) {
    Request made = request(Verb::Patch, resource, name);
    made.patchType = type;
    made.body = std::move(body);
    return send(std::move(made));
  }
  Response remove(const api::Resource& resource, std::string_view name, Value options = {}) {
    Request made = request(Verb::Delete, resource, name);
    made.body = std::move(options);
    return send(std::move(made));
  }
  Response list(const api::Resource& resource, RequestOptions options = {}) {
    Request made = request(Verb::List, resource);
    made.options = std::make_shared<RequestOptions>(std::move(options));
    return send(std::move(made));
  }
  /// Starts a watch whose events are noted as "ADDED name@version".
  WatchId watch(const api::Resource& resource, RequestOptions options, std::vector<std::string>& seen) {
    Request made = request(Verb::Watch, resource);
    made.options = std::make_shared<RequestOptions>(std::move(options));
    return server.watch(std::move(made), [](Response) {},
                        {[&seen](WatchEvent event) {
                           const bool error = event.type == WatchEvent::Type::Error;
                           seen.push_back(std::string(watchEventKey(event.type).text()) + " " +
                                          (error ? event.object[keys::message].toString()
                                                 : std::string(api::name(event.object))));
                         },
                         [&seen] { seen.emplace_back("closed"); }});
  }
};

}  // namespace pilothouse::apiserver
