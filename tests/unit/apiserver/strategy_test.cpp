#include <doctest/doctest.h>

#include "core/api/core_v1/strategies.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
namespace r = pilothouse::api::resources;

namespace {

const Key kStatus = Key::intern("status");
const SimTime kNow = kSimulationStart;

Value yaml(std::string_view text) {
  const Documents read = readYaml(text);
  REQUIRE_FALSE(read.error);
  return read.documents.front().value;
}

Value decoded(const api::Resource& resource, std::string_view text) {
  const Decoded read = decode(resource, yaml(text), FieldValidation::Strict);
  REQUIRE_MESSAGE(read.ok(), read.error.message);
  return read.object;
}

Value created(const api::Resource& resource, std::string_view text) {
  const Outcome made = prepareCreate(resource, decoded(resource, text), kNow);
  REQUIRE_MESSAGE(made.ok(), made.error.message);
  return made.object;
}

Value updated(const api::Resource& resource, const Value& object, const Value& stored, Key part = Key()) {
  const Outcome made = prepareUpdate(resource, part, object, stored, kNow);
  REQUIRE_MESSAGE(made.ok(), made.error.message);
  return made.object;
}

constexpr std::string_view kPod =
    "{metadata: {name: web, namespace: default, labels: {app: web}}, spec: {containers: [{name: a, image: "
    "a}]}, "
    "status: {phase: Running, podIP: 10.0.0.1}}";
constexpr std::string_view kDeployment = R"(
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}
status: {replicas: 7})";

std::int64_t generation(const Value& object) { return api::meta(object)[keys::generation].asInt(); }

std::string qosClass(std::string_view containers) {
  return api::podQosClass(yaml("{containers: [" + std::string(containers) + "]}")).toString();
}

}  // namespace

TEST_CASE("a new pod is pending, whatever status it was sent with") {
  const Value pod = created(r::pods, kPod);
  CHECK(pod[kStatus] == yaml("{phase: Pending, qosClass: BestEffort}"));
  CHECK(generation(pod) == 1);
  // New pods share their status and what they were sent.
  CHECK(created(r::pods, kPod)[kStatus].sameAs(pod[kStatus]));
  const Value sent = decoded(r::pods, kPod);
  CHECK(prepareCreate(r::pods, sent, kNow).object[keys::spec].sameAs(sent[keys::spec]));
}

TEST_CASE("the class of service is as ComputePodQOS says") {
  CHECK(qosClass("{}") == "BestEffort");
  CHECK(qosClass("{resources: {requests: {example.com/gpu: 1}}}") == "BestEffort");
  CHECK(qosClass("{resources: {requests: {cpu: 100m}}}") == "Burstable");
  CHECK(qosClass("{resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1, memory: 1Gi}}}") ==
        "Guaranteed");
  CHECK(qosClass("{resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 1, memory: 1Gi}}}") ==
        "Burstable");
  CHECK(qosClass("{resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1, memory: 1Gi}}}, {}") ==
        "Burstable");
  CHECK(qosClass("{resources: {limits: {cpu: 1}, requests: {cpu: 1}}}") == "Burstable");
}

TEST_CASE("a gated pod says why it is not scheduled") {
  const Value pod = created(r::pods,
                            "{metadata: {name: web, namespace: default}, spec: {schedulingGates: [{name: "
                            "wait}], containers: [{name: a, "
                            "image: a}]}}");
  const Value& condition = api::condition(pod, "PodScheduled");
  CHECK(condition[keys::reason].asString() == "SchedulingGated");
  CHECK(condition[keys::message].asString() == "Scheduling is blocked due to non-empty scheduling gates");
}

TEST_CASE("matchLabelKeys of an affinity term become requirements of its selector") {
  const Value pod = created(r::pods, R"(
metadata: {name: web, namespace: default, labels: {app: web, hash: h1}}
spec:
  containers: [{name: a, image: a}]
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: zone, matchLabelKeys: [hash], labelSelector: {matchLabels: {app: web}}})");
  const Value& terms =
      pod[keys::spec]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
  CHECK(terms.item(0)["labelSelector"] ==
        yaml("{matchLabels: {app: web}, matchExpressions: [{key: hash, operator: In, values: [h1]}]}"));
}

TEST_CASE("a pod's update keeps its status and counts a changed spec; its status keeps spec and owners") {
  const Value stored = created(r::pods, kPod);
  const Value relabelled =
      updated(r::pods, stored.withPath({keys::metadata, keys::labels}, yaml("{app: shop}")), stored);
  CHECK(generation(relabelled) == 1);
  const Value image =
      decoded(r::pods,
              "{metadata: {name: web, namespace: default}, spec: {containers: [{name: a, image: "
              "'b', imagePullPolicy: Always}]}}")
          .with(keys::metadata, stored[keys::metadata]);
  const Value changed = updated(r::pods, image, stored);
  CHECK(generation(changed) == 2);
  CHECK(changed[kStatus].sameAs(stored[kStatus]));

  const Value report = stored.with(keys::spec, Value::emptyObject())
                           .withPath({keys::metadata, keys::ownerReferences}, yaml("[{uid: x}]"))
                           .with(kStatus, yaml("{phase: Running}"));
  const Value reported = updated(r::pods, report, stored, kStatus);
  CHECK(reported[keys::spec].sameAs(stored[keys::spec]));
  CHECK(reported[kStatus] == yaml("{phase: Running, qosClass: BestEffort}"));
  CHECK_FALSE(api::meta(reported).has(keys::ownerReferences));
}

TEST_CASE("a status that changes nothing is the stored object itself") {
  const Value stored = created(r::pods, kPod);
  CHECK(updated(r::pods, stored, stored, kStatus).sameAs(stored));
  const Value lease =
      created(r::leases, "{metadata: {name: n1, namespace: kube-node-lease}, spec: {holderIdentity: n1}}");
  CHECK(updated(r::leases, lease, lease).sameAs(lease));
}

TEST_CASE("a Deployment counts changes of its spec and annotations, not of labels or status") {
  const Value stored = created(r::deployments, kDeployment);
  CHECK(stored[kStatus] == Value::emptyObject());
  CHECK(generation(stored) == 1);
  const auto after = [&](std::initializer_list<Key> path, Value value) {
    return generation(updated(r::deployments, stored.withPath(path, std::move(value)), stored));
  };
  CHECK(after({keys::spec, keys::replicas}, 3) == 2);
  CHECK(after({keys::metadata, keys::annotations}, yaml("{a: b}")) == 2);
  CHECK(after({keys::metadata, keys::labels}, yaml("{a: b}")) == 1);
  CHECK(after({kStatus}, yaml("{replicas: 9}")) == 1);
}

TEST_CASE("a Deployment's status write changes neither labels nor spec") {
  const Value stored = created(r::deployments, kDeployment);
  const Value sent = stored.withPath({keys::metadata, keys::labels}, yaml("{a: b}"))
                         .withPath({keys::spec, keys::replicas}, 5)
                         .with(kStatus, yaml("{observedGeneration: 1, replicas: 1}"));
  const Value written = updated(r::deployments, sent, stored, kStatus);
  CHECK_FALSE(api::meta(written).has(keys::labels));
  CHECK(written[keys::spec].sameAs(stored[keys::spec]));
  CHECK(written[kStatus] == yaml("{observedGeneration: 1, replicas: 1}"));
}

TEST_CASE("a namespace is active, held by its finalizer, and keeps both through updates") {
  const Value ns = created(r::namespaces, "{metadata: {name: team-a}, status: {phase: Terminating}}");
  CHECK(ns[keys::spec][keys::finalizers] == yaml("[kubernetes]"));
  CHECK(ns[kStatus][keys::phase].asString() == "Active");
  const Value sent = ns.with(keys::spec, Value::emptyObject()).with(kStatus, yaml("{phase: Terminating}"));
  const Value after = updated(r::namespaces, sent, ns);
  CHECK(after[keys::spec][keys::finalizers] == yaml("[kubernetes]"));
  CHECK(after[kStatus][keys::phase].asString() == "Active");
}

TEST_CASE("a Service keeps its address, and loses what its new type may not have") {
  const Value stored = created(r::services, R"(
metadata: {name: web, namespace: default}
spec: {type: NodePort, clusterIP: 10.96.0.7, ports: [{port: 80, nodePort: 30080}]})");
  CHECK(stored[keys::spec][keys::clusterIPs] == yaml("[10.96.0.7]"));
  CHECK(stored[kStatus] == yaml("{loadBalancer: {}}"));

  const Value resent = decoded(r::services,
                               "{metadata: {name: web, namespace: default}, spec: {type: NodePort, ports: "
                               "[{port: 81}]}}")
                           .with(keys::metadata, stored[keys::metadata]);
  CHECK(updated(r::services, resent, stored)[keys::spec][keys::clusterIP].asString() == "10.96.0.7");

  const Value inner = stored.withPath({keys::spec, keys::type}, "ClusterIP");
  const Value after = updated(r::services, inner, stored);
  CHECK_FALSE(after[keys::spec].has(Key::intern("externalTrafficPolicy")));
  CHECK_FALSE(after[keys::spec][keys::ports].item(0).has(Key::intern("nodePort")));

  const Value outer = stored.withPath({keys::spec, keys::type}, "ExternalName")
                          .withPath({keys::spec, Key::intern("externalName")}, "example.com");
  CHECK_FALSE(updated(r::services, outer, stored)[keys::spec].has(keys::clusterIP));
}

TEST_CASE("an EndpointSlice counts its content and labels") {
  const Value stored = created(r::endpointSlices,
                               "{metadata: {name: e, namespace: default}, addressType: IPv4, endpoints: "
                               "[{addresses: [10.0.0.1]}]}");
  CHECK(generation(updated(r::endpointSlices, stored, stored)) == 1);
  CHECK(generation(updated(r::endpointSlices, stored.with(keys::endpoints, yaml("[{addresses: [10.0.0.2]}]")),
                           stored)) == 2);
}

TEST_CASE("a refused object is a Status with all its causes") {
  const Outcome refused =
      prepareCreate(r::deployments,
                    decoded(r::deployments,
                            "{metadata: {name: web, namespace: default}, spec: {selector: {matchLabels: "
                            "{app: web}}, template: {metadata: {labels: {app: web}}}}}"),
                    kNow);
  CHECK(refused.error.code == 422);
  CHECK(refused.error.message ==
        "Deployment.apps \"web\" is invalid: spec.template.spec.containers: Required value");
  CHECK(refused.error.details["causes"].item(0)["field"].asString() == "spec.template.spec.containers");
}

TEST_CASE("which kinds a PUT creates, and which need a resourceVersion") {
  CHECK(allowsCreateOnUpdate(r::leases));
  CHECK(allowsCreateOnUpdate(r::services));
  CHECK_FALSE(allowsCreateOnUpdate(r::pods));
  CHECK_FALSE(allowsCreateOnUpdate(r::configMaps));
  CHECK_FALSE(allowsUnconditionalUpdate(r::leases));
  CHECK(allowsUnconditionalUpdate(r::pods));
}
