#include <string>

#include "core/api/autoscaling_v1/conversion.hpp"
#include "core/api/object.hpp"
#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& v2() { return *findResource("autoscaling", "v2", "horizontalpodautoscalers"); }
const Resource& v1() { return *findResource("autoscaling", "v1", "horizontalpodautoscalers"); }

constexpr std::string_view kTarget = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}";

std::string autoscaler(std::string_view flow) {
  return "metadata: {name: web, namespace: default}\nspec: {" + std::string(kTarget) + ", " +
         std::string(flow) + "}";
}

Texts metric(std::string_view flow) {
  return wrong(v2(), autoscaler("maxReplicas: 5, metrics: [{" + std::string(flow) + "}]"));
}

Texts behavior(std::string_view flow) {
  return wrong(v2(), autoscaler("maxReplicas: 5, behavior: {" + std::string(flow) + "}"));
}

// As it is kept.
Value stored(std::string_view flow) { return autoscalerAsV2(defaulted(v1(), autoscaler(flow))); }

constexpr std::string_view kOthers = R"(maxReplicas: 5, minReplicas: 2, metrics: [
  {type: Pods, pods: {metric: {name: qps}, target: {type: AverageValue, averageValue: "10"}}},
  {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}},
  {type: Object, object: {describedObject: {kind: Service, name: web}, metric: {name: hits},
    target: {type: Value, value: 2k}}},
  {type: External, external: {metric: {name: queue, selector: {matchLabels: {q: a}}},
    target: {type: AverageValue, averageValue: 30}}},
  {type: ContainerResource, containerResource: {name: memory, container: app,
    target: {type: AverageValue, averageValue: 100Mi}}}],
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}})";

}  // namespace

TEST_CASE("versions: v2 is the preferred one, and both are kept as v2") {
  CHECK(findResource("autoscaling", "horizontalpodautoscalers") == &v2());
  CHECK(kindOf(v1()).storedAs == &v2());
}

TEST_CASE("an autoscaler watches cpu at 80% unless told otherwise") {
  const Value spec = defaulted(v2(), autoscaler("maxReplicas: 3"))["spec"];
  CHECK(spec["minReplicas"] == Value(1));
  CHECK(writeJson(spec["metrics"]) ==
        R"([{"resource":{"name":"cpu","target":{"averageUtilization":80,"type":"Utilization"}},)"
        R"("type":"Resource"}])");
  CHECK(spec["behavior"].isNull());
  const Value some =
      defaulted(v2(), autoscaler("maxReplicas: 3, behavior: {scaleUp: {stabilizationWindowSeconds: 9}}"));
  CHECK(writeJson(some["spec"]["behavior"]["scaleUp"]) ==
        R"({"policies":[{"periodSeconds":15,"type":"Pods","value":4},{"periodSeconds":15,"type":"Percent",)"
        R"("value":100}],"selectPolicy":"Max","stabilizationWindowSeconds":9})");
  CHECK(writeJson(some["spec"]["behavior"]["scaleDown"]) ==
        R"({"policies":[{"periodSeconds":15,"type":"Percent","value":100}],"selectPolicy":"Max"})");
  CHECK(defaulted(v1(), autoscaler("maxReplicas: 3"))["spec"]["minReplicas"] == Value(1));
}

TEST_CASE("what is wrong with an autoscaler's bounds and target") {
  CHECK(wrong(v2(), autoscaler("maxReplicas: 3")) == Texts{});
  CHECK(wrong(v2(), autoscaler("maxReplicas: 0, minReplicas: 0")) ==
        Texts{"spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
              "spec.maxReplicas: Invalid value: 0: must be greater than 0",
              "spec.metrics: Forbidden: must specify at least one Object or External metric to support "
              "scaling to zero replicas"});
  CHECK(wrong(v2(), autoscaler("maxReplicas: 2, minReplicas: 3")) ==
        Texts{"spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`"});
  CHECK(wrong(v2(),
              "metadata: {name: web, namespace: default}\nspec: {maxReplicas: 3, scaleTargetRef: {kind: "
              "a/b}}") == Texts{"spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'",
                                "spec.scaleTargetRef.name: Required value"});
}

TEST_CASE("what is wrong with a metric") {
  CHECK(
      metric("type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}") ==
      Texts{"spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0"});
  CHECK(
      metric("type: Resource, resource: {target: {}}") ==
      Texts{
          "spec.metrics[0].resource.name: Required value: must specify a resource name",
          "spec.metrics[0].resource.target.type: Required value: must specify a metric target type",
          "spec.metrics[0].resource.target.type: Invalid value: \"\": must be either Utilization, Value, or "
          "AverageValue",
          "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target "
          "raw value or a target utilization"});
  CHECK(metric("type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 5, "
               "averageValue: -1}}") ==
        Texts{"spec.metrics[0].resource.target.averageValue: Invalid value: \"-1\": must be positive",
              "spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value "
              "and a target utilization"});
  CHECK(metric("type: Pods, resource: {name: cpu, target: {type: Utilization, averageUtilization: 5}}") ==
        Texts{"spec.metrics[0].pods: Required value: must populate information for the given metric source"});
  CHECK(metric(
            "type: Pods, pods: {metric: {name: a}, target: {type: AverageValue, averageValue: 1}}, external: "
            "{metric: {name: b}, target: {type: Value, value: 1}}") ==
        Texts{"spec.metrics[0].external: Forbidden: must populate the given metric source only"});
  CHECK(metric("type: Magic") ==
        Texts{"spec.metrics[0].type: Unsupported value: \"Magic\": supported values: \"ContainerResource\", "
              "\"External\", \"Object\", \"Pods\", \"Resource\""});
  CHECK(
      metric(
          "type: Object, object: {metric: {}, target: {type: Value}, describedObject: {kind: A, name: b}}") ==
      Texts{"spec.metrics[0].object.metric.name: Required value: must specify a metric name",
            "spec.metrics[0].object.target.averageValue: Required value: must set either a target value or "
            "averageValue"});
  CHECK(metric("type: External, external: {metric: {name: q}, target: {type: Value, value: 1, averageValue: "
               "1}}") ==
        Texts{"spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric "
              "and a per-pod target"});
  CHECK(metric("type: ContainerResource, containerResource: {name: gpus, container: A, target: {type: "
               "Utilization, averageUtilization: 5}}")
            .size() == 3);
}

TEST_CASE("what is wrong with scaling rules") {
  CHECK(behavior("scaleUp: {stabilizationWindowSeconds: 3601, selectPolicy: Any}") ==
        Texts{"spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or "
              "equal to 3600",
              "spec.behavior.scaleUp.selectPolicy: Unsupported value: \"Any\": supported values: "
              "\"Disabled\", \"Max\", \"Min\""});
  CHECK(behavior("scaleDown: {policies: [{type: Nodes, value: 0, periodSeconds: 1801}]}") ==
        Texts{"spec.behavior.scaleDown.policies[0].type: Unsupported value: \"Nodes\": supported values: "
              "\"Percent\", \"Pods\"",
              "spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero",
              "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or "
              "equal to 1800"});
}

TEST_CASE("a v1 autoscaler is kept as one of v2") {
  const Value plain = stored("maxReplicas: 4, targetCPUUtilizationPercentage: 70");
  CHECK(plain["apiVersion"] == Value("autoscaling/v2"));
  CHECK(writeJson(plain["spec"]) ==
        R"({"maxReplicas":4,"metrics":[{"resource":{"name":"cpu","target":{"averageUtilization":70,)"
        R"("type":"Utilization"}},"type":"Resource"}],"minReplicas":1,"scaleTargetRef":)"
        R"({"apiVersion":"apps/v1","kind":"Deployment","name":"web"}})");
  const Value back = autoscalerFromV2(plain);
  CHECK(back["apiVersion"] == Value("autoscaling/v1"));
  CHECK(writeJson(back["spec"]) ==
        R"({"maxReplicas":4,"minReplicas":1,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment",)"
        R"("name":"web"},"targetCPUUtilizationPercentage":70})");
  CHECK(writeJson(back["status"]) == R"({"currentReplicas":0,"desiredReplicas":0})");
  CHECK(annotations(back).isNull());
  CHECK(stored("maxReplicas: 4")["spec"]["metrics"].size() == 1);
}

TEST_CASE("what v1 has no fields for travels in annotations and comes back") {
  const Value original = defaulted(v2(), autoscaler(kOthers));
  CHECK(wrong(v2(), autoscaler(kOthers)) == Texts{});
  const Value old = autoscalerFromV2(original);
  CHECK(old["spec"]["targetCPUUtilizationPercentage"] == Value(60));
  CHECK(old["spec"]["metrics"].isNull());
  const Value& notes = annotations(old);
  CHECK(notes["autoscaling.alpha.kubernetes.io/metrics"].toString() ==
        R"([{"pods":{"metricName":"qps","targetAverageValue":"10"},"type":"Pods"},)"
        R"({"object":{"metricName":"hits","target":{"kind":"Service","name":"web"},"targetValue":"2k"},)"
        R"("type":"Object"},{"external":{"metricName":"queue","metricSelector":{"matchLabels":{"q":"a"}},)"
        R"("targetAverageValue":"30"},"type":"External"},{"containerResource":{"container":"app",)"
        R"("name":"memory","targetAverageValue":"100Mi"},"type":"ContainerResource"}])");
  CHECK(notes["autoscaling.alpha.kubernetes.io/behavior"].toString().find(
            R"("StabilizationWindowSeconds":60)") != std::string::npos);
  const Value again = autoscalerAsV2(old);
  CHECK(annotations(again).empty());
  CHECK(again["spec"]["behavior"] == original["spec"]["behavior"]);
  CHECK(again["spec"]["minReplicas"] == original["spec"]["minReplicas"]);
  // All metrics are there; cpu, which has a field of its own, comes last.
  REQUIRE(again["spec"]["metrics"].size() == 5);
  CHECK(again["spec"]["metrics"].item(0) == original["spec"]["metrics"].item(0));
  CHECK(again["spec"]["metrics"].item(1) == original["spec"]["metrics"].item(2));
  CHECK(again["spec"]["metrics"].item(2) == original["spec"]["metrics"].item(3));
  CHECK(again["spec"]["metrics"].item(3) == original["spec"]["metrics"].item(4));
  CHECK(again["spec"]["metrics"].item(4) == original["spec"]["metrics"].item(1));
}

TEST_CASE("the status in v1: replicas, cpu, and the rest in annotations") {
  const Value original = yaml(R"(
metadata: {name: web}
spec: {maxReplicas: 3}
status:
  currentReplicas: 2
  desiredReplicas: 3
  conditions: [{type: AbleToScale, status: "True", reason: ReadyForNewScale, message: ok}]
  currentMetrics: [{type: Resource, resource: {name: cpu, current: {averageUtilization: 12, averageValue: 24m}}}])");
  const Value old = autoscalerFromV2(original);
  CHECK(writeJson(old["status"]) ==
        R"({"currentCPUUtilizationPercentage":12,"currentReplicas":2,"desiredReplicas":3})");
  const Value again = autoscalerAsV2(old);
  CHECK(again["status"]["currentMetrics"] == original["status"]["currentMetrics"]);
  CHECK(again["status"]["conditions"] == original["status"]["conditions"]);
}

TEST_CASE("annotations that are no JSON count for nothing") {
  for (const char* broken : {"{", "[1, {}]", "5", "[[[[[[", "\"\"", "{\"resource\": 4}"}) {
    CAPTURE(broken);
    Value old = defaulted(v1(), autoscaler("maxReplicas: 4"));
    for (const char* name : {"metrics", "behavior", "current-metrics", "conditions"}) {
      old = old.withPath({keys::metadata, keys::annotations,
                          Key::intern(std::string("autoscaling.alpha.kubernetes.io/") + name)},
                         broken);
    }
    const Value made = autoscalerAsV2(old.with(keys::status, Value::emptyObject()));
    CHECK(annotations(made).empty());
    (void)told(validate(v2(), made));
    (void)autoscalerFromV2(made);
  }
}

TEST_CASE("an autoscaler's row says what it measures and what it wants") {
  CHECK(head(v2()) == "Name | Reference | Targets | MinPods | MaxPods | Replicas | Age");
  CHECK(row(v2(), R"(
metadata: {name: web, creationTimestamp: "2026-01-01T00:00:00Z"}
spec:
  scaleTargetRef: {kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
status:
  currentReplicas: 2
  currentMetrics: [{type: Resource, resource: {name: cpu, current: {averageUtilization: 12}}}])") ==
        "web | Deployment/web | cpu: 12%/80% | 1 | 5 | 2 | 10m");
  CHECK(row(v2(),
            "metadata: {name: web}\nspec: {" + std::string(kTarget) + ", " + std::string(kOthers) + "}") ==
        "web | Deployment/web | <unknown>/10, cpu: <unknown>/60% + 3 more... | 2 | 5 | 0 | <unknown>");
  CHECK(row(v1(), autoscaler("maxReplicas: 4, targetCPUUtilizationPercentage: 70")) ==
        "web | Deployment/web | cpu: <unknown>/70% | 1 | 4 | 0 | <unknown>");
}

TEST_CASE("a new autoscaler has measured nothing") {
  const Value made = created(v2(), autoscaler("maxReplicas: 4"));
  CHECK(writeJson(made["status"]) == R"({"currentMetrics":null,"desiredReplicas":0})");
  CHECK(made["metadata"]["generation"].isNull());
}
