#include <utility>

#include "core/apiserver/storage.hpp"
#include "tests/unit/apiserver/cluster_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;

namespace {

const api::Resource& resource(std::string_view group, std::string_view plural) {
  const api::Resource* found = api::findResource(group, plural);
  REQUIRE(found != nullptr);
  return *found;
}

Response ask(ClusterFixture& cluster, Verb verb, const api::Resource& of, std::string_view name, Key part,
             Value body = {}) {
  Request request = ClusterFixture::request(verb, of, name);
  request.subresource = part;
  request.body = std::move(body);
  return cluster.send(std::move(request));
}

struct DefaultNamespace : ClusterFixture {
  DefaultNamespace() {
    Request request = ClusterFixture::request(Verb::Create, api::resources::namespaces);
    request.body = yaml("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
    (void)send(std::move(request));
  }
};

constexpr std::string_view kPod =
    "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}";

const Key kScale = Key::intern("scale");

}  // namespace

TEST_CASE_FIXTURE(DefaultNamespace, "a Job is stored with the selector and labels made for it") {
  const api::Resource& jobs = resource("batch", "jobs");
  const Response made = create(jobs, yaml(R"(
apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: pi, image: perl}]}}})"));
  REQUIRE(made.code == 201);
  const Value uid(api::uid(made.body));
  CHECK(made.body["spec"]["selector"]["matchLabels"]["batch.kubernetes.io/controller-uid"] == uid);
  CHECK(api::labels(made.body["spec"]["template"])["job-name"] == Value("pi"));
  CHECK(api::labels(made.body)["batch.kubernetes.io/controller-uid"] == uid);
  // What was read can be written back; without what was generated, it cannot.
  CHECK(update(jobs, get(jobs, "pi").body).code == 200);
  const Value bare = get(jobs, "pi").body.withoutPath({keys::spec, keys::selector});
  const Response refused = update(jobs, bare);
  CHECK(refused.code == 422);
  CHECK(refused.body["message"].toString() ==
        "Job.batch \"pi\" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid "
        "value: {\"batch.kubernetes.io/controller-uid\":\"" +
            uid.toString() + "\",\"batch.kubernetes.io/job-name\":\"pi\",\"controller-uid\":\"" +
            uid.toString() +
            "\",\"job-name\":\"pi\"}: `selector` does not match template `labels`, spec.selector: Invalid "
            "value: \"null\": field is immutable]");
}

TEST_CASE_FIXTURE(DefaultNamespace, "StatefulSets and ReplicationControllers have a scale") {
  const api::Resource& sets = resource("apps", "statefulsets");
  REQUIRE(create(sets, yaml("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {selector: "
                            "{matchLabels: {app: web}}, " +
                            std::string(kPod) + "}}"))
              .code == 201);
  const api::Resource& controllers = resource("", "replicationcontrollers");
  REQUIRE(create(controllers,
                 yaml("{apiVersion: v1, kind: ReplicationController, metadata: {name: old}, spec: {" +
                      std::string(kPod) + "}}"))
              .code == 201);
  for (const auto& [of, name] : {std::pair(&sets, "db"), std::pair(&controllers, "old")}) {
    CAPTURE(name);
    const Response scale = ask(*this, Verb::Get, *of, name, kScale);
    REQUIRE(scale.code == 200);
    CHECK(scale.body["spec"]["replicas"] == Value(1));
    CHECK(scale.body["status"]["selector"] == Value("app=web"));
    const Response scaled =
        ask(*this, Verb::Update, *of, name, kScale, scale.body.withPath({keys::spec, keys::replicas}, 3));
    CHECK(scaled.code == 200);
    const Response after = get(*of, name);
    CHECK(after.body["spec"]["replicas"] == Value(3));
    CHECK(after.body["metadata"]["generation"] == Value(2));
  }
}

TEST_CASE_FIXTURE(DefaultNamespace, "an autoscaler is one object in two versions") {
  const api::Resource& v1 = *api::findResource("autoscaling", "v1", "horizontalpodautoscalers");
  const api::Resource& v2 = *api::findResource("autoscaling", "v2", "horizontalpodautoscalers");
  const Response made = create(v1, yaml(R"(
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 4, targetCPUUtilizationPercentage: 70,
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}})"));
  REQUIRE(made.code == 201);
  CHECK(made.body["apiVersion"] == Value("autoscaling/v1"));
  CHECK(made.body["spec"]["targetCPUUtilizationPercentage"] == Value(70));
  const Response newer = get(v2, "web");
  REQUIRE(newer.code == 200);
  CHECK(newer.body["apiVersion"] == Value("autoscaling/v2"));
  CHECK(newer.body["spec"]["metrics"].item(0)["resource"]["target"]["averageUtilization"] == Value(70));
  CHECK(api::uid(newer.body) == api::uid(made.body));
  CHECK(update(v1, get(v1, "web").body.withPath({keys::spec, Key::intern("maxReplicas")}, 9)).code == 200);
  CHECK(get(v2, "web").body["spec"]["maxReplicas"] == Value(9));
  const Response refused =
      update(v1, get(v1, "web").body.withPath({keys::spec, Key::intern("maxReplicas")}, 0));
  CHECK(refused.code == 422);
  CHECK(
      refused.body["message"].toString() ==
      "HorizontalPodAutoscaler.autoscaling \"web\" is invalid: [spec.maxReplicas: Invalid value: 0: must be "
      "greater than 0, spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`]");
  CHECK(ask(*this, Verb::Delete, v1, "web", Key()).code == 200);
  CHECK(get(v2, "web").code == 404);
}

TEST_CASE_FIXTURE(DefaultNamespace, "objects lie in etcd where Kubernetes puts them") {
  const auto folder = [](std::string_view group, std::string_view plural) {
    return storageKey(resource(group, plural), "default", "x");
  };
  CHECK(folder("apps", "daemonsets") == "/registry/daemonsets/default/x");
  CHECK(folder("apps", "controllerrevisions") == "/registry/controllerrevisions/default/x");
  CHECK(folder("", "replicationcontrollers") == "/registry/controllers/default/x");
  CHECK(folder("", "podtemplates") == "/registry/podtemplates/default/x");
  CHECK(folder("batch", "cronjobs") == "/registry/cronjobs/default/x");
  CHECK(folder("policy", "poddisruptionbudgets") == "/registry/poddisruptionbudgets/default/x");
  CHECK(folder("networking.k8s.io", "ingresses") == "/registry/ingress/default/x");
  CHECK(folder("autoscaling", "horizontalpodautoscalers") == "/registry/horizontalpodautoscalers/default/x");
}

TEST_CASE_FIXTURE(DefaultNamespace, "a budget is not written without a resourceVersion") {
  const api::Resource& budgets = resource("policy", "poddisruptionbudgets");
  const Response made =
      create(budgets, yaml("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: "
                           "b}, spec: {minAvailable: 1}}"));
  REQUIRE(made.code == 201);
  const Value blind = made.body.withoutPath({keys::metadata, keys::resourceVersion});
  CHECK(update(budgets, blind).code == 422);
  CHECK(update(budgets, made.body.withPath({keys::spec, Key::intern("minAvailable")}, 2)).code == 200);
  CHECK(get(budgets, "b").body["metadata"]["generation"] == Value(2));
}
