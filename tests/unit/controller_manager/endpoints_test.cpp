#include <set>

#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

namespace {

const char* const kService =
    "{apiVersion: v1, kind: Service, metadata: {name: web, labels: {tier: front}}, spec: {selector: {app: "
    "web}, "
    "ports: [{port: 80, targetPort: http}]}}";

/// "10.244.1.1 ready, 10.244.1.2 serving terminating"… of all slices of Service web.
std::string endpointTexts(Fixture& f) {
  Texts texts;
  for (const Value& slice : f.list(r::endpointSlices)) {
    if (api::labels(slice)["kubernetes.io/service-name"].asString() != "web") continue;
    for (const Value& endpoint : slice[keys::endpoints].items()) {
      std::string text = endpoint[keys::addresses].item(0).toString();
      const Value& conditions = endpoint[keys::conditions];
      for (const char* name : {"ready", "serving", "terminating"}) {
        if (conditions[name].asBool()) text += std::string(" ") + name;
      }
      texts.push_back(text);
    }
  }
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : ", ").append(text);
  return all;
}

}  // namespace

TEST_CASE("endpoints follow readiness") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::services, kService);
  f.settle();
  REQUIRE(f.list(r::endpointSlices).size() == 2);  // one is default/kubernetes
  CHECK(endpointTexts(f).empty());
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.settle();
  const std::vector<Value> pods = f.list(r::pods);
  for (const Value& pod : pods) f.bind(pod, "node-1");
  f.setReady(pods[0], false);
  f.setReady(pods[1], true);
  f.run(3s);
  CHECK(endpointTexts(f) == "10.244.1.1, 10.244.1.2 ready serving");
  Value slice;
  for (const Value& each : f.list(r::endpointSlices)) {
    if (api::name(each).substr(0, 4) == "web-") slice = each;
  }
  CHECK(api::labels(slice)["endpointslice.kubernetes.io/managed-by"].toString() ==
        "endpointslice-controller.k8s.io");
  CHECK(api::labels(slice)["tier"].toString() == "front");
  CHECK(api::isControlledBy(slice, api::uid(f.get(r::services, "web"))));
  CHECK(slice[keys::ports].item(0)[keys::port].asInt() == 8080);
  CHECK(slice[keys::endpoints].item(0)[keys::nodeName].toString() == "node-1");
  const Value endpoints = f.get(r::endpoints, "web");
  const Value& subset = endpoints[keys::subsets].item(0);
  CHECK(subset[keys::addresses].size() == 1);
  CHECK(subset["notReadyAddresses"].size() == 1);
  CHECK(subset[keys::addresses].item(0)["targetRef"][keys::name].asString() == api::name(pods[1]));

  f.setReady(f.get(r::pods, api::name(pods[0])), true);
  f.remove(r::pods, api::name(pods[1]));  // it ends gracefully on its node
  f.run(3s);
  CHECK(endpointTexts(f) == "10.244.1.1 ready serving, 10.244.1.2 serving terminating");
  CHECK(f.get(r::endpoints, "web")[keys::subsets].item(0)[keys::addresses].size() == 1);
}

TEST_CASE("a Service that is made after its pods leaves out those without an address") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.settle();
  f.apply(r::services, kService);
  f.run(3s);
  CHECK(endpointTexts(f).empty());
  for (const Value& event : f.list(r::events))
    CHECK(event[keys::reason].asString() != "FailedToUpdateEndpointSlices");
}

TEST_CASE("when nothing changes nothing is written") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::services, kService);
  f.apply(r::deployments, deploymentYaml(2, "nginx"));
  f.settle();
  for (const Value& pod : f.list(r::pods)) f.bind(pod, "node-1");
  f.makeAllReady();
  f.run(5s);
  f.heartBeat("node-1");
  const std::uint64_t before = f.member.server().store().revision();
  f.run(20s);
  CHECK(f.member.server().store().revision() == before);
}

TEST_CASE("slices hold 100 endpoints at most, and are filled up before new ones are made") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::services, kService);
  f.apply(r::deployments, deploymentYaml(130, "nginx"));
  f.run(2s);
  for (const Value& pod : f.list(r::pods)) {
    f.bind(pod, "node-1");
    f.setReady(pod, true);
  }
  f.run(10s);
  std::multiset<std::size_t> sizes;
  for (const Value& slice : f.list(r::endpointSlices)) {
    if (api::name(slice) != "kubernetes") sizes.insert(slice[keys::endpoints].size());
  }
  CHECK(sizes == std::multiset<std::size_t>{30, 100});
  const std::string texts = endpointTexts(f);
  CHECK(std::count(texts.begin(), texts.end(), ',') == 129);
}

TEST_CASE("a large Service's slices are right after any mix of changes") {
  Fixture f;
  f.createNode("node-1");
  f.apply(r::services, kService);
  f.apply(r::deployments, deploymentYaml(230, "nginx"));
  f.run(2s);
  for (const Value& pod : f.list(r::pods)) f.bind(pod, "node-1");
  f.makeAllReady();
  f.run(5s);
  Random random(7);
  for (int round = 0; round < 12; ++round) {
    const std::vector<Value> pods = f.list(r::pods);
    for (int i = 0; i < 12; ++i) {
      // As it is now: an earlier draw of this round may have bound or deleted it.
      const Value pod = f.tryGet(r::pods, api::name(pods[random.below(pods.size())])).body;
      if (pod[keys::kind].asString() != "Pod" || api::isBeingDeleted(pod)) continue;
      if (pod.get(keys::spec, keys::nodeName).isNull()) {
        f.bind(pod, "node-1");
      } else if (random.below(4) == 0) {
        client::Request gone = Fixture::request(apiserver::Verb::Delete, r::pods, api::name(pod));
        if (random.below(2) == 0) gone.body = Fixture::yaml("{gracePeriodSeconds: 0}");
        f.send(std::move(gone));
      } else {
        f.setReady(pod, random.below(3) > 0);
      }
    }
    if (round == 5) {
      for (const Value& slice : f.list(r::endpointSlices)) {
        if (slice[keys::endpoints].size() > 50) {
          f.remove(r::endpointSlices, api::name(slice));
          break;
        }
      }
    }
    if (round == 8) f.patch(r::services, "web", "{metadata: {labels: {tier: back}}}");
    f.run(7s);
    Texts expected;
    for (const Value& pod : f.list(r::pods)) {
      const Value& ip = pod.get(keys::status, keys::podIP);
      if (!ip.isString()) continue;
      const bool ready = api::isPodReady(pod);
      const bool terminating = api::isBeingDeleted(pod);
      expected.push_back(ip.toString() + (ready && !terminating ? " ready" : "") + (ready ? " serving" : "") +
                         (terminating ? " terminating" : ""));
    }
    std::sort(expected.begin(), expected.end());
    std::string all;
    for (const std::string& text : expected) all.append(all.empty() ? "" : ", ").append(text);
    CHECK(endpointTexts(f) == all);
    for (const Value& slice : f.list(r::endpointSlices)) CHECK(slice[keys::endpoints].size() <= 100);
  }
}

TEST_CASE("a headless Service publishes host names, and addresses that are not ready when it says so") {
  Fixture f;
  f.createNode("node-1");
  f.apply(
      r::services,
      "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: None, selector: {app: web}, "
      "publishNotReadyAddresses: true}}");
  const Value pod = f.apply(r::pods,
                            "{apiVersion: v1, kind: Pod, metadata: {name: web-0, labels: {app: web}}, spec: "
                            "{hostname: web-0, subdomain: web, containers: [{name: web, image: nginx}]}}");
  f.bind(pod, "node-1");
  f.setReady(pod, false);
  f.run(3s);
  CHECK(endpointTexts(f) == "10.244.1.1 ready");
  const Value endpoints = f.get(r::endpoints, "web");
  CHECK(endpoints[keys::subsets].item(0)[keys::addresses].item(0)["hostname"].toString() == "web-0");
  CHECK(api::labels(endpoints).has(Key::intern("service.kubernetes.io/headless")));
}

TEST_CASE("a Service that is deleted takes its Endpoints and slices along") {
  Fixture f;
  f.apply(r::services, kService);
  f.settle();
  CHECK(f.exists(r::endpoints, "web"));
  f.remove(r::services, "web");
  f.settle();
  CHECK_FALSE(f.exists(r::endpoints, "web"));
  CHECK(f.list(r::endpointSlices).size() == 1);
}
