#include "tests/bench/requests.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include "core/api/keys.hpp"
#include "core/api/resource.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/etcd/client.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;

namespace {

constexpr int kObjects = 500;
constexpr int kWatchers = 1000;

double cpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct ControlPlane {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId self = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, self, {&member}};
  ApiServer server{network, self, etcd, {}};
  std::shared_ptr<const Credentials> admin;

  ControlPlane() {
    auto made = std::make_shared<Credentials>();
    made->commonName = "bench";
    made->organizations = {"system:masters"};
    admin = std::move(made);
    server.start();
    simulator.runFor(1s);
  }

  Request request(Verb verb, const std::string& name) const {
    Request made;
    made.verb = verb;
    made.resource = &api::resources::configMaps;
    made.namespace_ = Value("default");
    if (!name.empty()) made.name = Value(name);
    made.credentials = admin;
    made.userAgent = "bench";
    return made;
  }

  /// Sends and steps until the answer is there.
  void send(Request request) {
    bool answered = false;
    server.handle(std::move(request), [&answered](Response response) {
      if (!response.ok()) {
        std::fprintf(stderr, "%s\n", response.status().message.c_str());
        std::abort();
      }
      answered = true;
    });
    while (!answered) simulator.step();
  }
};

Value configMap(const std::string& name) {
  return Value::object({{keys::apiVersion, "v1"},
                        {keys::kind, "ConfigMap"},
                        {keys::metadata, Value::object({{keys::name, name}})},
                        {Key::intern("data"), Value::object({{Key::intern("color"), "blue"}})}});
}

void measure(const char* what, int times, const std::function<void(int)>& once) {
  const double start = cpuSeconds();
  for (int i = 0; i < times; ++i) once(i);
  const double taken = cpuSeconds() - start;
  std::printf("{\"bench\":\"requests\",\"what\":\"%s\",\"count\":%d,\"perCpuSecond\":%.0f}\n", what, times,
              times / taken);
  std::fflush(stdout);
}

}  // namespace

void benchRequests() {
  ControlPlane cluster;
  const auto name = [](int i) { return "settings-" + std::to_string(i % kObjects); };
  measure("create", kObjects, [&](int i) {
    Request request = cluster.request(Verb::Create, "");
    request.fieldValidation = FieldValidation::Strict;
    request.body = configMap(name(i));
    cluster.send(std::move(request));
  });
  measure("get", 20000, [&](int i) { cluster.send(cluster.request(Verb::Get, name(i))); });
  measure("list of 500", 400, [&](int) { cluster.send(cluster.request(Verb::List, "")); });
  const auto patch = [&](int i) {
    Request request = cluster.request(Verb::Patch, name(i));
    request.patchType = PatchType::Merge;
    request.body =
        Value::object({{Key::intern("data"), Value::object({{Key::intern("color"), std::to_string(i)}})}});
    cluster.send(std::move(request));
  };
  measure("patch", 5000, patch);

  long told = 0;
  for (int i = 0; i < kWatchers; ++i) {
    cluster.server.watch(cluster.request(Verb::Watch, ""), [](Response) {},
                         {[&told](WatchEvent) { ++told; }, [] {}});
  }
  cluster.simulator.runFor(1s);
  told = 0;
  constexpr int kChanges = 200;
  measure("change told to 1,000 watchers", kChanges, [&](int i) {
    const long before = told;
    patch(i + 100000);
    while (told < before + kWatchers) cluster.simulator.step();
  });
}
