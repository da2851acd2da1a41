// Two JSON documents, an object and a patch, through every type of patch. A third is what was last applied.
#include "core/value/patch.hpp"

#include "core/api/schema/schema.hpp"
#include "core/value/document.hpp"
#include "tests/fuzz/check.hpp"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Documents read = readJson(fuzz::textOf(data, size), {1u << 14, 200, 1u << 12});
  if (read.documents.size() < 2) return 0;
  const Value& target = read.documents[0].value;
  const Value& patch = read.documents[1].value;
  const PatchSchema& schema = api::schema::patchSchema();
  static const void* deployment = api::schema::findType("apps/v1", "Deployment").row();

  applyJsonPatch(target, patch);
  const Value merged = applyMergePatch(target, patch);
  fuzz::check(applyMergePatch(merged, patch) == merged, "a merge patch changes nothing the second time");
  const Patched strategic = applyStrategicMergePatch(target, patch, schema, deployment);
  fuzz::check(!strategic.error.empty() || strategic.value.isObject(), "an object stays an object");

  const Value& last = read.documents.size() > 2 ? read.documents[2].value : Value::emptyObject();
  const Patched made = createThreeWayMergePatch(last, patch, target, schema, deployment);
  if (made.error.empty() && !made.value.isNull())
    applyStrategicMergePatch(target, made.value, schema, deployment);
  return 0;
}
