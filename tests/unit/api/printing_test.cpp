#include "core/api/printing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/value/document.hpp"

using namespace pilothouse;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;
namespace printing = pilothouse::api::printing;

namespace {

constexpr SimTime kNow = kSimulationStart + 10min;

Value yaml(std::string_view text) {
  const Documents read = readYaml(text);
  REQUIRE_MESSAGE(!read.error, (read.error ? read.error->message : std::string()));
  return read.documents.front().value;
}

// The cells as kubectl get -o wide shows them, with bars between them.
std::string row(const api::Resource& resource, std::string_view text) {
  const api::Kind& kind = api::kindOf(resource);
  std::vector<Value> cells;
  kind.cells(cells, yaml(text), kNow);
  CHECK(cells.size() == kind.columns.size());
  std::string all;
  for (const Value& cell : cells) {
    if (!all.empty()) all += " | ";
    all += cell.isInt() ? std::to_string(cell.asInt()) : cell.toString();
  }
  return all;
}

std::string head(const api::Resource& resource) {
  std::string all;
  for (const api::Column& column : api::kindOf(resource).columns) {
    if (!all.empty()) all += " | ";
    all += column.name;
    if (column.priority > 0) all += "*";
  }
  return all;
}

// Name, ready, status and restarts of a pod with the given spec and status.
std::string podRow(std::string_view spec, std::string_view status, std::string_view more = "") {
  const std::string text = "{metadata: {name: web, creationTimestamp: '2026-01-01T00:05:00Z'" +
                           std::string(more) + "}, spec: {" + std::string(spec) + "}, status: {" +
                           std::string(status) + "}}";
  const std::string all = row(r::pods, text);
  return all.substr(0, all.find(" | 5m"));
}

constexpr std::string_view kOne = "containers: [{name: a}]";

}  // namespace

TEST_CASE("columns are named as kube-apiserver names them; a star marks those of -o wide") {
  CHECK(head(r::pods) ==
        "Name | Ready | Status | Restarts | Age | IP* | Node* | Nominated Node* | Readiness Gates*");
  CHECK(head(r::nodes) ==
        "Name | Status | Roles | Age | Version | Internal-IP* | External-IP* | OS-Image* | Kernel-Version* | "
        "Container-Runtime*");
  CHECK(head(r::services) == "Name | Type | Cluster-IP | External-IP | Port(s) | Age | Selector*");
  CHECK(head(r::deployments) ==
        "Name | Ready | Up-to-date | Available | Age | Containers* | Images* | Selector*");
  CHECK(head(r::replicaSets) == "Name | Desired | Current | Ready | Age | Containers* | Images* | Selector*");
  CHECK(head(r::events) ==
        "Last Seen | Type | Reason | Object | Subobject* | Source* | Message | First Seen* | Count* | Name*");
  CHECK(head(r::endpointSlices) == "Name | AddressType | Ports | Endpoints | Age");
}

TEST_CASE("a running pod: its containers, its place, its age") {
  CHECK(row(r::pods, R"(
metadata: {name: web, creationTimestamp: "2026-01-01T00:04:30Z"}
spec: {nodeName: worker-1, containers: [{name: a}, {name: b}], readinessGates: [{conditionType: example.com/up}]}
status:
  phase: Running
  podIPs: [{ip: 10.244.1.2}]
  conditions: [{type: Ready, status: "False"}, {type: example.com/up, status: "True"}]
  containerStatuses:
  - {name: a, ready: true, restartCount: 0, state: {running: {}}}
  - {name: b, ready: false, restartCount: 2, state: {running: {}},
     lastState: {terminated: {exitCode: 1, finishedAt: "2026-01-01T00:07:00Z"}}}
)") == "web | 1/2 | Running | 2 (3m ago) | 5m30s | 10.244.1.2 | worker-1 | <none> | 1/1");
}

TEST_CASE("a pod's status says what holds it up") {
  CHECK(podRow(kOne, "phase: Pending") == "web | 0/1 | Pending | 0");
  CHECK(podRow(kOne, "phase: Pending, conditions: [{type: PodScheduled, reason: SchedulingGated}]") ==
        "web | 0/1 | SchedulingGated | 0");
  CHECK(podRow(kOne, "phase: Failed, reason: Evicted") == "web | 0/1 | Evicted | 0");
  CHECK(podRow(kOne,
               "phase: Running, containerStatuses: [{name: a, restartCount: 4, "
               "state: {waiting: {reason: CrashLoopBackOff}}}]") == "web | 0/1 | CrashLoopBackOff | 4");
  CHECK(podRow(kOne, "phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 3}}}]") ==
        "web | 0/1 | ExitCode:3 | 0");
  CHECK(podRow(kOne,
               "phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, "
               "signal: 9}}}]") == "web | 0/1 | Signal:9 | 0");
  CHECK(podRow(kOne,
               "phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, "
               "reason: Completed}}}]") == "web | 0/1 | Completed | 0");
}

TEST_CASE("a pod with one container done and one at work runs, or is not ready") {
  const std::string two = "containers: [{name: a}, {name: b}]";
  const std::string statuses =
      "phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}, "
      "{name: b, ready: true, state: {running: {}}}]";
  CHECK(podRow(two, statuses) == "web | 1/2 | NotReady | 0");
  CHECK(podRow(two, statuses + ", conditions: [{type: Ready, status: 'True'}]") == "web | 1/2 | Running | 0");
}

TEST_CASE("a pod that starts counts its init containers; sidecars count as containers") {
  const std::string spec = "initContainers: [{name: i}, {name: j}], containers: [{name: a}]";
  CHECK(podRow(spec, "phase: Pending, initContainerStatuses: [{name: i, state: {running: {}}}]") ==
        "web | 0/1 | Init:0/2 | 0");
  CHECK(podRow(spec,
               "phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}, "
               "{name: j, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}]") ==
        "web | 0/1 | Init:CrashLoopBackOff | 3");
  CHECK(podRow(spec,
               "phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 2}}}]") ==
        "web | 0/1 | Init:ExitCode:2 | 0");
  CHECK(podRow(spec,
               "phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 1, "
               "reason: Error}}}]") == "web | 0/1 | Init:Error | 0");
  const std::string sidecar = "initContainers: [{name: s, restartPolicy: Always}], containers: [{name: a}]";
  CHECK(
      podRow(sidecar,
             "phase: Running, initContainerStatuses: [{name: s, started: true, ready: true, restartCount: 1, "
             "state: {running: {}}}], containerStatuses: [{name: a, ready: true, restartCount: 2, "
             "state: {running: {}}}]") == "web | 2/2 | Running | 3");
}

TEST_CASE("a pod on its way out is Terminating, on a lost node Unknown, and done is done") {
  const std::string gone = ", deletionTimestamp: '2026-01-01T00:09:00Z'";
  CHECK(podRow(kOne, "phase: Running", gone) == "web | 0/1 | Terminating | 0");
  CHECK(podRow(kOne, "phase: Running, reason: NodeLost", gone) == "web | 0/1 | Unknown | 0");
  CHECK(podRow(kOne, "phase: Succeeded", gone) == "web | 0/1 | Succeeded | 0");
}

TEST_CASE("nodes tell their health, their roles and what they run") {
  CHECK(row(r::nodes, R"(
metadata:
  name: control-plane
  creationTimestamp: "2026-01-01T00:00:00Z"
  labels: {node-role.kubernetes.io/control-plane: "", node-role.kubernetes.io/: "", kubernetes.io/role: admin}
spec: {unschedulable: true}
status:
  conditions: [{type: Ready, status: "True"}]
  addresses: [{type: Hostname, address: control-plane}, {type: InternalIP, address: 172.18.0.2}]
  nodeInfo: {kubeletVersion: v1.33.1, osImage: Debian GNU/Linux 12 (bookworm), kernelVersion: 6.1.0}
)") == "control-plane | Ready,SchedulingDisabled | admin,control-plane | 10m | v1.33.1 | 172.18.0.2 | <none> "
       "| "
       "Debian GNU/Linux 12 (bookworm) | 6.1.0 | <unknown>");
  CHECK(row(r::nodes, "metadata: {name: m}\nstatus: {conditions: [{type: Ready, status: Unknown}]}") ==
        "m | NotReady | <none> | <unknown> |  | <none> | <none> | <unknown> | <unknown> | <unknown>");
  CHECK(row(r::nodes, "metadata: {name: m}").substr(0, 11) == "m | Unknown");
}

TEST_CASE("services tell where they are reached") {
  const auto service = [](const std::string& spec, const std::string& status = "") {
    return row(r::services, "{metadata: {name: s}, spec: {" + spec + "}, status: {" + status + "}}");
  };
  CHECK(service("type: ClusterIP, clusterIPs: [10.96.0.9], selector: {app: web, tier: front}, "
                "ports: [{port: 80, protocol: TCP}, {port: 53, protocol: UDP}]") ==
        "s | ClusterIP | 10.96.0.9 | <none> | 80/TCP,53/UDP | <unknown> | app=web,tier=front");
  CHECK(service("type: ClusterIP, clusterIPs: [None]") ==
        "s | ClusterIP | None | <none> | <none> | <unknown> | <none>");
  CHECK(service("type: NodePort, clusterIPs: [10.96.0.9], externalIPs: [1.2.3.4, 1.2.3.5], "
                "ports: [{port: 80, nodePort: 30080, protocol: TCP}]") ==
        "s | NodePort | 10.96.0.9 | 1.2.3.4,1.2.3.5 | 80:30080/TCP | <unknown> | <none>");
  const std::string balancer = "type: LoadBalancer, clusterIPs: [10.96.0.9]";
  CHECK(service(balancer) == "s | LoadBalancer | 10.96.0.9 | <pending> | <none> | <unknown> | <none>");
  CHECK(service(balancer,
                "loadBalancer: {ingress: [{ip: 9.9.9.9}, {hostname: a.example.com}, {ip: 1.1.1.1}]}") ==
        "s | LoadBalancer | 10.96.0.9 | 1.1.1.1,9.9.9.9,a.example.com | <none> | <unknown> | <none>");
  CHECK(service("type: ExternalName, externalName: db.example.com") ==
        "s | ExternalName | <none> | db.example.com | <none> | <unknown> | <none>");
}

TEST_CASE("deployments and replica sets count their pods") {
  const std::string spec =
      "spec: {replicas: 3, selector: {matchLabels: {app: web}, matchExpressions: [{key: old, operator: "
      "DoesNotExist}]}, template: {spec: {containers: [{name: a, image: nginx}, {name: b, image: "
      "redis:7}]}}}";
  CHECK(row(r::deployments, "{metadata: {name: web, creationTimestamp: '2025-12-30T00:00:00Z'}, " + spec +
                                ", status: {readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2}}") ==
        "web | 2/3 | 1 | 2 | 2d | a,b | nginx,redis:7 | app=web,!old");
  CHECK(row(r::replicaSets, "{metadata: {name: web}, " + spec + ", status: {replicas: 3}}") ==
        "web | 3 | 3 | 0 | <unknown> | a,b | nginx,redis:7 | app=web,!old");
}

TEST_CASE("events tell what happened to whom") {
  CHECK(row(r::events, R"(
metadata: {name: web.17}
involvedObject: {kind: Pod, name: web, fieldPath: "spec.containers{a}"}
type: Normal
reason: Pulled
message: "Container image present\n"
source: {component: kubelet, host: worker-1}
firstTimestamp: "2026-01-01T00:01:00Z"
lastTimestamp: "2026-01-01T00:09:50Z"
count: 4
)") == "10s | Normal | Pulled | pod/web | spec.containers{a} | kubelet, worker-1 | Container image present | "
       "9m | "
       "4 | web.17");
  CHECK(row(r::events, R"(
metadata: {name: web.18}
involvedObject: {kind: Node}
eventTime: "2026-01-01T00:08:00.000123Z"
reportingComponent: default-scheduler
reportingInstance: scheduler-1
)") == "119s |  |  | node |  | default-scheduler, scheduler-1 |  | 119s | 1 | web.18");
}

TEST_CASE("long lists of endpoints are cut") {
  CHECK(row(r::endpoints,
            "{metadata: {name: e}, subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], "
            "ports: [{port: 80}, {port: 443}]}]}") ==
        "e | 10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 1 more... | <unknown>");
  CHECK(row(r::endpoints,
            "{metadata: {name: e}, subsets: [{addresses: [{ip: 'fd00::1'}], ports: [{port: 80}]}]}") ==
        "e | [fd00::1]:80 | <unknown>");
  CHECK(row(r::endpoints, "{metadata: {name: e}}") == "e | <none> | <unknown>");
  CHECK(row(r::endpointSlices,
            "{metadata: {name: e}, addressType: IPv4, ports: [{port: 80}, {name: dns}, {}], "
            "endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}]}") ==
        "e | IPv4 | 80,dns,* | 10.0.0.1,10.0.0.2 | <unknown>");
  CHECK(row(r::endpointSlices, "{metadata: {name: e}, addressType: IPv4}") ==
        "e | IPv4 | <unset> | <unset> | <unknown>");
}

TEST_CASE("small kinds") {
  CHECK(row(r::configMaps, "{metadata: {name: c}, data: {a: x, b: x}, binaryData: {c: eA==}}") ==
        "c | 3 | <unknown>");
  CHECK(row(r::secrets, "{metadata: {name: s}, type: Opaque, data: {a: eA==}}") ==
        "s | Opaque | 1 | <unknown>");
  CHECK(row(r::namespaces, "{metadata: {name: m}, status: {phase: Active}}") == "m | Active | <unknown>");
  CHECK(row(r::leases, "{metadata: {name: l}, spec: {holderIdentity: worker-1}}") ==
        "l | worker-1 | <unknown>");
}

TEST_CASE("selectors, as metav1.FormatLabelSelector tells them") {
  CHECK(printing::selector(yaml("{}")) == Value("<none>"));
  CHECK(printing::selector(Value()) == Value("<none>"));
  CHECK(printing::selector(yaml("{matchExpressions: [{key: a, operator: Like}]}")) == Value("<error>"));
  CHECK(printing::selector(yaml("{matchExpressions: [{key: a, operator: In, values: ['y', x]}]}")) ==
        Value("a in (x,y)"));
  CHECK(printing::labels(yaml("{b: '2', a: ''}")) == Value("a=,b=2"));
}
