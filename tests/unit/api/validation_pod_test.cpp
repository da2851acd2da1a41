#include <string>

#include "core/api/validation.hpp"
#include "tests/unit/api/objects.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

constexpr std::string_view kDnsLabel =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kDnsSubdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kQualifiedName =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kLabelValue =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
    "validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const std::string kContainer = "containers: [{name: a, image: a}]";

std::string operator+(const char* text, std::string_view rest) { return std::string(text).append(rest); }

Texts metadata(std::string_view flow) {
  return wrong(resources::pods,
               "metadata: " + std::string(flow) + "\nspec: {containers: [{name: a, image: a}]}");
}

// A pod "web" in "default" with one container "a" unless `flow` says otherwise.
Texts spec(const std::string& flow) {
  const bool has = flow.find("containers:") != std::string::npos;
  return wrong(resources::pods, "metadata: {name: web, namespace: default}\nspec: {" + flow +
                                    (has ? "}" : (flow.empty() ? "" : ", ") + kContainer + "}"));
}

Texts container(const std::string& flow) { return spec("containers: [{name: a, image: a, " + flow + "}]"); }

Texts volume(const std::string& flow) { return spec("volumes: [{name: v, " + flow + "}]"); }

Texts update(std::string_view before, std::string_view now) {
  const std::string start = "metadata: {name: web, namespace: default}\nspec: {";
  return wrongUpdate(resources::pods, start + std::string(before) + "}", start + std::string(now) + "}");
}

}  // namespace

TEST_CASE("a well-formed pod has nothing wrong") {
  CHECK(spec("").empty());
  CHECK(container("ports: [{containerPort: 80, name: http}], env: [{name: A_1.b-c, value: x}]").empty());
}

TEST_CASE("names and namespaces") {
  CHECK(metadata("{name: Web_1, namespace: default}") ==
        Texts{"metadata.name: Invalid value: \"Web_1\": " + kDnsSubdomain});
  CHECK(metadata("{namespace: default}") ==
        Texts{"metadata.name: Required value: name or generateName is required"});
  CHECK(metadata("{name: web, namespace: a.b}") ==
        Texts{"metadata.namespace: Invalid value: \"a.b\": must not contain dots"});
  CHECK(metadata("{name: web, generateName: 'Web-', namespace: default}") ==
        Texts{"metadata.generateName: Invalid value: \"Web-\": " + kDnsSubdomain});
  CHECK(metadata("{name: " + std::string(254, 'a') + ", namespace: default}") ==
        Texts{"metadata.name: Invalid value: \"" + std::string(254, 'a') +
              "\": must be no more than 253 characters"});
}

TEST_CASE("labels, annotations, owners and finalizers") {
  CHECK(metadata("{name: web, namespace: default, labels: {'my app': web}}") ==
        Texts{"metadata.labels: Invalid value: \"my app\": " + kQualifiedName});
  CHECK(metadata("{name: web, namespace: default, labels: {app: 'hello world'}}") ==
        Texts{"metadata.labels: Invalid value: \"hello world\": " + kLabelValue});
  CHECK(metadata("{name: web, namespace: default, labels: {/app: web}}") ==
        Texts{"metadata.labels: Invalid value: \"/app\": prefix part must be non-empty"});
  CHECK(metadata("{name: web, namespace: default, annotations: {big: " + std::string(256 * 1024, 'x') +
                 "}}") == Texts{"metadata.annotations: Too long: may not be more than 262144 bytes"});
  CHECK(metadata("{name: web, namespace: default, finalizers: [mine]}") ==
        Texts{"metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name "
              "nor is it "
              "fully qualified"});
  CHECK(metadata("{name: web, namespace: default, ownerReferences: [{apiVersion: v1, kind: Pod, name: a, "
                 "uid: ''}]}") ==
        Texts{"metadata.ownerReferences.uid: Invalid value: \"\": uid must not be empty"});
}

TEST_CASE("containers need names and images, each name once") {
  CHECK(wrong(resources::pods, "{metadata: {name: web, namespace: default}, spec: {containers: []}}") ==
        Texts{"spec.containers: Required value"});
  CHECK(spec("containers: [{image: a}]") == Texts{"spec.containers[0].name: Required value"});
  CHECK(spec("containers: [{name: a}]") == Texts{"spec.containers[0].image: Required value"});
  CHECK(spec("containers: [{name: My_App, image: a}]") ==
        Texts{"spec.containers[0].name: Invalid value: \"My_App\": " + kDnsLabel});
  CHECK(spec("containers: [{name: a, image: a}, {name: a, image: b}]") ==
        Texts{"spec.containers[1].name: Duplicate value: \"a\""});
  CHECK(
      spec("containers: [{name: a, image: ' a'}]") ==
      Texts{"spec.containers[0].image: Invalid value: \" a\": must not have leading or trailing whitespace"});
  CHECK(spec("containers: [{name: a, image: a}], initContainers: [{name: a, image: b, livenessProbe: {exec: "
             "{command: "
             "[x]}}}]") ==
        Texts{"spec.initContainers[0].name: Duplicate value: \"a\"",
              "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
              "restartPolicy=Always"});
  CHECK(container("imagePullPolicy: Sometimes") ==
        Texts{"spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: "
              "\"Always\", "
              "\"IfNotPresent\", \"Never\""});
  CHECK(container("restartPolicy: Always") ==
        Texts{"spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers"});
}

TEST_CASE("ports") {
  CHECK(container("ports: [{containerPort: 70000}]") ==
        Texts{"spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, "
              "inclusive"});
  CHECK(container("ports: [{name: http}]") ==
        Texts{"spec.containers[0].ports[0].containerPort: Required value"});
  CHECK(
      container("ports: [{containerPort: 80, protocol: HTTP}]") ==
      Texts{"spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", "
            "\"TCP\", \"UDP\""});
  CHECK(container("ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]") ==
        Texts{"spec.containers[0].ports[1].name: Duplicate value: \"a\""});
  CHECK(
      container("ports: [{containerPort: 80, name: much-too-long-name}]") ==
      Texts{
          "spec.containers[0].ports[0].name: Invalid value: \"much-too-long-name\": must be no more than 15 "
          "characters"});
  CHECK(
      container("ports: [{containerPort: 80, name: '80'}]") ==
      Texts{
          "spec.containers[0].ports[0].name: Invalid value: \"80\": must contain at least one letter (a-z)"});
  CHECK(container("ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80}]") ==
        Texts{"spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//80\""});
  CHECK(spec("hostNetwork: true, containers: [{name: a, image: a, ports: [{containerPort: 80, hostPort: "
             "81}]}]") == Texts{"spec.containers[0].ports[0].hostPort: Invalid value: 81: must match "
                                "`containerPort` when `hostNetwork` "
                                "is true"});
}

TEST_CASE("environment") {
  CHECK(container("env: [{value: x}]") == Texts{"spec.containers[0].env[0].name: Required value"});
  CHECK(container("env: [{name: A=B}]") == Texts{"spec.containers[0].env[0].name: Invalid value: \"A=B\": a "
                                                 "valid environment variable name must consist "
                                                 "only of printable ASCII characters other than '='"});
  CHECK(container("env: [{name: A, valueFrom: {}}]") ==
        Texts{"spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, "
              "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"});
  CHECK(container("env: [{name: A, value: x, valueFrom: {configMapKeyRef: {name: c, key: k}}}]") ==
        Texts{"spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` "
              "is not "
              "empty"});
  CHECK(container("env: [{name: A, valueFrom: {secretKeyRef: {name: s}}}]") ==
        Texts{"spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value"});
  CHECK(
      container("env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]") ==
      Texts{
          "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"metadata.labels\": "
          "supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", "
          "\"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", "
          "\"status.podIPs\""});
  CHECK(container("env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.image}}}]") ==
        Texts{"spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.image\": error "
              "converting "
              "fieldPath: field label not supported: spec.image"});
  CHECK(
      container("env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}]").empty());
  CHECK(container("envFrom: [{prefix: P}]") == Texts{"spec.containers[0].envFrom: Invalid value: \"\": must "
                                                     "specify one of: `configMapRef` or `secretRef`"});
}

TEST_CASE("resources") {
  CHECK(container("resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}") ==
        Texts{"spec.containers[0].resources.requests: Invalid value: \"2Gi\": must be less than or equal to "
              "memory "
              "limit of 1Gi"});
  CHECK(container("resources: {limits: {cpus: 1}}") ==
        Texts{"spec.containers[0].resources.limits[cpus]: Invalid value: \"cpus\": must be a standard "
              "resource type or "
              "fully qualified",
              "spec.containers[0].resources.limits[cpus]: Invalid value: \"cpus\": must be a standard "
              "resource for "
              "containers",
              "spec.containers[0].resources.requests[cpus]: Invalid value: \"cpus\": must be a standard "
              "resource type "
              "or fully qualified",
              "spec.containers[0].resources.requests[cpus]: Invalid value: \"cpus\": must be a standard "
              "resource for "
              "containers"});
  CHECK(container("resources: {requests: {cpu: -1}}") ==
        Texts{"spec.containers[0].resources.requests[cpu]: Invalid value: \"-1\": must be greater than or "
              "equal to 0"});
  CHECK(container("resources: {requests: {example.com/gpu: 1}}") ==
        Texts{"spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable "
              "resources"});
  CHECK(
      container("resources: {limits: {example.com/gpu: 500m}}") ==
      Texts{
          "spec.containers[0].resources.limits[example.com/gpu]: Invalid value: \"500m\": must be an integer",
          "spec.containers[0].resources.requests[example.com/gpu]: Invalid value: \"500m\": must be an "
          "integer"});
}

TEST_CASE("probes and hooks") {
  CHECK(container("livenessProbe: {periodSeconds: 5}") ==
        Texts{"spec.containers[0].livenessProbe: Required value: must specify a handler type"});
  CHECK(container("livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}") ==
        Texts{"spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"});
  CHECK(
      container("readinessProbe: {httpGet: {port: 0}, initialDelaySeconds: -1}") ==
      Texts{"spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, "
            "inclusive",
            "spec.containers[0].readinessProbe.initialDelaySeconds: Invalid value: -1: must be greater than "
            "or equal "
            "to 0"});
  CHECK(
      container("startupProbe: {exec: {}, httpGet: {port: 80}}") ==
      Texts{"spec.containers[0].startupProbe.exec.command: Required value",
            "spec.containers[0].startupProbe.httpGet: Forbidden: may not specify more than 1 handler type"});
  CHECK(container("lifecycle: {preStop: {}}") ==
        Texts{"spec.containers[0].lifecycle.preStop: Required value: must specify a handler type"});
  CHECK(
      container("lifecycle: {preStop: {sleep: {seconds: 60}}}") ==
      Texts{
          "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than "
          "terminationGracePeriodSeconds (30)"});
}

TEST_CASE("volumes and mounts") {
  CHECK(container("volumeMounts: [{name: data, mountPath: /data}]") ==
        Texts{"spec.containers[0].volumeMounts[0].name: Not found: \"data\""});
  CHECK(spec("volumes: [{name: v}], containers: [{name: a, image: a, volumeMounts: [{name: v, mountPath: "
             "/a}, {name: "
             "v, mountPath: /a}]}]") ==
        Texts{"spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique"});
  CHECK(spec("volumes: [{name: v}, {name: v}]") == Texts{"spec.volumes[1].name: Duplicate value: \"v\""});
  CHECK(volume("configMap: {}") == Texts{"spec.volumes[0].configMap.name: Required value"});
  CHECK(volume("secret: {secretName: s, defaultMode: 1000}") ==
        Texts{"spec.volumes[0].secret.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 "
              "(octal), "
              "both inclusive"});
  CHECK(volume("emptyDir: {}, hostPath: {path: /x}") ==
        Texts{"spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"});
  CHECK(
      volume("hostPath: {path: /a/../b, type: Folder}") ==
      Texts{"spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
            "spec.volumes[0].hostPath.type: Unsupported value: \"Folder\": supported values: \"\", "
            "\"BlockDevice\", "
            "\"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\""});
  CHECK(volume("configMap: {name: c, items: [{key: k, path: /abs}]}") ==
        Texts{"spec.volumes[0].configMap.items[0].path: Invalid value: \"/abs\": must be a relative path"});
}

TEST_CASE("policies and places of the pod itself") {
  CHECK(spec("restartPolicy: Sometimes") == Texts{"spec.restartPolicy: Unsupported value: \"Sometimes\": "
                                                  "supported values: \"Always\", \"OnFailure\", "
                                                  "\"Never\""});
  CHECK(spec("dnsPolicy: None") ==
        Texts{"spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"});
  CHECK(spec("activeDeadlineSeconds: 0") ==
        Texts{"spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"});
  CHECK(spec("nodeSelector: {disk: 'very fast'}") ==
        Texts{"spec.nodeSelector: Invalid value: \"very fast\": " + kLabelValue});
  CHECK(spec("nodeName: n1, schedulingGates: [{name: wait}]") ==
        Texts{"spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"});
  CHECK(
      spec("securityContext: {runAsUser: -1}") ==
      Texts{
          "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"});
  CHECK(
      spec("hostAliases: [{ip: 1.2.3, hostnames: [a]}]") ==
      Texts{"spec.hostAliases[0].ip: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or "
            "2001:db8::ffff)"});
}

TEST_CASE("tolerations, affinity and spreading") {
  CHECK(spec("tolerations: [{operator: Exists, value: x}]") ==
        Texts{"spec.tolerations[0].operator: Invalid value: \"x\": value must be empty when `operator` is "
              "'Exists'"});
  CHECK(spec("tolerations: [{value: x}]") == Texts{"spec.tolerations[0].operator: Invalid value: \"\": "
                                                   "operator must be Exists when `key` is empty, which "
                                                   "means \"match all values and all keys\""});
  CHECK(spec("tolerations: [{key: a, operator: Exists, effect: NoRun}]") ==
        Texts{"spec.tolerations[0].effect: Unsupported value: \"NoRun\": supported values: \"NoSchedule\", "
              "\"PreferNoSchedule\", \"NoExecute\""});
  CHECK(spec("tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}]") ==
        Texts{"spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when "
              "`tolerationSeconds` is set"});
  CHECK(
      spec("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
           "[{matchExpressions: [{key: a, operator: In}]}]}}}") ==
      Texts{"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]."
            "matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
            "'NotIn'"});
  CHECK(spec("affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, "
             "podAffinityTerm: {topologyKey: zone}}]}}") ==
        Texts{"spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: "
              "Invalid value: "
              "101: must be in the range 1-100"});
  CHECK(spec("topologySpreadConstraints: [{maxSkew: 0, topologyKey: '', whenUnsatisfiable: Never}]") ==
        Texts{"spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
              "spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty",
              "spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"Never\": supported "
              "values: "
              "\"DoNotSchedule\", \"ScheduleAnyway\""});
}

TEST_CASE("a pod update may change images, deadlines and tolerations, and nothing else") {
  const char* before = "containers: [{name: a, image: 'a:1'}]";
  CHECK(update(before, "containers: [{name: a, image: 'a:2', imagePullPolicy: IfNotPresent}]").empty());
  CHECK(update(before, "activeDeadlineSeconds: 10, containers: [{name: a, image: 'a:1'}]").empty());
  CHECK(update(before, "tolerations: [{key: k, operator: Exists}], containers: [{name: a, image: 'a:1'}]")
            .empty());
  CHECK(update(before, "containers: [{name: a, image: 'a:1'}, {name: b, image: b}]") ==
        Texts{"spec.containers: Forbidden: pod updates may not add or remove containers"});
  const Texts told =
      update(before, "restartPolicy: Never, containers: [{name: a, image: 'a:2', env: [{name: A}]}]");
  REQUIRE(told.size() == 1);
  CHECK(told[0] ==
        "spec: Forbidden: pod updates may not change fields other than "
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec."
        "tolerations` "
        "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
        "to 1 if it "
        "was previously negative)\n"
        "  core.PodSpec{\n"
        "  \tcontainers: {\n"
        "  \t\t{\n"
        "+ \t\t\tenv: [{\"name\":\"A\"}],\n"
        "  \t\t},\n"
        "  \t},\n"
        "- \trestartPolicy: \"Always\",\n"
        "+ \trestartPolicy: \"Never\",\n"
        "  }\n");
}

TEST_CASE("what a pod update may not take back") {
  CHECK(update("tolerations: [{key: k, operator: Exists}], containers: [{name: a, image: a}]",
               "containers: [{name: a, image: a}]") ==
        Texts{"spec.tolerations: Forbidden: existing toleration can not be modified except its "
              "tolerationSeconds"});
  CHECK(update("activeDeadlineSeconds: 5, containers: [{name: a, image: a}]",
               "activeDeadlineSeconds: 9, containers: [{name: a, image: a}]") ==
        Texts{"spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value"});
  CHECK(update("containers: [{name: a, image: a}]",
               "schedulingGates: [{name: g}], containers: [{name: a, image: a}]") ==
        Texts{"spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling "
              "gate 'g'"});
}

TEST_CASE("a pod's status may not change its class, nor bring an ended container back") {
  const auto pod = [](std::string_view status) {
    return defaulted(resources::pods,
                     "{metadata: {name: web, namespace: default}, spec: {restartPolicy: Never, "
                     "containers: [{name: a, image: a}]}, status: {" +
                         std::string(status) + "}}");
  };
  const Value ended =
      pod("qosClass: BestEffort, containerStatuses: [{name: a, state: {terminated: {exitCode: 1}}}]");
  CHECK(told(validateStatusUpdate(resources::pods, ended, ended)).empty());
  CHECK(
      told(validateStatusUpdate(
          resources::pods, pod("qosClass: Burstable, containerStatuses: [{name: a, state: {running: {}}}]"),
          ended)) ==
      Texts{"status.qosClass: Invalid value: \"Burstable\": field is immutable",
            "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"});
  CHECK(told(validateStatusUpdate(resources::pods,
                                  pod("qosClass: BestEffort, podIPs: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], "
                                      "containerStatuses: [{name: a, state: {terminated: {exitCode: 1}}}]"),
                                  ended)) ==
        Texts{"status.podIPs: Invalid value: [{\"ip\":\"10.0.0.1\"},{\"ip\":\"10.0.0.2\"}]: may specify no "
              "more than "
              "one IP for each IP family"});
}
