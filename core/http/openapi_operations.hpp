#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/value/value.hpp"

/// What clients may ask of a group and version, in a form that OpenAPI v2 and v3 are both written from.
namespace pilothouse::http::openapi {

struct Parameter {
  std::string name;
  bool inPath = false;  ///< otherwise in the query
  std::string type;     ///< "string", "boolean", "integer"
  std::string description;
};

struct Operation {
  std::string_view method;  ///< "get", "post"
  std::string description;
  std::string id;           ///< "createAppsV1NamespacedDeployment"
  std::string_view action;  ///< x-kubernetes-action: "post", "list"; "" for none
  std::vector<Parameter> parameters;
  std::string body;  ///< schema's name; "" for none
  bool bodyRequired = true;
  std::string response;  ///< schema's name; "" for a text
  std::vector<int> codes{200};
  bool streams = false;  ///< may be a watch
  std::string group;
  std::string version;
  std::string kind;  ///< x-kubernetes-group-version-kind; "" for none
};

struct Path {
  std::string path;
  std::vector<Parameter> parameters;  ///< of all its operations
  std::vector<Operation> operations;
};

/// In the order of paths' texts; none for a group and version that is not served.
std::vector<Path> pathsOf(std::string_view group, std::string_view version);

/// "core_v1", "rbacAuthorization_v1": the tag of a group and version's operations.
std::string tagOf(std::string_view group, std::string_view version);

/// "application/json-patch+json" and the others that a PATCH may be.
std::vector<std::string_view> patchTypes();

}  // namespace pilothouse::http::openapi
