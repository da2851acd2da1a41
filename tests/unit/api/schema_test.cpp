#include "core/api/schema/schema.hpp"

#include <doctest/doctest.h>

#include "core/api/resource.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

TEST_CASE("every served resource has a type with metadata") {
  for (const Resource* resource : allResources()) {
    CAPTURE(resource->kind);
    const schema::Type type = schema::findType(resource->apiVersion(), resource->kind);
    REQUIRE(type);
    CHECK(type.name() == resource->kind);
    CHECK(type.field("metadata").type().name() == "ObjectMeta");
    CHECK(type.field("apiVersion").type().kind() == schema::Kind::String);
  }
  CHECK_FALSE(schema::findType("apps/v1beta1", "Deployment"));
  CHECK_FALSE(schema::findType("v1", "pod"));
}

TEST_CASE("bodies of subresources and options have types") {
  CHECK(schema::findType("v1", "Binding").field("target"));
  CHECK(schema::findType("autoscaling/v1", "Scale").field("spec").type().field("replicas"));
  CHECK(schema::findType("v1", "Status").field("details").type().field("causes"));
  const schema::Type options = schema::findType("meta.k8s.io/v1", "DeleteOptions");
  REQUIRE(options.field("gracePeriodSeconds"));
  CHECK(options.field("gracePeriodSeconds").pointer());
  CHECK(options.field("preconditions").type().field("resourceVersion"));
}

TEST_CASE("a field says what Kubernetes' sources say") {
  const schema::Type container = schema::findStruct("Container");
  REQUIRE(container);
  const schema::Field name = container.field("name");
  CHECK(name.required());
  CHECK(name.type().text() == "string");
  const schema::Field image = container.field("image");
  CHECK_FALSE(image.required());
  CHECK(image.omitEmpty());
  CHECK_FALSE(image.pointer());
  CHECK(container.field("livenessProbe").pointer());
  CHECK(container.field("args").type().text() == "[]string");
  CHECK(container.field("env").type().text() == "[]EnvVar");
  CHECK(container.field("stdin").type().text() == "boolean");
  CHECK_FALSE(container.field("Image"));
}

TEST_CASE("lists are merged by the keys that strategic merge patch uses") {
  const auto mergeKey = [](std::string_view type, std::string_view field) {
    const schema::Field found = schema::findStruct(type).field(field);
    REQUIRE(found);
    return found.mergeList() ? std::string(found.mergeKey()) : "(replaced)";
  };
  CHECK(mergeKey("PodSpec", "containers") == "name");
  CHECK(mergeKey("PodSpec", "volumes") == "name");
  CHECK(schema::findStruct("PodSpec").field("volumes").retainKeys());
  CHECK(mergeKey("PodSpec", "tolerations") == "(replaced)");
  CHECK(mergeKey("PodSpec", "imagePullSecrets") == "name");
  CHECK(mergeKey("Container", "ports") == "containerPort");
  CHECK(mergeKey("Container", "env") == "name");
  CHECK(mergeKey("Container", "volumeMounts") == "mountPath");
  CHECK(mergeKey("Container", "args") == "(replaced)");
  CHECK(mergeKey("ServiceSpec", "ports") == "port");
  CHECK(mergeKey("PodStatus", "conditions") == "type");
  CHECK(mergeKey("ObjectMeta", "ownerReferences") == "uid");
  CHECK(mergeKey("ObjectMeta", "finalizers").empty());  // a set of texts
  CHECK(schema::findStruct("Container").field("ports").listMapKeys() == "containerPort,protocol");
  CHECK(schema::findStruct("Container").field("ports").listType() == schema::ListType::Map);
  CHECK(schema::findStruct("Container").field("args").listType() == schema::ListType::Atomic);
}

TEST_CASE("enums list their values for completion") {
  const schema::Type policy = schema::findStruct("Container").field("imagePullPolicy").type();
  REQUIRE(policy.enumCount() == 3);
  CHECK(policy.enumAt(0) == "Always");
  CHECK(policy.enumAt(1) == "Never");
  CHECK(policy.enumAt(2) == "IfNotPresent");
  CHECK(schema::findStruct("Container").field("name").type().enumCount() == 0);
}

TEST_CASE("a volume's sources are fields of the volume itself") {
  const schema::Type volume = schema::findStruct("Volume");
  CHECK(volume.field("name").required());
  CHECK(volume.field("configMap").type().name() == "ConfigMapVolumeSource");
  CHECK_FALSE(volume.field("volumeSource"));
  CHECK(schema::findStruct("Probe").field("httpGet").type().name() == "HTTPGetAction");
}

TEST_CASE("fields come in order of name, as the members of an object do") {
  for (const std::string_view type : {"Pod", "PodSpec", "Container", "Volume", "NodeStatus", "ObjectMeta"}) {
    const schema::Type found = schema::findStruct(type);
    for (std::size_t i = 1; i < found.fieldCount(); ++i) {
      CHECK(found.fieldAt(i - 1).name() < found.fieldAt(i).name());
    }
  }
}

TEST_CASE("a path is followed through lists and maps") {
  const schema::Type deployment = schema::findType("apps/v1", "Deployment");
  const auto at = [&](std::string_view path) { return schema::walk(deployment, path); };
  CHECK(at("").type == deployment);
  CHECK(at("spec.template.spec.containers[0].ports[1].containerPort").type.kind() == schema::Kind::Int32);
  CHECK(at("spec.template.spec.containers.name").field.required());
  CHECK(at("spec.template.spec.containers[2]").type.name() == "Container");
  CHECK(at("spec.template.spec.containers[0].resources.limits.cpu").type.kind() == schema::Kind::Quantity);
  CHECK(at("spec.template.spec.containers[0].resources.limits").type.goName() == "v1.ResourceList");
  CHECK(at("metadata.labels").type.goName() == "map[string]string");
  CHECK(at("spec.strategy.rollingUpdate.maxSurge").type.kind() == schema::Kind::IntOrString);
  CHECK_FALSE(at("spec.bogus.more").type);
  CHECK_FALSE(at("spec.replicas.more").type);
  CHECK_FALSE(at("spec[").type);
}

TEST_CASE("strategic merge patch asks the table how to treat a field") {
  const PatchSchema& patches = schema::patchSchema();
  const void* pod = schema::findType("v1", "Pod").row();
  const PatchSchema::Field spec = patches.field(pod, Key::intern("spec"));
  REQUIRE(spec.known);
  CHECK(patches.typeName(spec.type) == "PodSpec");
  const PatchSchema::Field containers = patches.field(spec.type, Key::intern("containers"));
  CHECK(containers.mergeList);
  CHECK(containers.mergeKey == "name");
  CHECK(patches.typeName(containers.type) == "Container");
  CHECK_FALSE(patches.field(spec.type, Key::intern("bogus")).known);
  CHECK(patches.field(spec.type, Key::intern("nodeName")).type == nullptr);
  const PatchSchema::Field metadata = patches.field(pod, Key::intern("metadata"));
  const PatchSchema::Field labels = patches.field(metadata.type, Key::intern("labels"));
  CHECK(patches.field(labels.type, Key::intern("any/label")).known);
  CHECK_FALSE(patches.field(nullptr, Key::intern("spec")).known);
}

TEST_CASE("what has one owner as a whole is atomic: by its type, or by the field's own marker") {
  const auto atomic = [](std::string_view type, std::string_view field) {
    const schema::Field found = schema::findStruct(type).field(field);
    REQUIRE(found);
    return found.atomic();
  };
  CHECK(schema::findStruct("LabelSelector").atomic());
  CHECK(atomic("DeploymentSpec", "selector"));
  CHECK(atomic("ServiceSpec", "selector"));
  CHECK(atomic("PodSpec", "nodeSelector"));
  CHECK_FALSE(atomic("ObjectMeta", "labels"));
  CHECK_FALSE(atomic("DeploymentSpec", "template"));
}
