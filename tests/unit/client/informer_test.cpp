#include "core/client/informer.hpp"

#include <doctest/doctest.h>

#include "core/api/kind.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/etcd/client.hpp"

namespace pilothouse::client {
namespace {

using namespace std::chrono_literals;

/// An API server with one client that watches ConfigMaps.
struct Watched {
  Simulator simulator{1};
  Trace trace;
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId serverId = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, serverId, {&member}};
  apiserver::ApiServer server{network, serverId, etcd, {}};
  ComponentId watcherId = network.join("watcher", "worker-1");
  Client client{network, watcherId, server, "kubectl"};
  Informer informer{client, *api::findResource("", "configmaps")};

  Watched() {
    server.start();
    simulator.runFor(200ms);
    informer.start();
    simulator.runFor(200ms);
  }
  void create(std::string_view plural, std::string_view name) {
    const api::Resource* resource = api::findResource("", plural);
    client.create(
        *resource,
        Value::object(
            {{keys::apiVersion, "v1"},
             {keys::kind, Value(resource->kind)},
             {keys::metadata, Value::object({{keys::name, Value(name)}, {keys::namespace_, "default"}})}}),
        [](const Response&) {});
    simulator.runFor(200ms);
  }
  /// How often the watcher has asked for `verb` since a record.
  int asked(std::string_view verb, CauseId since) {
    int count = 0;
    for (auto id = static_cast<std::uint64_t>(since) + 1; id <= static_cast<std::uint64_t>(trace.last());
         ++id) {
      const TraceRecord* record = trace.find(CauseId{id});
      if (record != nullptr && record->kind == MessageKind::Request && record->from == watcherId &&
          record->verb.text() == verb && record->resource.text() == "configmaps") {
        ++count;
      }
    }
    return count;
  }
};

TEST_CASE("A watch whose version the server no longer knows leads to one list and one watch") {
  Watched watched;
  watched.create("configmaps", "before");
  watched.create("secrets", "moves-the-version-on");
  watched.server.stop();
  watched.network.setUp(watched.serverId, false);
  watched.simulator.runFor(1s);
  watched.network.setUp(watched.serverId, true);
  watched.server.start();
  watched.simulator.runFor(1s);
  const CauseId restarted = watched.trace.last();
  watched.simulator.runFor(90s);
  CHECK(watched.asked("list", restarted) == 1);
  CHECK(watched.asked("watch", restarted) == 2);
  watched.create("configmaps", "after");
  CHECK(watched.informer.store().size() >= 2);
  CHECK_FALSE(watched.informer.store().find("default", "after").isNull());
}

}  // namespace
}  // namespace pilothouse::client
