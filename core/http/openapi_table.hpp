#pragma once

#include <cstddef>

/// The generated schemas (generate_openapi.py) of all kinds of the served API packages and of what they
/// reach, sorted by name.
namespace pilothouse::http::openapi_table {

struct Definition {
  const char* name;    ///< "io.k8s.api.apps.v1.Deployment"
  const char* schema;  ///< OpenAPI v3, as JSON
};

extern const Definition definitions[];
extern const std::size_t definitionCount;

}  // namespace pilothouse::http::openapi_table
