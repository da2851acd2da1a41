#include "tests/unit/apiserver/writers_fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;
namespace r = pilothouse::api::resources;

namespace {

const Key kStatus = Key::intern("status");

/// A running pod "web" and a budget that is about it.
struct Evictions : ClusterFixture {
  const api::Resource& budgets = *api::findResource("policy", "poddisruptionbudgets");

  void pod(std::string_view phase, bool ready) {
    const Response answer =
        create(r::pods, yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\n"
                             "spec: {nodeName: node-1, containers: [{name: c, image: i}]}\n"));
    REQUIRE_MESSAGE(answer.ok(), message(answer));
    const Value& made = answer.body;
    status(r::pods, made.with(keys::status, yaml(std::string("phase: ") + std::string(phase) +
                                                 "\nconditions: [{type: Ready, status: '" +
                                                 (ready ? "True" : "False") + "'}]\n")));
  }
  void status(const api::Resource& resource, const Value& object) {
    Request made = request(Verb::Update, resource, api::name(object));
    made.subresource = kStatus;
    made.body = object;
    const Response answer = send(std::move(made));
    REQUIRE_MESSAGE(answer.ok(), message(answer));
  }
  void budget(std::string_view name, std::string_view statusText, std::string_view spec = "minAvailable: 1") {
    const Response made = create(
        budgets,
        yaml("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: " + std::string(name) +
             "}\nspec: {" + std::string(spec) + ", selector: {matchLabels: {app: web}}}\n"));
    REQUIRE_MESSAGE(made.ok(), message(made));
    status(budgets, made.body.with(keys::status, yaml(statusText)));
  }
  Response evict(std::string_view options = "{}", bool dryRun = false, std::string_view name = "web") {
    Request made = request(Verb::Create, r::pods, "web");
    made.subresource = Key::intern("eviction");
    made.body = yaml("apiVersion: policy/v1\nkind: Eviction\nmetadata: {name: " + std::string(name) +
                     "}\ndeleteOptions: " + std::string(options) + "\n");
    auto asked = std::make_shared<RequestOptions>();
    asked->dryRun = dryRun;
    made.options = asked;
    return send(std::move(made));
  }
  [[nodiscard]] bool podGoes() { return api::isBeingDeleted(get(r::pods, "web").body); }
};

constexpr std::string_view kOneAllowed =
    "{observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2}";
constexpr std::string_view kNoneAllowed =
    "{observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1}";

}  // namespace

TEST_CASE("a pod without a budget is evicted: it is marked and deleted with its grace period") {
  Evictions f;
  f.pod("Running", true);
  const Response answer = f.evict();
  CHECK(answer.code == 201);
  CHECK(answer.body[keys::status].toString() == "Success");
  const Value pod = f.get(r::pods, "web").body;
  CHECK(api::isBeingDeleted(pod));
  const Value& target = api::condition(pod, "DisruptionTarget");
  CHECK(target[keys::reason].toString() == "EvictionByEvictionAPI");
  CHECK(target[keys::message].toString() == "Eviction API: evicting");
}

TEST_CASE("a budget with nothing left refuses with 429, and says how many pods it needs") {
  Evictions f;
  f.pod("Running", true);
  f.budget("b", kNoneAllowed);
  const Response refused = f.evict();
  CHECK(refused.code == 429);
  CHECK(refused.body[keys::reason].toString() == "TooManyRequests");
  CHECK(message(refused) == "Cannot evict pod as it would violate the pod's disruption budget.");
  const Value& causes = refused.body["details"]["causes"];
  REQUIRE(causes.size() == 1);
  CHECK(causes.item(0)[keys::reason].toString() == "DisruptionBudget");
  CHECK(causes.item(0)[keys::message].toString() ==
        "The disruption budget b needs 1 healthy pods and has 1 currently");
  CHECK_FALSE(f.podGoes());
}

TEST_CASE("an eviction takes one disruption from the budget, which remembers the pod") {
  Evictions f;
  f.pod("Running", true);
  f.budget("b", kOneAllowed);
  CHECK(f.evict("{}", true).code == 201);  // a dry run takes nothing
  CHECK(f.get(f.budgets, "b").body[keys::status]["disruptionsAllowed"].asInt() == 1);
  CHECK_FALSE(f.podGoes());
  CHECK(f.evict().code == 201);
  const Value status = f.get(f.budgets, "b").body[keys::status];
  CHECK(status["disruptionsAllowed"].asInt() == 0);
  CHECK_FALSE(status["disruptedPods"]["web"].isNull());
  CHECK(f.podGoes());
}

TEST_CASE("a budget that its controller has not seen yet is to be asked again") {
  Evictions f;
  f.pod("Running", true);
  f.budget("b",
           "{observedGeneration: 0, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, "
           "expectedPods: 2}");
  const Response refused = f.evict();
  CHECK(refused.code == 429);
  CHECK(refused.body["details"]["retryAfterSeconds"].asInt() == 10);
  CHECK(refused.body["details"]["causes"].item(0)[keys::message].toString() ==
        "The disruption budget b is still being processed by the server.");
}

TEST_CASE("two budgets are one too many") {
  Evictions f;
  f.pod("Running", true);
  f.budget("a", kOneAllowed);
  f.budget("b", kOneAllowed);
  const Response refused = f.evict();
  CHECK(refused.code == 500);
  CHECK(message(refused) ==
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
}

TEST_CASE("pods that a budget does not count are evicted without it") {
  SUBCASE("not begun") {
    Evictions f;
    f.pod("Pending", false);
    f.budget("b", kNoneAllowed);
    CHECK(f.evict().code == 201);
  }
  SUBCASE("not ready while enough others are") {
    Evictions f;
    f.pod("Running", false);
    f.budget("b", kNoneAllowed);
    CHECK(f.evict().code == 201);
  }
  SUBCASE("not ready, and too few are healthy") {
    Evictions f;
    f.pod("Running", false);
    f.budget("b",
             "{observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1, "
             "expectedPods: 1}");
    CHECK(f.evict().code == 429);
  }
  SUBCASE("not ready, where the budget always lets such pods go") {
    Evictions f;
    f.pod("Running", false);
    f.budget("b",
             "{observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1, "
             "expectedPods: 1}",
             "minAvailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow");
    CHECK(f.evict().code == 201);
  }
}

TEST_CASE("an eviction may name which pod it means") {
  Evictions f;
  f.pod("Running", true);
  const Response other = f.evict("{preconditions: {uid: x}}");
  CHECK(other.code == 409);
  CHECK(message(other).find(
            "Operation cannot be fulfilled on Pod \"web\": the UID in the precondition (x) does not "
            "match the UID in record (") == 0);
  CHECK(message(f.evict("{}", false, "other")) == "name in URL does not match name in Eviction object");
  CHECK_FALSE(f.podGoes());
}

TEST_CASE("a Binding posted by itself binds the pod that it names") {
  ClusterFixture f;
  REQUIRE(f.create(r::pods, ClusterFixture::yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
                                                 "spec: {containers: [{name: c, image: i}]}\n"))
              .ok());
  const Response bound =
      f.create(*api::findResource("", "bindings"),
               ClusterFixture::yaml("apiVersion: v1\nkind: Binding\nmetadata: {name: web}\n"
                                    "target: {apiVersion: v1, kind: Node, name: node-1}\n"));
  CHECK(bound.code == 201);
  CHECK(f.get(r::pods, "web").body.get(keys::spec, keys::nodeName).toString() == "node-1");
}
