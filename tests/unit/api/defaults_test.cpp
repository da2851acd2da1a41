#include "core/api/defaults.hpp"

#include "core/api/core_v1/defaults.hpp"
#include "core/api/keys.hpp"
#include "tests/unit/api/objects.hpp"
#include "tests/unit/api/read_file.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

// The expected object is written as a whole: a default too many fails as one too few does.
void checkSame(const Value& object, std::string_view expected) {
  const Value wanted = yaml(expected);
  CHECK_MESSAGE(object == wanted, "got\n" << writeYaml(object) << "\nwanted\n" << writeYaml(wanted));
}

}  // namespace

TEST_CASE("a pod gets every default of its spec, its container and its volume") {
  const Value pod = defaulted(resources::pods, R"(
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  volumes: [{name: scratch}, {name: config, configMap: {name: web}}]
  containers:
  - name: web
    image: nginx
    ports: [{containerPort: 80}]
    env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
    resources: {limits: {cpu: 0.5, memory: 128Mi}, requests: {cpu: 100m}}
    livenessProbe: {httpGet: {port: 80}}
    readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}
    lifecycle: {preStop: {httpGet: {port: 80, path: /stop}}}
)");
  checkSame(pod, R"(
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  dnsPolicy: ClusterFirst
  enableServiceLinks: true
  restartPolicy: Always
  schedulerName: default-scheduler
  securityContext: {}
  terminationGracePeriodSeconds: 30
  volumes:
  - name: scratch
    emptyDir: {}
  - name: config
    configMap: {name: web, defaultMode: 420}
  containers:
  - name: web
    image: nginx
    imagePullPolicy: Always
    terminationMessagePath: /dev/termination-log
    terminationMessagePolicy: File
    ports: [{containerPort: 80, protocol: TCP}]
    env: [{name: NODE, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}}]
    resources: {limits: {cpu: 500m, memory: 128Mi}, requests: {cpu: 100m, memory: 128Mi}}
    livenessProbe:
      httpGet: {port: 80, path: /, scheme: HTTP}
      timeoutSeconds: 1
      periodSeconds: 10
      successThreshold: 1
      failureThreshold: 3
    readinessProbe:
      tcpSocket: {port: 80}
      timeoutSeconds: 1
      periodSeconds: 5
      successThreshold: 1
      failureThreshold: 3
    lifecycle: {preStop: {httpGet: {port: 80, path: /stop, scheme: HTTP}}}
status: {}
)");
}

TEST_CASE("the pull policy follows the tag") {
  for (const char* image :
       {"nginx", "nginx:latest", "registry.local:5000/team/app", "docker.io/library/redis:latest"}) {
    CAPTURE(image);
    CHECK(isLatestImage(image));
  }
  for (const char* image :
       {"nginx:1.27", "registry.local:5000/team/app:v1", "Nginx", "",
        "nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123"}) {
    CAPTURE(image);
    CHECK_FALSE(isLatestImage(image));
  }
}

TEST_CASE("in a pod on the host's network container ports are host ports") {
  const Value pod = defaulted(resources::pods, R"(
spec: {hostNetwork: true, containers: [{name: a, image: a:1, ports: [{containerPort: 80}]}]})");
  CHECK(pod["spec"]["containers"].item(0)["ports"].item(0)["hostPort"].asInt() == 80);
}

TEST_CASE(
    "the guestbook's Deployments have their defaults, and their templates a pod's but for the pod's own") {
  const Documents guestbook = readYaml(readFile("tests/fixtures/guestbook-all-in-one.yaml"));
  REQUIRE(guestbook.documents.size() == 6);
  const std::string frontend = writeYaml(guestbook.documents[5].value);
  checkSame(defaulted(resources::deployments, frontend), R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend}
spec:
  replicas: 3
  progressDeadlineSeconds: 600
  revisionHistoryLimit: 10
  selector: {matchLabels: {app: guestbook, tier: frontend}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}
  template:
    metadata:
      labels: {app: guestbook, tier: frontend}
    spec:
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
      containers:
      - name: php-redis
        image: gcr.io/google-samples/gb-frontend:v5
        imagePullPolicy: IfNotPresent
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
        resources: {requests: {cpu: 100m, memory: 100Mi}}
        env: [{name: GET_HOSTS_FROM, value: dns}]
        ports: [{containerPort: 80, protocol: TCP}]
status: {}
)");
}

TEST_CASE("the guestbook's Services have their defaults") {
  const Documents guestbook = readYaml(readFile("tests/fixtures/guestbook-all-in-one.yaml"));
  REQUIRE(guestbook.documents.size() == 6);
  checkSame(defaulted(resources::services, writeYaml(guestbook.documents[4].value)), R"(
apiVersion: v1
kind: Service
metadata: {name: frontend, labels: {app: guestbook, tier: frontend}}
spec:
  type: NodePort
  externalTrafficPolicy: Cluster
  internalTrafficPolicy: Cluster
  sessionAffinity: None
  ports: [{port: 80, protocol: TCP, targetPort: 80}]
  selector: {app: guestbook, tier: frontend}
status: {loadBalancer: {}}
)");
  checkSame(defaulted(resources::services, writeYaml(guestbook.documents[2].value)), R"(
apiVersion: v1
kind: Service
metadata: {name: redis-replica, labels: {app: redis, role: replica, tier: backend}}
spec:
  type: ClusterIP
  internalTrafficPolicy: Cluster
  sessionAffinity: None
  ports: [{port: 6379, protocol: TCP, targetPort: 6379}]
  selector: {app: redis, role: replica, tier: backend}
status: {loadBalancer: {}}
)");
}

TEST_CASE(
    "a Service with client affinity remembers clients for three hours, a load balancer has node ports") {
  const Value service = defaulted(resources::services, R"(
spec: {type: LoadBalancer, sessionAffinity: ClientIP, ports: [{port: 80, targetPort: http}]})");
  const Value& spec = service["spec"];
  CHECK(spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].asInt() == 10800);
  CHECK(spec["allocateLoadBalancerNodePorts"].asBool());
  CHECK(spec["ports"].item(0)["targetPort"].asString() == "http");
}

TEST_CASE("a Recreate strategy has no rolling update, a half-written one is completed") {
  const Value recreate = defaulted(resources::deployments, "spec: {strategy: {type: Recreate}}");
  CHECK_FALSE(recreate["spec"]["strategy"].has(Key::intern("rollingUpdate")));
  CHECK(recreate["spec"]["replicas"].asInt() == 1);
  const Value rolling =
      defaulted(resources::deployments, "spec: {replicas: 0, strategy: {rollingUpdate: {maxSurge: 1}}}");
  CHECK(rolling["spec"]["replicas"].asInt() == 0);
  CHECK(rolling["spec"]["strategy"] ==
        yaml("{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}"));
}

TEST_CASE("kinds of the cluster: namespaces are labelled, capacity is allocatable, secrets are opaque") {
  const Value ns = defaulted(resources::namespaces, "metadata: {name: team-a}");
  CHECK(ns["metadata"]["labels"]["kubernetes.io/metadata.name"].asString() == "team-a");
  CHECK(ns["status"]["phase"].asString() == "Active");
  const Value node =
      defaulted(resources::nodes, "{spec: {podCIDR: 10.1.0.0/24}, status: {capacity: {cpu: 4}}}");
  CHECK(node["status"]["allocatable"]["cpu"].asString() == "4");
  CHECK(node["spec"]["podCIDRs"] == yaml("[10.1.0.0/24]"));
  const Value secret = defaulted(resources::secrets, "{data: {b: Yg==}, stringData: {a: a, b: secret}}");
  CHECK(secret["type"].asString() == "Opaque");
  CHECK(secret["data"] == yaml("{a: YQ==, b: c2VjcmV0}"));
  CHECK_FALSE(secret.has(Key::intern("stringData")));
  const Value slice =
      defaulted(resources::endpointSlices, "{addressType: IPv4, endpoints: [], ports: [{port: 80}]}");
  CHECK(slice["ports"] == yaml("[{name: '', port: 80, protocol: TCP}]"));
}

TEST_CASE("an object with its defaults comes back as the same handle") {
  const char* manifests[] = {
      "spec: {volumes: [{name: a}], containers: [{name: a, image: a, resources: {limits: {cpu: 1}}, ports: "
      "[{containerPort: 80}]}]}",
      "spec: {template: {spec: {containers: [{name: a, image: a, livenessProbe: {grpc: {port: 1}}}]}}}"};
  const Value pod = defaulted(resources::pods, manifests[0]);
  CHECK(setDefaults(resources::pods, pod).sameAs(pod));
  const Value deployment = defaulted(resources::deployments, manifests[1]);
  CHECK(setDefaults(resources::deployments, deployment).sameAs(deployment));
  const Value replicaSet = defaulted(resources::replicaSets, manifests[1]);
  CHECK(setDefaults(resources::replicaSets, replicaSet).sameAs(replicaSet));
  const Value service = defaulted(resources::services, "spec: {type: LoadBalancer, ports: [{port: 80}]}");
  CHECK(setDefaults(resources::services, service).sameAs(service));
  const Value ns = defaulted(resources::namespaces, "metadata: {name: a}");
  CHECK(setDefaults(resources::namespaces, ns).sameAs(ns));
}

TEST_CASE("a pod shares its template's containers, volumes and whatever else has its defaults") {
  const Value deployment = defaulted(resources::deployments, R"(
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {volumes: [{name: a}], containers: [{name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}]})");
  const Value& podTemplate = deployment["spec"]["template"];
  const Value made =
      Value::object({{keys::metadata, podTemplate["metadata"]}, {keys::spec, podTemplate["spec"]}});
  const Value pod = setDefaults(resources::pods, made);
  CHECK(pod["spec"]["containers"].sameAs(podTemplate["spec"]["containers"]));
  CHECK(pod["spec"]["volumes"].sameAs(podTemplate["spec"]["volumes"]));
  CHECK(pod["metadata"].sameAs(podTemplate["metadata"]));
  // Defaults of two objects are one tree.
  const Value other = defaulted(resources::pods, "spec: {containers: [{name: b, image: b}]}");
  const Value& path = other["spec"]["containers"].item(0)["terminationMessagePath"];
  CHECK(path.sameAs(pod["spec"]["containers"].item(0)["terminationMessagePath"]));
}

TEST_CASE("odd shapes neither crash nor gain what would hide them") {
  for (const char* odd :
       {"5", "[]", "spec: 5", "spec: {containers: 5, volumes: x}", "spec: {containers: [1, [], x]}",
        "{metadata: x, spec: {template: y, strategy: 7, ports: {a: b}}, status: []}"}) {
    CAPTURE(odd);
    const Value value = yaml(odd);
    for (const Resource* resource : allResources()) {
      const Value filled = setDefaults(*resource, value);
      CHECK(setDefaults(*resource, filled) == filled);
      (void)validate(*resource, filled);
      (void)validateUpdate(*resource, filled, value);
      (void)validateStatusUpdate(*resource, filled, value);
    }
  }
}
