#include "web/cluster_view.hpp"

#include "core/api/object.hpp"
#include "doctest/doctest.h"

using namespace pilothouse;
using namespace pilothouse::web;

namespace {

constexpr const char* kManifest = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: "nginx:1.25", ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
)";

void checkAgreement(cluster::Cluster& cluster, const ClusterView& view) {
  CHECK(view.pods() == cluster.count(api::resources::pods));
  std::size_t placed = view.unscheduled().size();
  for (const auto& node : view.nodes()) {
    placed += node->pods.size();
    std::size_t counted = 0;
    for (const std::uint32_t count : node->counts) counted += count;
    CHECK(counted == node->pods.size());
    for (std::size_t i = 0; i < node->pods.size(); ++i) {
      CHECK(node->pods[i]->slot == i);
      CHECK(node->pods[i]->node == node.get());
    }
  }
  CHECK(placed == view.pods());
  cluster.forEach(api::resources::pods, "", [&](const Value& pod) {
    const PodView* shown = view.pod(api::namespaceOf(pod), api::name(pod));
    REQUIRE(shown != nullptr);
    CHECK(shown->state == podState(pod));
    return true;
  });
}

void apply(cluster::Cluster& cluster, std::string_view text) {
  cluster.input(Key::intern("apply"), Value::object({{Key::intern("manifest"), Value(text)}}));
}

}  // namespace

TEST_CASE("The view follows pods from pending to ready, scaled and deleted, without looking again") {
  cluster::Cluster cluster(Session(5, "learning"));
  ClusterView view(cluster);
  cluster.simulator().runFor(std::chrono::seconds(5));
  CHECK(view.nodes().size() == 4);
  apply(cluster, kManifest);
  for (int i = 0; i < 200; ++i) {
    cluster.simulator().runFor(std::chrono::milliseconds(100));
    checkAgreement(cluster, view);
  }
  CHECK(view.readyPods() == 5);
  CHECK(view.services().at("default/web").ready == 5);

  cluster.input(Key::intern("scale"), Value::object({{Key::intern("resource"), "deployments"},
                                                     {Key::intern("group"), "apps"},
                                                     {keys::name, "web"},
                                                     {keys::replicas, 2}}));
  for (int i = 0; i < 200; ++i) {
    cluster.simulator().runFor(std::chrono::milliseconds(250));
    checkAgreement(cluster, view);
  }
  CHECK(view.pods() == 2);
  CHECK(view.services().at("default/web").ready == 2);
}

TEST_CASE("A view that comes late sees what one that was there from the start sees") {
  cluster::Cluster cluster(Session(6, "learning"));
  const ClusterView early(cluster);
  apply(cluster, kManifest);
  cluster.simulator().runFor(std::chrono::seconds(30));
  const ClusterView late(cluster);
  CHECK(late.pods() == early.pods());
  CHECK(late.readyPods() == early.readyPods());
  CHECK(late.services().at("default/web").ready == early.services().at("default/web").ready);
  checkAgreement(cluster, late);
}

TEST_CASE("A pod's state is told by phase, readiness, deletion and what its containers wait for") {
  const auto pod = [](Value status, bool assigned) {
    Value object = Value::object(
        {{keys::metadata, Value::object({{keys::name, "p"}})}, {keys::status, std::move(status)}});
    return assigned ? object.withPath({keys::spec, keys::nodeName}, Value("n")) : object;
  };
  const auto phase = [](const char* p) { return Value::object({{keys::phase, p}}); };
  CHECK(podState(pod(phase("Pending"), false)) == PodState::Pending);
  CHECK(podState(pod(phase("Pending"), true)) == PodState::Starting);
  CHECK(podState(pod(phase("Running"), true)) == PodState::NotReady);
  CHECK(podState(pod(phase("Succeeded"), true)) == PodState::Succeeded);
  CHECK(podState(pod(phase("Failed"), true)) == PodState::Failed);
  const auto waiting = [&](const char* reason) {
    const Value state = Value::object({{Key::intern("waiting"), Value::object({{keys::reason, reason}})}});
    return pod(phase("Pending").with(keys::containerStatuses,
                                     Value::array({Value::object({{Key::intern("state"), state}})})),
               true);
  };
  CHECK(podState(waiting("ContainerCreating")) == PodState::Starting);
  CHECK(podState(waiting("ImagePullBackOff")) == PodState::Failed);
  CHECK(podState(Value()) == PodState::Pending);
}
