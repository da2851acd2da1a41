#include "tests/unit/controller_manager/fixture.hpp"

using namespace pilothouse;
using namespace pilothouse::controller_manager;
using namespace std::chrono_literals;

TEST_CASE("a namespace that is deleted is emptied first") {
  Fixture f;
  f.apply(r::namespaces, "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
  f.createObject(
      r::deployments,
      Fixture::yaml(deploymentYaml(2, "nginx")).withPath({keys::metadata, keys::namespace_}, "shop"));
  f.apply(r::configMaps, "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}");
  f.settle();
  REQUIRE(f.list(r::pods, "shop").size() == 2);
  f.remove(r::namespaces, "shop");
  CHECK(f.get(r::namespaces, "shop").get(keys::status, keys::phase).toString() == "Terminating");
  f.run(4s);
  CHECK(f.exists(r::configMaps, "settings", "shop"));  // last creations are waited for
  f.run(15s);
  CHECK_FALSE(f.exists(r::namespaces, "shop"));
  CHECK(f.list(r::pods, "shop").empty());
  CHECK(f.list(r::deployments, "shop").empty());
  CHECK(f.list(r::configMaps, "shop").empty());
}

TEST_CASE("a namespace says what it still waits for") {
  Fixture f;
  f.apply(r::namespaces, "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
  f.apply(r::configMaps,
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop, finalizers: "
          "[example.com/keep]}}");
  f.remove(r::namespaces, "shop");
  f.run(8s);
  const Value shop = f.get(r::namespaces, "shop");
  CHECK(api::condition(shop, "NamespaceContentRemaining")[keys::message].toString() ==
        "Some resources are remaining: configmaps. has 1 resource instances");
  CHECK(api::condition(shop, "NamespaceFinalizersRemaining")[keys::message].toString() ==
        "Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances");
  CHECK(Fixture::conditionText(shop, "NamespaceDeletionContentFailure") == "False ContentDeleted");
  client::Request free = Fixture::request(apiserver::Verb::Patch, r::configMaps, "settings", "shop");
  free.patchType = apiserver::PatchType::Merge;
  free.body = Fixture::yaml("{metadata: {finalizers: null}}");
  CHECK(f.send(std::move(free)).ok());
  f.run(10s);
  CHECK_FALSE(f.exists(r::namespaces, "shop"));
}
