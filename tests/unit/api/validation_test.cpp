#include "core/api/validation.hpp"

#include <functional>
#include <string>

#include "tests/unit/api/objects.hpp"
#include "tests/unit/api/read_file.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

constexpr std::string_view kDeployment = R"(
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}]}})";

// The Deployment above with members of its spec added or replaced.
Texts deployment(std::string_view flow) {
  Value object = yaml(kDeployment);
  const Value changes = yaml("{" + std::string(flow) + "}");
  for (std::size_t i = 0; i < changes.size(); ++i) {
    object = object.withPath({Key::intern("spec"), changes.memberKeys()[i]}, changes.memberValues()[i]);
  }
  return wrong(resources::deployments, writeYaml(object));
}

Texts service(std::string_view flow) {
  return wrong(resources::services,
               "metadata: {name: web, namespace: default}\nspec: {" + std::string(flow) + "}");
}

Texts node(std::string_view flow) {
  return wrong(resources::nodes, "metadata: {name: n1}\nspec: {" + std::string(flow) + "}");
}

}  // namespace

TEST_CASE("published manifests have nothing wrong once they have a namespace") {
  for (const char* file : {"tests/fixtures/guestbook-all-in-one.yaml", "tests/fixtures/online-boutique.yaml",
                           "tests/fixtures/cassandra-statefulset.yaml"}) {
    const Documents manifests = readYaml(readFile(file));
    REQUIRE_FALSE(manifests.error);
    for (const Document& document : manifests.documents) {
      const Resource* resource =
          findKind(document.value["apiVersion"].asString(), document.value["kind"].asString());
      REQUIRE(resource != nullptr);
      Value object = document.value;
      if (resource->namespaced) {
        object = object.withPath({Key::intern("metadata"), Key::intern("namespace")}, "default");
      }
      CHECK(wrong(*resource, writeYaml(object)) == Texts{});
    }
  }
}

TEST_CASE("a Deployment needs a selector that selects its template") {
  CHECK(deployment("selector: {matchLabels: {app: other}}") ==
        Texts{"spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match "
              "template "
              "`labels`"});
  CHECK(deployment("selector: null") == Texts{"spec.selector: Required value",
                                              "spec.template.metadata.labels: Invalid value: "
                                              "{\"app\":\"web\"}: `selector` does not match template "
                                              "`labels`"});
  CHECK(deployment("selector: {}") ==
        Texts{"spec.selector: Invalid value: {}: empty selector is invalid for deployment"});
  CHECK(deployment("selector: {matchExpressions: [{key: app, operator: Near, values: [x]}]}") ==
        Texts{"spec.selector.matchExpressions[0].operator: Invalid value: \"Near\": not a valid selector "
              "operator",
              "spec.selector: Invalid value: "
              "{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Near\",\"values\":[\"x\"]}]}: invalid "
              "label "
              "selector"});
}

TEST_CASE("a Deployment's numbers and strategy") {
  CHECK(deployment("replicas: -1") ==
        Texts{"spec.replicas: Invalid value: -1: must be greater than or equal to 0"});
  CHECK(
      deployment("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}") ==
      Texts{
          "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"});
  CHECK(deployment("strategy: {rollingUpdate: {maxUnavailable: half}}") ==
        Texts{"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"half\": a valid percent string "
              "must be a "
              "numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is "
              "'[0-9]+%')"});
  CHECK(deployment("strategy: {rollingUpdate: {maxUnavailable: 101%}}") ==
        Texts{"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than "
              "100%"});
  CHECK(
      deployment("strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}") ==
      Texts{
          "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"});
  CHECK(deployment("strategy: {type: BlueGreen}") ==
        Texts{"spec.strategy: Unsupported value: {\"type\":\"BlueGreen\"}: supported values: \"Recreate\", "
              "\"RollingUpdate\""});
  CHECK(deployment("progressDeadlineSeconds: 10, minReadySeconds: 10") ==
        Texts{"spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds"});
}

TEST_CASE("a Deployment's template is a pod's, with its own path and rules") {
  CHECK(deployment("template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a}]}}") ==
        Texts{"spec.template.spec.containers[0].image: Required value"});
  CHECK(
      deployment(
          "template: {metadata: {labels: {app: web}}, spec: {restartPolicy: Never, containers: [{name: a, "
          "image: a}]}}") ==
      Texts{"spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\""});
  CHECK(
      deployment("template: {metadata: {labels: {app: web}}, spec: {activeDeadlineSeconds: 5, containers: "
                 "[{name: a, "
                 "image: a}]}}") ==
      Texts{"spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not "
            "Supported"});
}

TEST_CASE("selectors of Deployments and ReplicaSets are immutable") {
  const std::string before(kDeployment);
  std::string now = before;
  for (std::size_t at = 0; (at = now.find("app: web", at)) != std::string::npos; at += 9)
    now.replace(at, 8, "app: shop");
  for (const Resource* resource : {&resources::deployments, &resources::replicaSets}) {
    CHECK(wrongUpdate(*resource, before, now) ==
          Texts{"spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"shop\"}}: field is immutable"});
  }
}

TEST_CASE("statuses of workloads may not count more ready than there are") {
  const Value stored = defaulted(resources::replicaSets, kDeployment);
  const Value sent =
      stored.with(Key::intern("status"), yaml("{replicas: 1, readyReplicas: 2, availableReplicas: -1}"));
  CHECK(told(validateStatusUpdate(resources::replicaSets, sent, stored)) ==
        Texts{"status.availableReplicas: Invalid value: -1: must be greater than or equal to 0",
              "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"});
}

TEST_CASE("Services: names, ports and types") {
  CHECK(
      wrong(resources::services,
            "{metadata: {name: 1web, namespace: default}, spec: {ports: [{port: 80}]}}") ==
      Texts{
          "metadata.name: Invalid value: \"1web\": a DNS-1035 label must consist of lower case alphanumeric "
          "characters or '-', start with an alphabetic character, and end with an alphanumeric character "
          "(e.g. "
          "'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"});
  CHECK(service("selector: {app: web}") == Texts{"spec.ports: Required value"});
  CHECK(service("ports: [{port: 0, targetPort: 80}]") ==
        Texts{"spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"});
  CHECK(service("ports: [{port: 80}, {port: 81}]") ==
        Texts{"spec.ports[0].name: Required value", "spec.ports[1].name: Required value"});
  CHECK(service("ports: [{name: a, port: 80}, {name: a, port: 80}]") ==
        Texts{"spec.ports[1].name: Duplicate value: \"a\"",
              "spec.ports[1]: Duplicate value: {\"port\":80,\"protocol\":\"TCP\"}"});
  CHECK(service("ports: [{port: 80, targetPort: Web_Port}]") ==
        Texts{"spec.ports[0].targetPort: Invalid value: \"Web_Port\": must contain only alpha-numeric "
              "characters (a-z, "
              "0-9), and hyphens (-)"});
  CHECK(service("ports: [{port: 80, nodePort: 30080}]") ==
        Texts{"spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"});
  CHECK(service("type: Ingress, ports: [{port: 80}]") ==
        Texts{"spec.type: Unsupported value: \"Ingress\": supported values: \"ClusterIP\", \"ExternalName\", "
              "\"LoadBalancer\", \"NodePort\""});
  CHECK(service("type: NodePort, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: "
                "30080}]") == Texts{"spec.ports[1].nodePort: Duplicate value: 30080"});
}

TEST_CASE("Services: addresses, external names and traffic") {
  CHECK(service("type: ExternalName") == Texts{"spec.externalName: Required value"});
  CHECK(service("type: NodePort, clusterIP: None, clusterIPs: [None], ports: [{port: 80}]") ==
        Texts{"spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"});
  CHECK(
      service("clusterIP: 10.96.0.300, clusterIPs: [10.96.0.300], ports: [{port: 80}]") ==
      Texts{
          "spec.clusterIPs[0]: Invalid value: \"10.96.0.300\": must be a valid IP address, (e.g. 10.9.8.7 or "
          "2001:db8::ffff)"});
  CHECK(
      service("sessionAffinity: Cookie, ports: [{port: 80}]") ==
      Texts{"spec.sessionAffinity: Unsupported value: \"Cookie\": supported values: \"ClientIP\", \"None\""});
  CHECK(
      service("externalTrafficPolicy: Local, ports: [{port: 80}]") ==
      Texts{"spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible "
            "services"});
  CHECK(
      service("externalIPs: [127.0.0.1], ports: [{port: 80}]") ==
      Texts{
          "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, "
          "::1/128)"});
  const std::string before =
      "{metadata: {name: web, namespace: default}, spec: {clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], "
      "ports: [{port: "
      "80}]}}";
  std::string now = before;
  for (std::size_t at = 0; (at = now.find("0.7", at)) != std::string::npos; ++at) now.replace(at, 3, "0.8");
  CHECK(wrongUpdate(resources::services, before, now) ==
        Texts{"spec.clusterIPs[0]: Invalid value: [\"10.96.0.8\"]: may not change once set"});
}

TEST_CASE("ConfigMaps and Secrets") {
  CHECK(wrong(resources::configMaps, "{metadata: {name: c, namespace: default}, data: {'a b': x}}") ==
        Texts{"data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric "
              "characters, '-', '_' "
              "or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
              "'[-._a-zA-Z0-9]+')"});
  CHECK(wrong(resources::configMaps,
              "{metadata: {name: c, namespace: default}, data: {big: " + std::string(1024 * 1024 + 1, 'x') +
                  "}}") == Texts{"[]: Too long: may not be more than 1048576 bytes"});
  CHECK(wrongUpdate(resources::configMaps,
                    "{metadata: {name: c, namespace: default}, immutable: true, data: {a: b}}",
                    "{metadata: {name: c, namespace: default}, data: {a: c}}") ==
        Texts{"immutable: Forbidden: field is immutable when `immutable` is set",
              "data: Forbidden: field is immutable when `immutable` is set"});
  CHECK(wrong(resources::secrets, "{metadata: {name: s, namespace: default}, type: kubernetes.io/tls}") ==
        Texts{"data[tls.crt]: Required value", "data[tls.key]: Required value"});
  CHECK(wrong(resources::secrets,
              "{metadata: {name: s, namespace: default}, type: kubernetes.io/dockerconfigjson, "
              "stringData: {.dockerconfigjson: '{\"auths\":{}}'}}")
            .empty());
  CHECK(wrongUpdate(resources::secrets, "{metadata: {name: s, namespace: default}, type: example.com/x}",
                    "{metadata: {name: s, namespace: default}}") ==
        Texts{"type: Invalid value: \"Opaque\": field is immutable"});
}

TEST_CASE("Nodes and Namespaces") {
  CHECK(node("taints: [{key: a, effect: NoSchedule}, {key: a, effect: NoSchedule}]") ==
        Texts{"metadata.taints[1]: Duplicate value: {\"effect\":\"NoSchedule\",\"key\":\"a\"}: taints must "
              "be unique by "
              "key and effect pair"});
  CHECK(node("taints: [{key: a}]") == Texts{"metadata.taints[0].effect: Required value"});
  CHECK(
      node("podCIDRs: [10.0.0.0]") ==
      Texts{"spec.podCIDRs[0]: Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or "
            "2001:db8::/64)"});
  CHECK(wrongUpdate(resources::nodes, "{metadata: {name: n1}, spec: {podCIDR: 10.0.0.0/24}}",
                    "{metadata: {name: n1}, spec: {podCIDR: 10.0.1.0/24}}") ==
        Texts{"spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid"});
  CHECK(wrong(resources::namespaces, "{metadata: {name: Team}}") ==
        Texts{"metadata.name: Invalid value: \"Team\": a lowercase RFC 1123 label must consist of lower case "
              "alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. "
              "'my-name',  "
              "or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"});
  CHECK(
      wrong(resources::namespaces,
            "{metadata: {name: a, labels: {kubernetes.io/metadata.name: a}}, spec: {finalizers: [x]}}") ==
      Texts{
          "spec.finalizers: Invalid value: \"x\": name is neither a standard finalizer name nor is it fully "
          "qualified"});
}

TEST_CASE("Endpoints, EndpointSlices, Leases and Events") {
  CHECK(wrong(resources::endpoints,
              "{metadata: {name: e, namespace: default}, subsets: [{ports: [{port: 80}]}]}") ==
        Texts{"subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"});
  CHECK(wrong(resources::endpointSlices,
              "{metadata: {name: e, namespace: default}, addressType: IPv4, endpoints: [{addresses: []}]}") ==
        Texts{"endpoints[0].addresses: Required value: must contain at least 1 address"});
  CHECK(
      wrong(resources::endpointSlices,
            "{metadata: {name: e, namespace: default}, addressType: IPv4, endpoints: [{addresses: "
            "['::1']}]}") ==
      Texts{
          "endpoints[0].addresses[0]: Invalid value: \"::1\": must be a valid IPv4 address",
          "endpoints[0].addresses[0]: Invalid value: \"::1\": may not be in the loopback range (127.0.0.0/8, "
          "::1/128)"});
  CHECK(wrong(resources::leases,
              "{metadata: {name: l, namespace: default}, spec: {leaseDurationSeconds: 0}}") ==
        Texts{"spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"});
  CHECK(wrong(resources::events,
              "{metadata: {name: e, namespace: default}, involvedObject: {namespace: other}}") ==
        Texts{"involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"});
}

TEST_CASE("metadata of an update: no other object, no new finalizers while it goes") {
  const char* before =
      "{metadata: {name: c, namespace: default, uid: u1, deletionTimestamp: '2026-01-01T00:00:00Z'}}";
  const char* now =
      "{metadata: {name: d, namespace: default, uid: u1, deletionTimestamp: '2026-01-01T00:00:00Z', "
      "finalizers: "
      "[example.com/x]}}";
  CHECK(wrongUpdate(resources::configMaps, before, now) ==
        Texts{"metadata.finalizers: Forbidden: no new finalizers can be added if the object is being "
              "deleted, found new "
              "finalizers []string{\"example.com/x\"}",
              "metadata.name: Invalid value: \"d\": field is immutable"});
}

namespace {

// Calls `visit` with every tree that is `value` with one node replaced.
void mutate(const Value& value, const std::function<void(const Value&)>& visit, int depth = 0) {
  static const Value odd = yaml("[5, x, [], {}, [x], {x: [5]}, true, -1, null, 1.5]");
  for (const Value& one : odd.items()) visit(one);
  if (depth > 12) return;
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    mutate(
        value.items()[i], [&](const Value& item) { visit(value.withItem(i, item)); }, depth + 1);
  }
  for (std::size_t i = 0; i < value.memberKeys().size(); ++i) {
    mutate(
        value.memberValues()[i],
        [&](const Value& member) { visit(value.with(value.memberKeys()[i], member)); }, depth + 1);
  }
}

}  // namespace

TEST_CASE("no shape of any field crashes defaulting or validation") {
  const char* pod = R"(
metadata: {name: a, namespace: b, labels: {a: b}, ownerReferences: [{uid: x}], finalizers: [a/b]}
spec:
  volumes: [{name: v, configMap: {name: c, items: [{key: k, path: p}]}}, {name: p, projected: {sources: [{downwardAPI: {items: [{path: x, fieldRef: {fieldPath: metadata.name}}]}}]}}]
  initContainers: [{name: i, image: i, restartPolicy: Always}]
  containers:
  - {name: a, image: a, ports: [{containerPort: 80, hostPort: 80}], env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}], envFrom: [{secretRef: {name: s}}], volumeMounts: [{name: v, mountPath: /v}], resources: {limits: {cpu: 1}, requests: {cpu: 1}}, livenessProbe: {httpGet: {port: 80}}, lifecycle: {preStop: {sleep: {seconds: 1}}}, securityContext: {capabilities: {add: [X]}}}
  affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, matchLabelKeys: [a], labelSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}}]}}
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]
  tolerations: [{key: a, operator: Exists}]
  dnsConfig: {nameservers: [1.1.1.1], searches: [a.b], options: [{name: x}]}
status: {podIPs: [{ip: 10.0.0.1}], hostIPs: [{ip: 10.0.0.1}], containerStatuses: [{name: a, state: {terminated: {exitCode: 0}}}], conditions: [{type: Ready}]})";
  const Value good = yaml(pod);
  std::size_t tried = 0;
  mutate(good, [&](const Value& odd) {
    const Value filled = setDefaults(resources::pods, odd);
    (void)validate(resources::pods, filled);
    (void)validateUpdate(resources::pods, filled, good);
    (void)validateStatusUpdate(resources::pods, filled, good);
    (void)validateStatusUpdate(resources::pods, good, filled);
    ++tried;
  });
  CHECK(tried > 1000);
}

TEST_CASE("a manifest that is wrong everywhere gets a thousand errors, not a million") {
  std::string text =
      "metadata: {name: a, namespace: b}\nspec:\n  containers:\n  - name: a\n    image: a\n    env:\n";
  for (int i = 0; i < 5000; ++i) text += "    - {name: 'a=" + std::to_string(i) + "'}\n";
  CHECK(wrong(resources::pods, text).size() == 1000);
  CHECK(wrong(resources::pods, text).size() == 1000);  // and is not taken for clean afterwards
}
