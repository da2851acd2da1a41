#include "core/http/openapi_schemas.hpp"

#include <map>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/http/openapi_table.hpp"
#include "core/value/document.hpp"

namespace pilothouse::http::openapi {
namespace {

const Key kGroup = Key::intern("group");
const Key kGroupVersionKind = Key::intern("x-kubernetes-group-version-kind");
const Key kRef = Key::intern("$ref");
const Key kVersion = Key::intern("version");
constexpr std::string_view kPrefix = "#/components/schemas/";
constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

struct Schemas {
  std::map<std::string, Value, std::less<>> byName;
  std::map<std::string, std::string_view, std::less<>> byKind;  ///< "apps/v1/Deployment"

  Schemas() {
    for (std::size_t i = 0; i < openapi_table::definitionCount; ++i) {
      const openapi_table::Definition& definition = openapi_table::definitions[i];
      Documents read = readJson(definition.schema);
      if (read.documents.empty()) continue;  // a fault of the generator; its test says so
      const Value& schema = byName.emplace(definition.name, read.documents.front().value).first->second;
      for (const Value& gvk : schema[kGroupVersionKind].items()) {
        byKind.emplace(kindKey(gvk[kGroup].asString(), gvk[kVersion].asString(), gvk[keys::kind].asString()),
                       definition.name);
      }
    }
  }
  static std::string kindKey(std::string_view group, std::string_view version, std::string_view kind) {
    return std::string(group).append("/").append(version).append("/").append(kind);
  }
};

const Schemas& schemas() {
  static const Schemas made;
  return made;
}

}  // namespace

const Value& schemaOf(std::string_view name) {
  static const Value none;
  const auto at = schemas().byName.find(name);
  return at == schemas().byName.end() ? none : at->second;
}

std::string_view schemaName(std::string_view group, std::string_view version, std::string_view kind) {
  const auto at = schemas().byKind.find(Schemas::kindKey(group, version, kind));
  return at == schemas().byKind.end() ? std::string_view() : at->second;
}

std::string metaSchemaName(std::string_view type) { return std::string(kMeta).append(type); }

Value reference(std::string_view schemaName) {
  return Value::object({{kRef, std::string(kPrefix).append(schemaName)}});
}

void addReferences(std::set<std::string, std::less<>>& names, const Value& value) {
  // Deepest first on a list of our own: schemas refer to each other in chains of any length.
  std::vector<Value> waiting{value};
  while (!waiting.empty()) {
    const Value next = std::move(waiting.back());
    waiting.pop_back();
    for (const Value& item : next.items()) waiting.push_back(item);
    for (const Value& member : next.memberValues()) waiting.push_back(member);
    const std::string_view target = next[kRef].asString();
    if (target.substr(0, kPrefix.size()) != kPrefix) continue;
    const std::string_view name = target.substr(kPrefix.size());
    if (names.emplace(name).second) waiting.push_back(schemaOf(name));
  }
}

}  // namespace pilothouse::http::openapi
