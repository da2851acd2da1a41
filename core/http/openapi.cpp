#include "core/http/openapi.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/http/openapi_operations.hpp"
#include "core/http/openapi_schemas.hpp"
#include "core/value/document.hpp"

namespace pilothouse::http {
namespace {

using openapi::Operation;
using openapi::Parameter;
using openapi::Path;

const Key kAction = Key::intern("x-kubernetes-action");
const Key kComponents = Key::intern("components");
const Key kContent = Key::intern("content");
const Key kDescription = Key::intern("description");
const Key kGroup = Key::intern("group");
const Key kGroupVersionKind = Key::intern("x-kubernetes-group-version-kind");
const Key kIn = Key::intern("in");
const Key kInfo = Key::intern("info");
const Key kOpenApi = Key::intern("openapi");
const Key kOperationId = Key::intern("operationId");
const Key kParameters = Key::intern("parameters");
const Key kPaths = Key::intern("paths");
const Key kRequestBody = Key::intern("requestBody");
const Key kRequired = Key::intern("required");
const Key kResponses = Key::intern("responses");
const Key kSchema = Key::intern("schema");
const Key kSchemas = Key::intern("schemas");
const Key kSecuritySchemes = Key::intern("securitySchemes");
const Key kServerRelativeUrl = Key::intern("serverRelativeURL");
const Key kTags = Key::intern("tags");
const Key kTitle = Key::intern("title");
const Key kUniqueItems = Key::intern("uniqueItems");
const Key kVersion = Key::intern("version");

constexpr std::string_view kRoot = "/openapi/v3";

Value parameterValue(const Parameter& parameter) {
  ObjectBuilder made;
  made.setIfAny(kDescription, parameter.description);
  made.set(kIn, parameter.inPath ? "path" : "query");
  made.set(keys::name, parameter.name);
  if (parameter.inPath) made.set(kRequired, true);
  made.set(kSchema, Value::object({{keys::type, parameter.type}, {kUniqueItems, true}}));
  return made.build();
}

Value parameterList(const std::vector<Parameter>& parameters) {
  std::vector<Value> list;
  for (const Parameter& parameter : parameters) list.push_back(parameterValue(parameter));
  return Value::array(list);
}

Value media(std::string_view schema) {
  const Value what = schema.empty() ? Value::object({{keys::type, "string"}}) : openapi::reference(schema);
  return Value::object({{kSchema, what}});
}

Value responseContent(const Operation& operation) {
  if (operation.response.empty()) return Value::object({{Key::intern("*/*"), media("")}});
  const Value schema = media(operation.response);
  ObjectBuilder content;
  for (const char* type : {"application/json", "application/yaml", "application/vnd.kubernetes.protobuf"}) {
    content.set(Key::intern(type), schema);
  }
  if (operation.streams) {
    content.set(Key::intern("application/json;stream=watch"), schema);
    content.set(Key::intern("application/vnd.kubernetes.protobuf;stream=watch"), schema);
  }
  return content.build();
}

Value responses(const Operation& operation) {
  ObjectBuilder made;
  const Value content = responseContent(operation);
  for (const int code : operation.codes) {
    const char* text = code == 200 ? "OK" : code == 201 ? "Created" : "Accepted";
    made.set(Key::intern(std::to_string(code)), Value::object({{kContent, content}, {kDescription, text}}));
  }
  made.set(Key::intern("401"), Value::object({{kDescription, "Unauthorized"}}));
  return made.build();
}

Value requestBody(const Operation& operation) {
  ObjectBuilder content;
  if (operation.method == "patch") {
    for (const std::string_view type : openapi::patchTypes()) {
      content.set(Key::intern(type), media(operation.body));
    }
  } else {
    content.set(Key::intern("*/*"), media(operation.body));
  }
  ObjectBuilder made;
  made.set(kContent, content.build());
  if (operation.bodyRequired) made.set(kRequired, true);
  return made.build();
}

Value operationValue(const Operation& operation, std::string_view tag) {
  ObjectBuilder made;
  made.set(kDescription, operation.description);
  made.set(kOperationId, operation.id);
  made.setIfAny(kParameters, parameterList(operation.parameters));
  if (!operation.body.empty()) made.set(kRequestBody, requestBody(operation));
  made.set(kResponses, responses(operation));
  made.set(kTags, Value::array({tag}));
  made.setIfAny(kAction, operation.action);
  if (!operation.kind.empty()) {
    made.set(kGroupVersionKind,
             Value::object(
                 {{kGroup, operation.group}, {keys::kind, operation.kind}, {kVersion, operation.version}}));
  }
  return made.build();
}

Value pathsValue(const std::vector<Path>& paths, std::string_view tag) {
  std::vector<Value::Member> members;
  for (const Path& path : paths) {
    ObjectBuilder made;
    made.setIfAny(kParameters, parameterList(path.parameters));
    for (const Operation& operation : path.operations) {
      made.set(Key::intern(operation.method), operationValue(operation, tag));
    }
    members.push_back({Key::intern(path.path), made.build()});
  }
  return Value::object(members);
}

Value securitySchemes() {
  return Value::object(
      {{Key::intern("BearerToken"), Value::object({{kDescription, "Bearer Token authentication"},
                                                   {kIn, "header"},
                                                   {keys::name, "authorization"},
                                                   {keys::type, "apiKey"}})}});
}

std::string document(std::string_view group, std::string_view version) {
  const Value paths = pathsValue(openapi::pathsOf(group, version), openapi::tagOf(group, version));
  std::set<std::string, std::less<>> names;
  openapi::addReferences(names, paths);
  openapi::addReferences(names, openapi::reference(openapi::metaSchemaName("WatchEvent")));
  std::vector<Value::Member> schemas;
  for (const std::string& name : names) {
    if (const Value& schema = openapi::schemaOf(name); schema.isObject()) {
      schemas.push_back({Key::intern(name), schema});
    }
  }
  return writeJson(Value::object({{kComponents, Value::object({{kSchemas, Value::object(schemas)},
                                                               {kSecuritySchemes, securitySchemes()}})},
                                  {kInfo, Value::object({{kTitle, "Kubernetes"}, {kVersion, "unversioned"}})},
                                  {kOpenApi, "3.0.0"},
                                  {kPaths, paths}}));
}

std::string hashOf(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  std::string made;
  for (int shift = 60; shift >= 0; shift -= 4) made += kHex[(hash >> shift) & 15];
  return made;
}

std::map<std::string, std::string, std::less<>> makeDocuments() {
  std::map<std::string, std::string, std::less<>> made;
  std::vector<Value::Member> index;
  for (const api::Kind* kind : api::allKinds()) {
    const api::Resource& resource = *kind->resource;
    const std::string name = (resource.group.empty() ? "api/" : "apis/" + std::string(resource.group) + "/") +
                             std::string(resource.version);
    const std::string path = std::string(kRoot) + "/" + name;
    if (made.count(path) != 0) continue;
    const std::string& text = made.emplace(path, document(resource.group, resource.version)).first->second;
    index.push_back(
        {Key::intern(name), Value::object({{kServerRelativeUrl, path + "?hash=" + hashOf(text)}})});
  }
  made.emplace(kRoot, writeJson(Value::object({{kPaths, Value::object(index)}})));
  return made;
}

}  // namespace

std::optional<std::string> openApi(std::string_view path) {
  static const std::map<std::string, std::string, std::less<>> documents = makeDocuments();
  const auto at = documents.find(path);
  if (at == documents.end()) return std::nullopt;
  return at->second;
}

}  // namespace pilothouse::http
