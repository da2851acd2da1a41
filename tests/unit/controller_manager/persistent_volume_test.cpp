// Claims and volumes find each other, are released, reclaimed and protected.
#include "core/storage/volume_helpers.hpp"
#include "tests/unit/controller_manager/fixture.hpp"

namespace pilothouse::controller_manager {
namespace {

using namespace std::chrono_literals;

struct VolumeFixture : Fixture {
  const api::Resource& volumes = storage::storageResources().volumes;
  const api::Resource& claims = storage::storageResources().claims;
  const api::Resource& classes = storage::storageResources().classes;

  void volume(std::string_view name, std::string_view size, std::string_view more = {},
              std::string_view modes = "ReadWriteOnce") {
    apply(volumes, "{apiVersion: v1, kind: PersistentVolume, metadata: {name: " + std::string(name) +
                       "}, spec: {capacity: {storage: " + std::string(size) + "}, accessModes: [" +
                       std::string(modes) + "], hostPath: {path: /tmp/data}" + std::string(more) + "}}");
    settle();
  }
  void claim(std::string_view name, std::string_view size, std::string_view more = {},
             std::string_view modes = "ReadWriteOnce") {
    apply(claims, "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: " + std::string(name) +
                      "}, spec: {resources: {requests: {storage: " + std::string(size) +
                      "}}, accessModes: [" + std::string(modes) + "]" + std::string(more) + "}}");
    settle();
  }
  void storageClass(std::string_view name, std::string_view provisioner, std::string_view more = {}) {
    apply(classes,
          "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: " + std::string(name) +
              "}, provisioner: " + std::string(provisioner) + std::string(more) + "}");
    settle();
  }
  std::string phase(const api::Resource& resource, std::string_view name) {
    return get(resource, name).get(keys::status, keys::phase).toString();
  }
  std::string volumeOf(std::string_view claim) {
    return get(claims, claim).get(keys::spec, Key::intern("volumeName")).toString();
  }
  Texts eventTexts(std::string_view about) {
    Texts texts;
    for (const std::string_view ns : {"default"}) {
      for (const Value& event : list(r::events, ns)) {
        if (event.get(Key::intern("involvedObject"), keys::name).asString() != about) continue;
        texts.push_back(event[keys::type].toString() + " " + event[keys::reason].toString() + ": " +
                        event[keys::message].toString());
      }
    }
    return texts;
  }
};

TEST_CASE("A claim takes the smallest volume that is large enough") {
  VolumeFixture f;
  f.volume("large", "100Gi");
  f.volume("small", "1Gi");
  f.volume("fitting", "10Gi");
  CHECK(f.phase(f.volumes, "fitting") == "Available");
  f.claim("data", "5Gi");
  CHECK(f.volumeOf("data") == "fitting");
  CHECK(f.phase(f.claims, "data") == "Bound");
  CHECK(f.phase(f.volumes, "fitting") == "Bound");
  CHECK(f.phase(f.volumes, "small") == "Available");
  const Value claim = f.get(f.claims, "data");
  CHECK(claim[keys::status][keys::capacity]["storage"].toString() == "10Gi");
  CHECK(api::annotations(claim)["pv.kubernetes.io/bind-completed"].toString() == "yes");
  CHECK(api::annotations(claim)["pv.kubernetes.io/bound-by-controller"].toString() == "yes");
  const Value volume = f.get(f.volumes, "fitting");
  CHECK(volume[keys::spec]["claimRef"][keys::uid] == api::meta(claim)[keys::uid]);
}

TEST_CASE(
    "A claim without class and volume waits and says why; a volume that comes is taken at the next resync") {
  VolumeFixture f;
  f.claim("data", "1Gi");
  CHECK(f.phase(f.claims, "data") == "Pending");
  CHECK(f.eventTexts("data") == Texts{"Normal FailedBinding: no persistent volumes available for this claim "
                                      "and no storage class is set"});
  f.volume("late", "1Gi");
  f.run(16s);
  CHECK(f.volumeOf("data") == "late");
}

TEST_CASE("Class, access modes, selector and volume mode decide what fits") {
  VolumeFixture f;
  f.volume("fast", "1Gi", ", storageClassName: fast");
  f.volume("shared", "1Gi", "", "ReadWriteMany");
  f.volume("block", "1Gi", ", volumeMode: Block");
  f.claim("once", "1Gi");
  CHECK(f.volumeOf("once").empty());
  f.claim("of-class", "1Gi", ", storageClassName: fast");
  CHECK(f.volumeOf("of-class") == "fast");
  f.claim("many", "1Gi", ", storageClassName: ''", "ReadWriteMany");
  CHECK(f.volumeOf("many") == "shared");
  f.claim("raw", "1Gi", ", storageClassName: '', volumeMode: Block");
  CHECK(f.volumeOf("raw") == "block");
  f.claim("chosen", "1Gi", ", storageClassName: '', selector: {matchLabels: {disk: ssd}}");
  CHECK(f.volumeOf("chosen").empty());
}

TEST_CASE("A claim that asks for a volume by name gets it, or hears why not") {
  VolumeFixture f;
  f.volume("mine", "1Gi");
  f.claim("fits", "1Gi", ", volumeName: mine, storageClassName: ''");
  CHECK(f.phase(f.claims, "fits") == "Bound");
  f.claim("second", "1Gi", ", volumeName: mine, storageClassName: ''");
  CHECK(f.eventTexts("second") ==
        Texts{"Warning FailedBinding: volume \"mine\" already bound to a different claim."});
  f.volume("little", "1Gi");
  f.claim("more", "2Gi", ", volumeName: little, storageClassName: ''");
  CHECK(
      f.eventTexts("more") ==
      Texts{"Warning VolumeMismatch: Cannot bind to requested volume \"little\": requested PV is too small"});
  CHECK(f.phase(f.claims, "more") == "Pending");
}

TEST_CASE("A volume that is reserved for a claim is nobody else's") {
  VolumeFixture f;
  f.volume("kept", "1Gi", ", claimRef: {name: later, namespace: default}");
  CHECK(f.phase(f.volumes, "kept") == "Available");
  f.claim("other", "1Gi");
  CHECK(f.volumeOf("other").empty());
  f.claim("later", "1Gi");
  CHECK(f.volumeOf("later") == "kept");
  CHECK_FALSE(storage::hasAnnotation(f.get(f.volumes, "kept"), storage::annotations::boundByController));
}

TEST_CASE("A deleted claim's volume is kept, deleted or refused, as its policy says") {
  VolumeFixture f;
  const auto releaseOf = [&f](std::string_view more) {
    f.volume("disk", "1Gi", more);
    f.claim("data", "1Gi");
    REQUIRE(f.phase(f.claims, "data") == "Bound");
    f.remove(f.claims, "data");
    f.run(2s);
    REQUIRE_FALSE(f.exists(f.claims, "data"));
  };
  SUBCASE("Retain") {
    releaseOf("");
    CHECK(f.phase(f.volumes, "disk") == "Released");
    f.claim("next", "1Gi");
    CHECK(f.volumeOf("next").empty());
  }
  SUBCASE("Delete") {
    releaseOf(", persistentVolumeReclaimPolicy: Delete");
    CHECK_FALSE(f.exists(f.volumes, "disk"));
  }
  SUBCASE("Recycle") {
    releaseOf(", persistentVolumeReclaimPolicy: Recycle");
    CHECK(f.phase(f.volumes, "disk") == "Available");
    CHECK(f.eventTexts("disk") == Texts{"Normal VolumeRecycled: Volume recycled"});
  }
}

TEST_CASE("A claim loses its volume") {
  VolumeFixture f;
  f.volume("disk", "1Gi");
  f.claim("data", "1Gi");
  SUBCASE("a bound volume is protected") {
    f.remove(f.volumes, "disk");
    f.settle();
    CHECK(api::isBeingDeleted(f.get(f.volumes, "disk")));
    CHECK(f.phase(f.claims, "data") == "Bound");
  }
  SUBCASE("without its finalizer it goes, and the claim is Lost") {
    f.remove(f.volumes, "disk");
    f.tryPatch(f.volumes, "disk", "{metadata: {finalizers: null}}");
    f.settle();
    CHECK(f.phase(f.claims, "data") == "Lost");
    CHECK(f.eventTexts("data") ==
          Texts{"Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!"});
  }
}

TEST_CASE("A claim of a class asks for its provisioner") {
  VolumeFixture f;
  SUBCASE("the class is not there") {
    f.claim("data", "1Gi", ", storageClassName: gold");
    CHECK(f.eventTexts("data") ==
          Texts{"Warning ProvisioningFailed: storageclass.storage.k8s.io \"gold\" not found"});
  }
  SUBCASE("an external provisioner is asked and waited for") {
    f.storageClass("gold", "example.com/gold");
    f.claim("data", "1Gi", ", storageClassName: gold");
    CHECK(api::annotations(f.get(f.claims, "data"))["volume.kubernetes.io/storage-provisioner"].toString() ==
          "example.com/gold");
    CHECK(f.eventTexts("data") ==
          Texts{"Normal ExternalProvisioning: Waiting for a volume to be created either by the external "
                "provisioner 'example.com/gold' or manually by the system administrator. If volume creation "
                "is delayed, please verify that the provisioner is running and correctly registered."});
  }
  SUBCASE("there is none") {
    f.storageClass("manual", "kubernetes.io/no-provisioner");
    f.claim("data", "1Gi", ", storageClassName: manual");
    CHECK(f.eventTexts("data") ==
          Texts{"Warning ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner"});
  }
  SUBCASE("the first consumer is waited for") {
    f.storageClass("local", "example.com/local", ", volumeBindingMode: WaitForFirstConsumer");
    f.volume("disk", "1Gi", ", storageClassName: local");
    f.claim("data", "1Gi", ", storageClassName: local");
    CHECK(f.volumeOf("data").empty());
    CHECK(f.eventTexts("data") ==
          Texts{"Normal WaitForFirstConsumer: waiting for first consumer to be created before binding"});
  }
}

TEST_CASE("A claim without class is given the default class that comes later") {
  VolumeFixture f;
  f.claim("data", "1Gi");
  f.apply(f.classes,
          "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: standard, annotations: "
          "{storageclass.kubernetes.io/is-default-class: 'true'}}, provisioner: example.com/x}");
  f.run(16s);
  CHECK(f.get(f.claims, "data")[keys::spec]["storageClassName"].toString() == "standard");
}

TEST_CASE("A claim in use stays until its pod is gone") {
  VolumeFixture f;
  f.volume("disk", "1Gi");
  f.claim("data", "1Gi");
  f.apply(
      r::pods,
      "{apiVersion: v1, kind: Pod, metadata: {name: user}, spec: {nodeName: worker, containers: [{name: c, "
      "image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}}");
  f.settle();
  f.remove(f.claims, "data");
  f.settle();
  CHECK(api::isBeingDeleted(f.get(f.claims, "data")));
  client::Request now = f.request(apiserver::Verb::Delete, r::pods, "user");
  now.body = f.yaml("{gracePeriodSeconds: 0}");
  f.send(std::move(now));
  f.settle();
  CHECK_FALSE(f.exists(f.claims, "data"));
}

}  // namespace
}  // namespace pilothouse::controller_manager
