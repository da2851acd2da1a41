// Counts and ratios of the engine, one JSON line each. Separate from the tests; nothing here gates anything.

#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/resource.hpp"
#include "core/client/client.hpp"
#include "core/cluster/cluster.hpp"
#include "tests/bench/requests.hpp"

using namespace pilothouse;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kPodsPerNode = 30;

double cpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double heapBytes() { return static_cast<double>(mallinfo2().uordblks); }

std::string deployment(std::size_t replicas) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: " +
         std::to_string(replicas) +
         "\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n"
         "        app: web\n    spec:\n      containers:\n      - name: nginx\n        image: nginx:1.27\n"
         "        resources:\n          requests:\n            cpu: 100m\n            memory: 100Mi\n"
         "        ports:\n        - containerPort: 80\n";
}

std::int64_t readyReplicas(const cluster::Cluster& cluster) {
  return cluster.find(api::resources::deployments, "default", "web")
      .get(keys::status, keys::readyReplicas)
      .asInt();
}

struct Reached {
  double cpu = 0;
  bool ready = false;
};

/// Runs until all are ready; CPU of the whole path, the idle cluster's own work included.
Reached bringUp(cluster::Cluster& cluster, std::size_t pods) {
  const double start = cpuSeconds();
  cluster.input(Key::intern("apply"), Value::object({{Key::intern("manifest"), Value(deployment(pods))}}));
  for (int second = 0; second < 7200; ++second) {
    cluster.simulator().runFor(1s);
    if (readyReplicas(cluster) == static_cast<std::int64_t>(pods)) return {cpuSeconds() - start, true};
  }
  return {cpuSeconds() - start, false};
}

/// CPU seconds until a request of the user is answered.
double timeToList(cluster::Cluster& cluster, client::Client& user) {
  apiserver::Request request;
  request.verb = apiserver::Verb::List;
  request.resource = &api::resources::pods;
  std::size_t listed = 0;
  const double start = cpuSeconds();
  user.send(std::move(request),
            [&listed](apiserver::Response response) { listed = response.body[keys::items].size(); });
  while (listed == 0) cluster.simulator().step();
  return cpuSeconds() - start;
}

/// CPU seconds until a watch from now has told every pod.
double timeToWatch(cluster::Cluster& cluster, client::Client& user, std::size_t pods) {
  apiserver::Request request;
  request.resource = &api::resources::pods;
  std::size_t told = 0;
  const double start = cpuSeconds();
  const auto watch = user.watch(
      std::move(request), [](apiserver::Response) {}, [&told](const apiserver::WatchEvent&) { ++told; },
      [] {});
  while (told < pods) cluster.simulator().step();
  return cpuSeconds() - start;
}

/// CPU seconds to hold every key and value as they are now: handles to shared trees.
double timeToSnapshot(const cluster::Cluster& cluster) {
  const double start = cpuSeconds();
  const auto entries = cluster.etcd("", SIZE_MAX);
  const double taken = cpuSeconds() - start;
  if (entries.empty()) std::abort();
  return taken;
}

void run(std::size_t pods, bool settle) {
  const std::size_t nodes = (pods + kPodsPerNode - 1) / kPodsPerNode;
  const double empty = heapBytes();
  cluster::Cluster cluster(Session(1, "scale-" + std::to_string(nodes)));
  cluster.simulator().runFor(60s);
  const double idle = heapBytes();
  const Reached reached = bringUp(cluster, pods);
  const double loaded = heapBytes();
  std::printf(
      "{\"bench\":\"ready\",\"where\":\"native\",\"pods\":%zu,\"nodes\":%zu,\"ready\":%s,\"virtualSeconds\":%"
      ".0f,"
      "\"cpuSeconds\":%.3f,\"podsPerCpuSecond\":%.0f,\"heapBytesPerNode\":%.0f,"
      "\"heapBytesPerPodWithHistory\":%.0f}\n",
      pods, nodes, reached.ready ? "true" : "false", std::chrono::duration<double>(cluster.elapsed()).count(),
      reached.cpu, static_cast<double>(pods) / reached.cpu, (idle - empty) / static_cast<double>(nodes),
      (loaded - idle) / static_cast<double>(pods));
  std::fflush(stdout);

  client::Client& user = cluster.user();
  std::printf(
      "{\"bench\":\"read\",\"where\":\"native\",\"pods\":%zu,\"listSeconds\":%.4f,\"watchStartSeconds\":%.4f,"
      "\"snapshotSeconds\":%.4f}\n",
      pods, timeToList(cluster, user), timeToWatch(cluster, user, pods), timeToSnapshot(cluster));
  std::fflush(stdout);
  if (!settle) return;

  // Events expire after an hour, etcd is compacted every five minutes: what stays is what the pods need.
  const double start = cpuSeconds();
  cluster.simulator().runFor(70min);
  malloc_trim(0);
  std::printf(
      "{\"bench\":\"settled\",\"where\":\"native\",\"pods\":%zu,\"heapBytesPerPod\":%.0f,"
      "\"idleCpuSecondsPerVirtualHour\":%.1f}\n",
      pods, (heapBytes() - idle) / static_cast<double>(pods), (cpuSeconds() - start) * 60 / 70);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const bool alone = argc > 1 && std::strcmp(argv[1], "--requests") == 0;
  if (alone || argc <= 1) benchRequests();
  if (alone) return 0;
  std::vector<std::size_t> sizes{1000, 10000};
  if (argc > 1 && std::strcmp(argv[1], "--full") == 0) sizes.push_back(150000);
  if (argc > 1 && std::atoi(argv[1]) > 0) sizes = {static_cast<std::size_t>(std::atoi(argv[1]))};
  // "--ready": only until ready, for a profile of the path itself.
  const bool settle = argc <= 2 || std::strcmp(argv[2], "--ready") != 0;
  for (const std::size_t pods : sizes) run(pods, settle && (pods <= 10000 || argc > 1));
  return 0;
}
