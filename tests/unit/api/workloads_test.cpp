#include <string>

#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& daemonSets() { return *findResource("apps", "daemonsets"); }
const Resource& statefulSets() { return *findResource("apps", "statefulsets"); }
const Resource& revisions() { return *findResource("apps", "controllerrevisions"); }
const Resource& controllers() { return *findResource("", "replicationcontrollers"); }
const Resource& templates() { return *findResource("", "podtemplates"); }

constexpr std::string_view kMeta = "metadata: {name: web, namespace: default}\n";
constexpr std::string_view kSelector = "selector: {matchLabels: {app: web}}";
constexpr std::string_view kTemplate =
    "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}";

// A manifest of a workload with a spec of these members, each overriding the usual ones.
std::string workload(std::string_view flow) {
  Value spec = yaml("{" + std::string(kSelector) + ", " + std::string(kTemplate) + "}");
  const Value changes = yaml("{" + std::string(flow) + "}");
  for (std::size_t i = 0; i < changes.size(); ++i) {
    spec = spec.with(changes.memberKeys()[i], changes.memberValues()[i]);
  }
  return writeYaml(yaml(kMeta).with(Key::intern("spec"), spec));
}

// With the template's metadata or spec replaced.
std::string withTemplate(std::string_view metadata, std::string_view spec) {
  return workload("template: {metadata: {" + std::string(metadata) + "}, spec: {" + std::string(spec) + "}}");
}

std::string controller(std::string_view flow) {
  return std::string(kMeta) + "spec: {" + std::string(flow) + "}";
}

Value status(std::string_view flow) { return yaml("{status: {" + std::string(flow) + "}}"); }

Texts wrongStatus(const Resource& resource, std::string_view now, std::string_view before = "") {
  return told(validateStatusUpdate(resource, status(now), status(before)));
}

}  // namespace

TEST_CASE("the columns of workloads") {
  CHECK(head(daemonSets()) ==
        "Name | Desired | Current | Ready | Up-to-date | Available | Node Selector | Age | Containers* | "
        "Images* | Selector*");
  CHECK(row(daemonSets(), R"(
metadata: {name: agent, creationTimestamp: "2026-01-01T00:07:00Z"}
spec:
  selector: {matchLabels: {app: agent}}
  template: {spec: {nodeSelector: {disk: ssd}, containers: [{name: a, image: fluentd:1}]}}
status: {desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 2, updatedNumberScheduled: 1,
  numberAvailable: 2})") == "agent | 3 | 3 | 2 | 1 | 2 | disk=ssd | 3m | a | fluentd:1 | app=agent");
  CHECK(head(statefulSets()) == "Name | Ready | Age | Containers* | Images*");
  CHECK(row(statefulSets(), R"(
metadata: {name: db, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {replicas: 3, template: {spec: {containers: [{name: a, image: x}, {name: b, image: z}]}}}
status: {readyReplicas: 2})") == "db | 2/3 | 10m | a,b | x,z");
  CHECK(head(controllers()) == "Name | Desired | Current | Ready | Age | Containers* | Images* | Selector*");
  CHECK(row(controllers(), R"(
metadata: {name: old, creationTimestamp: "2026-01-01T00:09:30Z"}
spec: {replicas: 2, selector: {app: web}, template: {spec: {containers: [{name: a, image: x}]}}}
status: {replicas: 2, readyReplicas: 1})") == "old | 2 | 2 | 1 | 30s | a | x | app=web");
  CHECK(row(revisions(), R"(
metadata:
  name: db-1
  creationTimestamp: "2026-01-01T00:09:00Z"
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]
revision: 4)") == "db-1 | statefulset.apps/db | 4 | 60s");
  CHECK(row(revisions(), "metadata: {name: lone}") == "lone | <none> | 0 | <unknown>");
  CHECK(head(templates()) == "Name | Containers | Images | Pod Labels");
  CHECK(row(templates(), R"(
metadata: {name: t}
template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}})") == "t | c | i | a=b");
}

TEST_CASE("a DaemonSet replaces one pod at a time unless told otherwise") {
  const Value set = defaulted(daemonSets(), workload(""));
  CHECK(writeJson(set["spec"]["updateStrategy"]) ==
        R"({"rollingUpdate":{"maxSurge":0,"maxUnavailable":1},"type":"RollingUpdate"})");
  CHECK(set["spec"]["revisionHistoryLimit"] == Value(10));
  CHECK(set["spec"]["template"]["spec"]["restartPolicy"] == Value("Always"));
  const Value manual = defaulted(daemonSets(), workload("updateStrategy: {type: OnDelete}"));
  CHECK(writeJson(manual["spec"]["updateStrategy"]) == R"({"type":"OnDelete"})");
  CHECK(wrong(daemonSets(), workload("")) == Texts{});
}

TEST_CASE("a StatefulSet's defaults: ordered, with claims that outlive it") {
  const Value set = defaulted(statefulSets(), workload(R"(volumeClaimTemplates: [{metadata: {name: data},
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1.5Gi}}}}])"));
  const Value& spec = set["spec"];
  CHECK(spec["podManagementPolicy"] == Value("OrderedReady"));
  CHECK(writeJson(spec["updateStrategy"]) == R"({"rollingUpdate":{"partition":0},"type":"RollingUpdate"})");
  CHECK(writeJson(spec["persistentVolumeClaimRetentionPolicy"]) ==
        R"({"whenDeleted":"Retain","whenScaled":"Retain"})");
  CHECK(spec["replicas"] == Value(1));
  const Value& claim = spec["volumeClaimTemplates"].item(0);
  CHECK(claim["kind"] == Value("PersistentVolumeClaim"));
  CHECK(claim["apiVersion"] == Value("v1"));
  CHECK(claim["spec"]["volumeMode"] == Value("Filesystem"));
  CHECK(claim["spec"]["resources"]["requests"]["storage"] == Value("1536Mi"));
  CHECK(claim["status"]["phase"] == Value("Pending"));
  // A type that is told gets no parts of its own.
  CHECK(writeJson(defaulted(statefulSets(),
                            workload("updateStrategy: {type: RollingUpdate}"))["spec"]["updateStrategy"]) ==
        R"({"type":"RollingUpdate"})");
}

TEST_CASE("a ReplicationController without selector and labels takes its template's") {
  const Value made = defaulted(controllers(), controller(kTemplate));
  CHECK(made["spec"]["replicas"] == Value(1));
  CHECK(writeJson(made["spec"]["selector"]) == R"({"app":"web"})");
  CHECK(writeJson(made["metadata"]["labels"]) == R"({"app":"web"})");
  CHECK(wrong(controllers(), controller(kTemplate)) == Texts{});
  CHECK(wrong(controllers(), controller("selector: {app: other}, " + std::string(kTemplate))) ==
        Texts{"spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match "
              "template `labels`"});
  CHECK(wrong(controllers(), controller("replicas: -1")) ==
        Texts{"spec.selector: Required value",
              "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
              "spec.template: Required value"});
  CHECK(wrong(controllers(), controller("template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, "
                                        "activeDeadlineSeconds: 5, containers: [{name: a, image: a}]}}")) ==
        Texts{"spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
              "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in "
              "ReplicationController is not Supported"});
  CHECK(wrongStatus(controllers(), "replicas: 1, readyReplicas: 2, availableReplicas: 3") ==
        Texts{"status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas",
              "status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas",
              "status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas"});
}

TEST_CASE("what is wrong with a DaemonSet") {
  const auto strategy = [](std::string_view update) {
    return wrong(daemonSets(), workload("updateStrategy: {rollingUpdate: {" + std::string(update) + "}}"));
  };
  CHECK(strategy("maxUnavailable: 1, maxSurge: 1") ==
        Texts{"spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when "
              "maxUnavailable is non-zero"});
  CHECK(strategy("maxUnavailable: 0, maxSurge: 0") ==
        Texts{"spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge "
              "is 0"});
  CHECK(
      strategy("maxUnavailable: 101%") ==
      Texts{"spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater "
            "than 100%"});
  CHECK(strategy("maxUnavailable: 0, maxSurge: -1") ==
        Texts{"spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal "
              "to 0"});
  CHECK(wrong(daemonSets(), workload("updateStrategy: {type: Recreate}")) ==
        Texts{"spec.updateStrategy: Unsupported value: {\"type\":\"Recreate\"}: supported values: "
              "\"RollingUpdate\", \"OnDelete\""});
  CHECK(wrong(daemonSets(), workload("selector: {}")) ==
        Texts{"spec.selector: Invalid value: {}: empty selector is invalid for daemonset"});
  CHECK(wrong(daemonSets(), workload("selector: {matchLabels: {app: other}}, minReadySeconds: -1")) ==
        Texts{"spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match "
              "template `labels`",
              "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0"});
  CHECK(wrongUpdate(daemonSets(), workload(""),
                    workload("selector: {matchLabels: {app: web, tier: x}}, template: {metadata: {labels: "
                             "{app: web, tier: x}}, spec: {containers: [{name: a, image: a}]}}")) ==
        Texts{"spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\",\"tier\":\"x\"}}: field is "
              "immutable"});
  CHECK(wrongStatus(daemonSets(), "numberReady: -1, collisionCount: 1", "collisionCount: 2") ==
        Texts{"status.numberReady: Invalid value: -1: must be greater than or equal to 0",
              "status.collisionCount: Invalid value: 1: cannot be decremented"});
}

TEST_CASE("a DaemonSet counts the changes of its template in an annotation") {
  const auto count = [](const Value& set) {
    return set["metadata"]["annotations"]["deprecated.daemonset.template.generation"].toString();
  };
  const Value first = created(daemonSets(), workload(""));
  CHECK(count(first) == "1");
  CHECK(first["metadata"]["generation"] == Value(1));
  CHECK(writeJson(first["status"]) ==
        R"({"currentNumberScheduled":0,"desiredNumberScheduled":0,"numberMisscheduled":0,"numberReady":0})");
  const Value second = updated(daemonSets(), first, workload("minReadySeconds: 5"));
  CHECK(count(second) == "1");
  CHECK(second["metadata"]["generation"] == Value(2));
  const Value third =
      updated(daemonSets(), second, withTemplate("labels: {app: web}", "containers: [{name: a, image: b}]"));
  CHECK(count(third) == "2");
  CHECK(third["metadata"]["generation"] == Value(3));
}

TEST_CASE("what is wrong with a StatefulSet") {
  CHECK(wrong(statefulSets(), workload("")) == Texts{});
  CHECK(wrong(statefulSets(), "metadata: {name: my.db, namespace: default}\nspec: {" +
                                  std::string(kSelector) + ", " + std::string(kTemplate) + "}")
            .size() == 1);
  CHECK(wrong(statefulSets(), workload("podManagementPolicy: Random, replicas: -1, serviceName: A_b")) ==
        Texts{"spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'",
              "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
              "spec.serviceName: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower "
              "case alphanumeric characters or '-', and must start and end with an alphanumeric character "
              "(e.g. 'my-name',  or '123-abc', regex used for validation is "
              "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"});
  CHECK(wrong(statefulSets(), workload("updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}")) ==
        Texts{"spec.updateStrategy.rollingUpdate: Invalid value: {\"partition\":1}: only allowed for "
              "updateStrategy 'RollingUpdate'"});
  CHECK(wrong(statefulSets(), workload("updateStrategy: {type: Recreate}")) ==
        Texts{"spec.updateStrategy: Invalid value: {\"type\":\"Recreate\"}: must be 'RollingUpdate' or "
              "'OnDelete'"});
  CHECK(wrong(statefulSets(),
              workload("updateStrategy: {rollingUpdate: {partition: -1, maxUnavailable: 0}}")) ==
        Texts{"spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal "
              "to 0",
              "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0"});
  CHECK(wrong(statefulSets(), workload("persistentVolumeClaimRetentionPolicy: {whenScaled: Keep}")) ==
        Texts{"spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: \"Keep\": supported "
              "values: \"Retain\", \"Delete\""});
  CHECK(wrong(statefulSets(), workload("selector: null")) ==
        Texts{"spec.selector: Required value",
              "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match "
              "template `labels`"});
  CHECK(wrong(statefulSets(), withTemplate("labels: {app: web}",
                                           "activeDeadlineSeconds: 5, containers: [{name: a, image: a}]")) ==
        Texts{"spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is "
              "not Supported"});
}

TEST_CASE("a StatefulSet's containers mount the claims that its pods will have") {
  constexpr std::string_view mounting =
      "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a, volumeMounts: "
      "[{name: data, mountPath: /data}]}]}}";
  CHECK(wrong(statefulSets(), workload(mounting)) ==
        Texts{"spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"data\""});
  CHECK(wrong(statefulSets(),
              workload(std::string(mounting) + ", volumeClaimTemplates: [{metadata: {name: data}, spec: "
                                               "{accessModes: [ReadWriteOnce], resources: {requests: "
                                               "{storage: 1Gi}}}}]")) == Texts{});
}

TEST_CASE("a claim template is a claim's spec") {
  CHECK(wrong(statefulSets(), workload("volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: "
                                       "[ReadWriteOnce]}}]")) ==
        Texts{"spec.volumeClaimTemplates[0].spec.resources[storage]: Required value"});
}

TEST_CASE("little of a StatefulSet can be changed") {
  constexpr std::string_view forbidden =
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "
      "'template', "
      "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
      "'minReadySeconds' are forbidden";
  const auto change = [](std::string_view now) {
    return wrongUpdate(statefulSets(), workload("serviceName: web"),
                       workload("serviceName: web, " + std::string(now)));
  };
  CHECK(change("replicas: 5, minReadySeconds: 3, revisionHistoryLimit: 2") == Texts{});
  CHECK(change("updateStrategy: {type: OnDelete}, ordinals: {start: 2}") == Texts{});
  CHECK(change("podManagementPolicy: Parallel") == Texts{std::string(forbidden)});
  CHECK(wrongUpdate(statefulSets(), workload("serviceName: web"), workload("serviceName: other")) ==
        Texts{std::string(forbidden)});
  CHECK(wrongStatus(statefulSets(),
                    "replicas: 1, currentReplicas: 2, readyReplicas: 1, availableReplicas: -1",
                    "collisionCount: 1") ==
        Texts{"status.availableReplicas: Invalid value: -1: must be greater than or equal to 0",
              "status.currentReplicas: Invalid value: 2: cannot be greater than status.replicas",
              "status.collisionCount: Invalid value: 0: cannot be decremented"});
}

TEST_CASE("a ControllerRevision keeps its data") {
  const auto revision = [](std::string_view rest) {
    return "metadata: {name: r, namespace: default}\n" + std::string(rest);
  };
  CHECK(wrong(revisions(), revision("revision: 1\ndata: {spec: {}}")) == Texts{});
  CHECK(wrong(revisions(), revision("revision: -1")) ==
        Texts{"revision: Invalid value: -1: must be greater than or equal to 0",
              "data: Required value: data is mandatory"});
  CHECK(wrongUpdate(revisions(), revision("revision: 1\ndata: {a: 1}"),
                    revision("revision: 2\ndata: {a: 2}")) ==
        Texts{"data: Invalid value: {\"a\":2}: field is immutable"});
  CHECK(wrongUpdate(revisions(), revision("revision: 1\ndata: {a: 1}"),
                    revision("revision: 2\ndata: {a: 1}")) == Texts{});
}

TEST_CASE("a PodTemplate's template is a pod's") {
  CHECK(wrong(templates(), "metadata: {name: t, namespace: default}\ntemplate: {spec: {containers: []}}") ==
        Texts{"template.spec.containers: Required value"});
  CHECK(wrong(templates(),
              "metadata: {name: t, namespace: default}\ntemplate: {spec: {containers: [{name: a, image: "
              "a}]}}") == Texts{});
}

TEST_CASE("kube-apiserver warns of what a template hardly means") {
  CHECK(warned(daemonSets(), workload("")) == Texts{});
  CHECK(warned(daemonSets(), withTemplate("labels: {app: web}", R"(
    nodeSelector: {beta.kubernetes.io/os: linux},
    terminationGracePeriodSeconds: -5,
    imagePullSecrets: [{name: x}, {name: x}, {}],
    containers: [{name: a, image: a, env: [{name: X, value: "1"}, {name: X, value: "2"}, {name: Z, value: a},
      {name: Z, value: "$(Z)b"}], resources: {limits: {memory: 1500m}}},
      {name: b, image: b, ports: [{containerPort: 80}]}, {name: c, image: c, ports: [{containerPort: 80}]}])")) ==
        Texts{"spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "
              "\"kubernetes.io/os\" instead",
              "spec.template.spec.imagePullSecrets[1].name: duplicate name \"x\"",
              "spec.template.spec.imagePullSecrets[2].name: invalid empty name \"\"",
              "spec.template.spec.containers[0].resources.limits[memory]: fractional byte value \"1500m\" is "
              "invalid, must be an integer",
              "spec.template.spec.containers[0].env[1]: hides previous definition of \"X\", which may be "
              "dropped when using apply",
              "spec.template.spec.containers[2].ports[0]: duplicate port definition with "
              "spec.template.spec.containers[1].ports[0]",
              "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid "
              "and will be treated as 1"});
  CHECK(warned(resources::pods,
               "metadata: {name: a.b, annotations: {scheduler.alpha.kubernetes.io/critical-pod: ''}}\n"
               "spec: {topologySpreadConstraints: [{topologyKey: failure-domain.beta.kubernetes.io/zone}], "
               "volumes: [{name: v, gitRepo: {repository: x}}], containers: [{name: a, image: a}]}")
            .size() == 5);
}
