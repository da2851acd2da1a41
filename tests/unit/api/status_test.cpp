#include "core/api/status.hpp"

#include <doctest/doctest.h>

#include "core/api/kind.hpp"
#include "core/api/object.hpp"

using namespace pilothouse;
using namespace pilothouse::api;
using Type = FieldError::Type;

TEST_CASE("a field error shows the bad value as Go prints it") {
  const auto text = [](Type type, Value bad, std::string detail) {
    return FieldError{type, "spec.x", std::move(detail), std::move(bad)}.text();
  };
  CHECK(text(Type::Invalid, -1, "must be greater than or equal to 0") ==
        "spec.x: Invalid value: -1: must be greater than or equal to 0");
  CHECK(text(Type::Invalid, "Web_1", "bad") == "spec.x: Invalid value: \"Web_1\": bad");
  CHECK(text(Type::Invalid, "a\"b\n", "bad") == "spec.x: Invalid value: \"a\\\"b\\n\": bad");
  CHECK(text(Type::Invalid, true, "bad") == "spec.x: Invalid value: true: bad");
  CHECK(text(Type::Invalid, nullptr, "bad") == "spec.x: Invalid value: \"null\": bad");
  CHECK(text(Type::Invalid, Value::object({{Key::intern("app"), "web"}}), "field is immutable") ==
        "spec.x: Invalid value: {\"app\":\"web\"}: field is immutable");
  CHECK(text(Type::Required, "ignored", "") == "spec.x: Required value");
  CHECK(text(Type::Required, "", "name or generateName is required") ==
        "spec.x: Required value: name or generateName is required");
  CHECK(text(Type::Forbidden, nullptr, "may not be set") == "spec.x: Forbidden: may not be set");
  CHECK(text(Type::NotSupported, "Sometimes", "supported values: \"Always\"") ==
        "spec.x: Unsupported value: \"Sometimes\": supported values: \"Always\"");
  CHECK(text(Type::Duplicate, "web", "") == "spec.x: Duplicate value: \"web\"");
  CHECK(text(Type::TooLong, "aaaa", "may not be more than 63 bytes") ==
        "spec.x: Too long: may not be more than 63 bytes");
  CHECK(text(Type::TooMany, 5, "must have at most 3 items") ==
        "spec.x: Too many: 5: must have at most 3 items");
  CHECK(text(Type::TooMany, nullptr, "has too many items") == "spec.x: Too many: has too many items");
}

TEST_CASE("an invalid object's Status lists every cause, equal texts once in the message") {
  const FieldError required{Type::Required, "spec.containers[0].name", "", {}};
  Status one = Status::invalid(resources::pods, "web", {required});
  CHECK(one.code == 422);
  CHECK(one.message == "Pod \"web\" is invalid: spec.containers[0].name: Required value");

  const FieldError immutable{Type::Invalid, "spec.selector", "field is immutable", "x"};
  const Status many = Status::invalid(resources::deployments, "web", {required, immutable, required});
  CHECK(
      many.message ==
      "Deployment.apps \"web\" is invalid: [spec.containers[0].name: Required value, spec.selector: Invalid "
      "value: \"x\": field is immutable]");
  CHECK(many.details["kind"].asString() == "Deployment");
  CHECK(many.details["group"].asString() == "apps");
  REQUIRE(many.details["causes"].size() == 3);
  const Value cause = many.details["causes"].item(1);
  CHECK(cause["reason"].asString() == "FieldValueInvalid");
  CHECK(cause["message"].asString() == "Invalid value: \"x\": field is immutable");
  CHECK(cause["field"].asString() == "spec.selector");
}

TEST_CASE("failures speak as kube-apiserver does") {
  CHECK(Status::notFound(resources::pods, "web").message == "pods \"web\" not found");
  CHECK(Status::notFound(resources::deployments, "web").message == "deployments.apps \"web\" not found");
  CHECK(Status::alreadyExists(resources::services, "web").message == "services \"web\" already exists");
  CHECK(Status::conflict(resources::pods, "web", "the object has been modified").message ==
        "Operation cannot be fulfilled on pods \"web\": the object has been modified");
  CHECK(Status::forbidden(resources::pods, "web", "no").message == "pods \"web\" is forbidden: no");
  CHECK(Status::forbidden(resources::pods, "", "no").message == "pods is forbidden: no");
  CHECK(Status::methodNotSupported(resources::endpointSlices, "patch").message ==
        "patch is not supported on resources of kind \"endpointslices.discovery.k8s.io\"");
  CHECK(Status::internalError("boom").message == "Internal error occurred: boom");
  CHECK(Status::timeout("request did not complete").message == "Timeout: request did not complete");
  CHECK(Status::serverTimeout(resources::nodes, "list", 1).message ==
        "The list operation against nodes could not be completed at this time, please try again.");
  CHECK(Status::resourceVersionTooLarge(20, 7).message ==
        "Timeout: Too large resource version: 20, current: 7");
}

TEST_CASE("a Status is an object of the API") {
  const Value status = Status::notFound(resources::pods, "web").toValue();
  CHECK(status["kind"].asString() == "Status");
  CHECK(status["apiVersion"].asString() == "v1");
  CHECK(status["status"].asString() == "Failure");
  CHECK(status["code"].asInt() == 404);
  CHECK(status["reason"].asString() == "NotFound");
  CHECK(status["details"]["name"].asString() == "web");
  CHECK_FALSE(Status::badRequest("x").toValue().has(Key::intern("details")));
}

TEST_CASE("resources are found by group and plural, and by version and kind") {
  CHECK(findResource("apps", "deployments") == &resources::deployments);
  CHECK(findResource("", "deployments") == nullptr);
  CHECK(findKind("apps/v1", "ReplicaSet") == &resources::replicaSets);
  CHECK(findKind("v1", "ReplicaSet") == nullptr);
  CHECK(findKind("coordination.k8s.io/v1", "Lease") == &resources::leases);
  CHECK(&kindOf(resources::pods) == &kindOf(*findKind("v1", "Pod")));
  CHECK(resources::endpointSlices.apiVersion() == "discovery.k8s.io/v1");
  CHECK(resources::endpointSlices.groupResource() == "endpointslices.discovery.k8s.io");
  CHECK(resources::pods.groupKind() == "Pod");
}

TEST_CASE("metadata is read from whole objects") {
  const Value owner = Value::object({{keys::apiVersion, "apps/v1"},
                                     {keys::kind, "ReplicaSet"},
                                     {keys::metadata, Value::object({{keys::name, "web-1"},
                                                                     {keys::namespace_, "shop"},
                                                                     {keys::uid, "u-1"},
                                                                     {keys::resourceVersion, "12"}})}});
  const Value reference = controllerReference(owner, resources::replicaSets);
  CHECK(reference["apiVersion"].asString() == "apps/v1");
  CHECK(reference["controller"].asBool());
  CHECK(reference["blockOwnerDeletion"].asBool());
  const Value pod = Value::object(
      {{keys::metadata,
        Value::object({{keys::name, "web-1-a"}, {keys::ownerReferences, Value::array({reference})}})}});
  CHECK(isControlledBy(pod, "u-1"));
  CHECK_FALSE(isControlledBy(pod, ""));
  CHECK_FALSE(isControlledBy(owner, ""));
  CHECK(namespacedName(owner) == "shop/web-1");
  CHECK(namespacedName(pod) == "web-1-a");
  CHECK(resourceVersion(owner) == 12);
  CHECK(resourceVersion(pod) == 0);
  CHECK(objectReference(owner)["resourceVersion"].asString() == "12");
}

TEST_CASE("a pod is available after it has been ready for minReadySeconds") {
  const Value ready = Value::object({{keys::type, "Ready"},
                                     {keys::status, "True"},
                                     {keys::lastTransitionTime, timestamp(kSimulationStart)}});
  const Value pod = Value::object(
      {{keys::status, Value::object({{keys::conditions, Value::array({ready})}, {keys::phase, "Running"}})}});
  CHECK(isPodReady(pod));
  CHECK(isPodActive(pod));
  CHECK(isPodAvailable(pod, 0, kSimulationStart));
  CHECK_FALSE(isPodAvailable(pod, 10, kSimulationStart + std::chrono::seconds(9)));
  CHECK(isPodAvailable(pod, 10, kSimulationStart + std::chrono::seconds(10)));
  CHECK_FALSE(isPodAvailable(Value::emptyObject(), 0, kSimulationStart));
}
