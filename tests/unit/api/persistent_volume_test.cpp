#include "core/api/kind.hpp"
#include "tests/unit/api/kinds.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& core(std::string_view plural) {
  const Resource* found = findResource("", plural);
  REQUIRE(found != nullptr);
  return *found;
}

Texts claim(std::string_view spec) {
  return wrong(core("persistentvolumeclaims"),
               "metadata: {name: c, namespace: default}\nspec: {" + std::string(spec) + "}");
}

Texts volume(std::string_view spec) {
  return wrong(core("persistentvolumes"), "metadata: {name: v}\nspec: {" + std::string(spec) + "}");
}

Texts claimUpdate(std::string_view before, std::string_view now) {
  const std::string head = "metadata: {name: c, namespace: default}\n";
  return wrongUpdate(core("persistentvolumeclaims"), head + std::string(before), head + std::string(now));
}

constexpr std::string_view kOneGi = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}";

}  // namespace

TEST_CASE("a claim says how much and how it is to be mounted") {
  CHECK(claim(kOneGi).empty());
  CHECK(claim("") == Texts{"spec.accessModes: Required value: at least 1 access mode is required",
                           "spec.resources[storage]: Required value"});
  CHECK(
      claim("accessModes: [Never], resources: {requests: {storage: '0'}}, volumeMode: Tape, "
            "storageClassName: Fast") ==
      Texts{"spec.accessModes: Unsupported value: \"Never\": supported values: \"ReadOnlyMany\", "
            "\"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"",
            "spec.resources[storage]: Invalid value: \"0\": must be greater than zero",
            "spec.storageClassName: Invalid value: \"Fast\": a lowercase RFC 1123 subdomain must consist of "
            "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
            "character (e.g. 'example.com', regex used for validation is "
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            "spec.volumeMode: Unsupported value: \"Tape\": supported values: \"Block\", \"Filesystem\""});
  CHECK(claim("accessModes: [ReadWriteOnce, ReadWriteOncePod], resources: {requests: {storage: 1Gi}}") ==
        Texts{"spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"});
}

TEST_CASE("a claim has its defaults and a status from the server") {
  const Value made =
      defaulted(core("persistentvolumeclaims"), "spec: {" + std::string(kOneGi) +
                                                    ", dataSource: {kind: PersistentVolumeClaim, "
                                                    "name: old}}");
  CHECK(made["spec"]["volumeMode"] == Value("Filesystem"));
  const Kind& kind = kindOf(core("persistentvolumeclaims"));
  const Value prepared = kind.prepareForCreate(made.with(Key::intern("status"), yaml("{phase: Bound}")));
  CHECK(prepared["status"]["phase"] == Value("Pending"));
  CHECK(prepared["spec"]["dataSourceRef"]["name"] == Value("old"));
}

TEST_CASE("a claim's spec stays, but for its volume once, its class once and more storage when bound") {
  const std::string one = "spec: {" + std::string(kOneGi) + "}";
  CHECK(claimUpdate(one, "spec: {volumeName: v, " + std::string(kOneGi) + "}").empty());
  CHECK(claimUpdate(one, "spec: {storageClassName: fast, " + std::string(kOneGi) + "}").empty());
  const std::string two = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}";
  const Texts refused = claimUpdate(one, two);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].rfind("spec: Forbidden: spec is immutable after creation except resources.requests and "
                         "volumeAttributesClassName for bound claims\n",
                         0) == 0);
  CHECK(claimUpdate(one + "\nstatus: {phase: Bound, capacity: {storage: 1Gi}}",
                    two + "\nstatus: {phase: Bound, capacity: {storage: 1Gi}}")
            .empty());
  CHECK(claimUpdate(two + "\nstatus: {phase: Bound, capacity: {storage: 2Gi}}",
                    one + "\nstatus: {phase: Bound, capacity: {storage: 2Gi}}") ==
        Texts{"spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"});
}

TEST_CASE("a volume has a capacity, modes and one source") {
  constexpr std::string_view whole = "capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]";
  CHECK(volume(std::string(whole) + ", hostPath: {path: /data}").empty());
  CHECK(volume("capacity: {cpu: '1'}, hostPath: {path: /data}") ==
        Texts{"spec.accessModes: Required value",
              "spec.capacity: Unsupported value: {\"cpu\":\"1\"}: supported values: \"storage\""});
  CHECK(volume(whole) == Texts{"spec: Required value: must specify a volume type"});
  CHECK(volume(std::string(whole) + ", hostPath: {path: /a}, nfs: {server: s, path: /a}") ==
        Texts{"spec.nfs: Forbidden: may not specify more than 1 volume type"});
  CHECK(volume(std::string(whole) + ", local: {path: /a}") ==
        Texts{"spec.nodeAffinity: Required value: Local volume requires node affinity"});
  CHECK(volume(std::string(whole) + ", csi: {driver: d.example}") ==
        Texts{"spec.csi.volumeHandle: Required value"});
  CHECK(
      volume(std::string(whole) + ", hostPath: {path: //.}, persistentVolumeReclaimPolicy: Recycle") ==
      Texts{
          "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"});
  CHECK(
      volume(std::string(whole) + ", hostPath: {path: /a}, persistentVolumeReclaimPolicy: Burn") ==
      Texts{"spec.persistentVolumeReclaimPolicy: Unsupported value: \"Burn\": supported values: \"Delete\", "
            "\"Recycle\", \"Retain\""});
}

TEST_CASE("a volume has its defaults, and its source stays") {
  constexpr std::string_view before =
      "metadata: {name: v}\nspec: {capacity: {storage: 1Gi}, accessModes: "
      "[ReadWriteOnce], hostPath: {path: /a}}";
  const Value made = defaulted(core("persistentvolumes"), before);
  CHECK(made["spec"]["persistentVolumeReclaimPolicy"] == Value("Retain"));
  CHECK(made["spec"]["volumeMode"] == Value("Filesystem"));
  CHECK(made["spec"]["emptyDir"].isNull());
  CHECK(made["status"]["phase"] == Value("Pending"));
  const Texts refused =
      wrongUpdate(core("persistentvolumes"), before,
                  "metadata: {name: v}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], "
                  "hostPath: {path: /b}}");
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].rfind(
            "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after "
            "creation\n",
            0) == 0);
}

TEST_CASE("the columns of volumes and claims") {
  CHECK(head(core("persistentvolumes")) ==
        "Name | Capacity | Access Modes | Reclaim Policy | Status | Claim | StorageClass | "
        "VolumeAttributesClass "
        "| Reason | Age | VolumeMode*");
  CHECK(row(core("persistentvolumes"), R"(
metadata: {name: v, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany, ReadWriteOnce], claimRef: {namespace: a, name: c},
  persistentVolumeReclaimPolicy: Retain, storageClassName: fast, volumeMode: Filesystem}
status: {phase: Bound})") ==
        "v | 1Gi | RWO,RWX | Retain | Bound | a/c | fast | <unset> |  | 10m | Filesystem");
  CHECK(head(core("persistentvolumeclaims")) ==
        "Name | Status | Volume | Capacity | Access Modes | StorageClass | VolumeAttributesClass | Age | "
        "VolumeMode*");
  CHECK(row(core("persistentvolumeclaims"), R"(
metadata: {name: c, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {phase: Pending})") == "c | Pending |  |  |  |  | <unset> | 10m | <unset>");
  CHECK(row(core("persistentvolumeclaims"), R"(
metadata: {name: c, creationTimestamp: "2026-01-01T00:00:00Z", deletionTimestamp: "2026-01-01T00:00:00Z",
  annotations: {volume.beta.kubernetes.io/storage-class: old}}
spec: {volumeName: v, volumeMode: Block}
status: {phase: Bound, capacity: {storage: 2Gi}, accessModes: [ReadWriteOnce]})") ==
        "c | Terminating | v | 2Gi | RWO | old | <unset> | 10m | Block");
}
