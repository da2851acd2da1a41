#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

/// The schemas of the published types, by the names that OpenAPI gives them.
namespace pilothouse::http::openapi {

/// The OpenAPI v3 schema; null when there is none of that name.
const Value& schemaOf(std::string_view name);
/// "io.k8s.api.apps.v1.Deployment" of ("apps", "v1", "Deployment"); "" when there is none.
std::string_view schemaName(std::string_view group, std::string_view version, std::string_view kind);
/// "io.k8s.apimachinery.pkg.apis.meta.v1.Status" of "Status".
std::string metaSchemaName(std::string_view type);

Value reference(std::string_view schemaName);  ///< {"$ref": "#/components/schemas/…"}

/// Adds the names of all schemas that `value` refers to, and what those refer to.
void addReferences(std::set<std::string, std::less<>>& names, const Value& value);

}  // namespace pilothouse::http::openapi
