#include "core/http/negotiation.hpp"

#include <doctest/doctest.h>

#include "core/http/route.hpp"

using namespace pilothouse;
using namespace pilothouse::http;
using apiserver::Representation;

TEST_CASE("kubectl's list of forms gives a Table") {
  const Accepted accepted = negotiate(
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/"
      "json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
      true);
  CHECK(accepted.as == Representation::Table);
  CHECK(accepted.metaVersion == "v1");
  CHECK(negotiate("application/json;as=Table;v=v1beta1;g=meta.k8s.io", true).metaVersion == "v1beta1");
}

TEST_CASE("what cannot be written is passed over, and 406 when nothing is left") {
  CHECK(negotiate("", false).supported);
  CHECK(negotiate("*/*", false).supported);
  CHECK(negotiate("application/vnd.kubernetes.protobuf,application/json", false).supported);
  CHECK(!negotiate("application/vnd.kubernetes.protobuf", false).supported);
  CHECK(!negotiate("image/png", false).supported);
  CHECK(negotiate("application/json;as=Unicorn;v=v1;g=meta.k8s.io,application/json", false).as ==
        Representation::Object);
  CHECK(negotiate("application/json;q=0.5, application/yaml;q=0.9", false).yaml);
  CHECK(!negotiate("application/json, application/yaml;q=0.9", false).yaml);
  HttpRequest request;
  request.method = "GET";
  request.target = "/api/v1/pods";
  request.headers.add("Accept", "image/png");
  CHECK(route(request).answer.code == 406);
}

TEST_CASE("metadata alone is asked for by different names for one and for many") {
  const char* one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
  const char* many = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  CHECK(negotiate(one, false).as == Representation::PartialObjectMetadata);
  CHECK(!negotiate(one, true).supported);
  CHECK(negotiate(many, true).as == Representation::PartialObjectMetadata);
}

TEST_CASE("discovery comes in the newest form that a client knows") {
  const std::string v2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const std::string beta = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
  CHECK(negotiateDiscovery(v2 + "," + beta + ",application/json") == "v2");
  CHECK(negotiateDiscovery(beta + ",application/json") == "v2beta1");
  CHECK(negotiateDiscovery("application/json, */*").empty());
  CHECK(negotiateDiscovery("").empty());
}
