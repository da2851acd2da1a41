// What each namespace has from its beginning.
#include "tests/unit/controller_manager/fixture.hpp"

namespace pilothouse::controller_manager {
namespace {

TEST_CASE("Each namespace has a ServiceAccount and the root certificate") {
  Fixture f;
  const api::Resource& accounts = *api::findResource("", "serviceaccounts");
  f.settle();
  CHECK(f.exists(accounts, "default"));
  CHECK(f.exists(accounts, "default", "kube-system"));
  f.apply(r::namespaces, "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
  f.settle();
  CHECK(f.exists(accounts, "default", "shop"));
  const Value map = f.get(r::configMaps, "kube-root-ca.crt", "shop");
  CHECK(map[keys::data]["ca.crt"].toString().rfind("-----BEGIN CERTIFICATE-----\n", 0) == 0);
  CHECK(api::annotations(map)["kubernetes.io/description"].toString().rfind("Contains a CA bundle", 0) == 0);

  SUBCASE("What is deleted is made again") {
    f.remove(accounts, "default", {}, "shop");
    f.remove(r::configMaps, "kube-root-ca.crt", {}, "shop");
    f.settle();
    CHECK(f.exists(accounts, "default", "shop"));
    CHECK(f.exists(r::configMaps, "kube-root-ca.crt", "shop"));
  }
  SUBCASE("Another certificate is put right") {
    client::Request made =
        Fixture::request(apiserver::Verb::Patch, r::configMaps, "kube-root-ca.crt", "shop");
    made.patchType = apiserver::PatchType::Merge;
    made.body = Fixture::yaml("{data: {ca.crt: mine}}");
    REQUIRE(f.send(std::move(made)).ok());
    f.settle();
    CHECK(f.get(r::configMaps, "kube-root-ca.crt", "shop")[keys::data] == map[keys::data]);
  }
  SUBCASE("In a namespace that goes nothing is made again") {
    f.remove(r::namespaces, "shop", {}, "");
    f.run(std::chrono::seconds(20));
    CHECK_FALSE(f.exists(r::namespaces, "shop", ""));
    CHECK_FALSE(f.exists(accounts, "default", "shop"));
  }
}

}  // namespace
}  // namespace pilothouse::controller_manager
