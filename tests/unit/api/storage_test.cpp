#include <string>

#include "core/api/kind.hpp"
#include "tests/unit/api/objects.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& resource(std::string_view plural) { return *findResource("storage.k8s.io", plural); }

Texts storageClass(std::string_view flow) {
  return wrong(resource("storageclasses"), "{metadata: {name: fast}, " + std::string(flow) + "}");
}

std::string cellsOf(std::string_view plural, std::string_view text) {
  const Kind& kind = kindOf(resource(plural));
  std::vector<Value> cells;
  kind.cells(cells, yaml(text), kSimulationStart);
  CHECK(cells.size() == kind.columns.size());
  std::string row;
  for (const Value& cell : cells) row += (cell.isString() ? cell.toString() : writeJson(cell)) + "|";
  return row;
}

}  // namespace

TEST_CASE("a StorageClass deletes and binds at once unless it says otherwise") {
  const Value made = defaulted(resource("storageclasses"), "{metadata: {name: fast}, provisioner: a.io/b}");
  CHECK(made["reclaimPolicy"] == Value("Delete"));
  CHECK(made["volumeBindingMode"] == Value("Immediate"));
}

TEST_CASE("what a StorageClass may not be") {
  CHECK(storageClass("provisioner: a.io/b, reclaimPolicy: Retain") == Texts{});
  CHECK(storageClass("provisioner: ''") == Texts{"provisioner: Required value"});
  CHECK(storageClass("provisioner: a.io/b, reclaimPolicy: Recycle") ==
        Texts{"reclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", \"Retain\""});
  CHECK(storageClass("provisioner: a.io/b, volumeBindingMode: Later") ==
        Texts{"volumeBindingMode: Unsupported value: \"Later\": supported values: \"Immediate\", "
              "\"WaitForFirstConsumer\""});
  CHECK(wrongUpdate(resource("storageclasses"),
                    "{metadata: {name: f, resourceVersion: '1'}, provisioner: a.io/b}",
                    "{metadata: {name: f, resourceVersion: '1'}, provisioner: a.io/c, parameters: {x: z}}") ==
        Texts{"parameters: Forbidden: updates to parameters are forbidden.",
              "provisioner: Forbidden: updates to provisioner are forbidden."});
}

TEST_CASE("drivers, their nodes and attachments") {
  CHECK(wrong(resource("csidrivers"), "{metadata: {name: a.io}, spec: {}}") == Texts{});
  CHECK(wrong(resource("csidrivers"), "{metadata: {name: a.io}, spec: {volumeLifecycleModes: [Short]}}") ==
        Texts{"spec.volumeLifecycleModes: Unsupported value: \"Short\": supported values: \"Ephemeral\", "
              "\"Persistent\""});
  CHECK(wrong(resource("csinodes"),
              "{metadata: {name: w}, spec: {drivers: [{name: a.io, nodeID: x}, {name: a.io, nodeID: z}]}}") ==
        Texts{"spec.drivers[1].name: Duplicate value: \"a.io\""});
  CHECK(wrong(resource("volumeattachments"),
              "{metadata: {name: v}, spec: {attacher: a.io, nodeName: w, source: {}}}") ==
        Texts{"spec.source: Required value: must specify exactly one of inlineVolumeSpec and "
              "persistentVolumeName"});
}

TEST_CASE("what kubectl get prints of storage") {
  CHECK(
      cellsOf("storageclasses",
              "{metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}, "
              "provisioner: a.io/b}") == "fast (default)|a.io/b|Delete|Immediate|false|<unknown>|");
  CHECK(cellsOf("csidrivers", "{metadata: {name: a.io}, spec: {volumeLifecycleModes: [Persistent]}}") ==
        "a.io|true|false|false|<unset>|false|Persistent|<unknown>|");
  CHECK(cellsOf(
            "volumeattachments",
            "{metadata: {name: v}, spec: {attacher: a.io, nodeName: w, source: {persistentVolumeName: pv}}, "
            "status: {attached: true}}") == "v|a.io|pv|w|true|<unknown>|");
  CHECK(cellsOf("csinodes", "{metadata: {name: w}, spec: {drivers: [{name: a.io}]}}") == "w|1|<unknown>|");
}
