#include "core/http/openapi_v2.hpp"

#include <algorithm>
#include <set>
#include <string_view>
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
const Key kAdditionalProperties = Key::intern("additionalProperties");
const Key kAllOf = Key::intern("allOf");
const Key kConsumes = Key::intern("consumes");
const Key kDefault = Key::intern("default");
const Key kDefinitions = Key::intern("definitions");
const Key kDescription = Key::intern("description");
const Key kGroup = Key::intern("group");
const Key kGroupVersionKind = Key::intern("x-kubernetes-group-version-kind");
const Key kIn = Key::intern("in");
const Key kInfo = Key::intern("info");
const Key kOneOf = Key::intern("oneOf");
const Key kOperationId = Key::intern("operationId");
const Key kParameters = Key::intern("parameters");
const Key kPaths = Key::intern("paths");
const Key kProduces = Key::intern("produces");
const Key kProperties = Key::intern("properties");
const Key kRef = Key::intern("$ref");
const Key kRequired = Key::intern("required");
const Key kResponses = Key::intern("responses");
const Key kSchema = Key::intern("schema");
const Key kSchemes = Key::intern("schemes");
const Key kSwagger = Key::intern("swagger");
const Key kTags = Key::intern("tags");
const Key kTitle = Key::intern("title");
const Key kUniqueItems = Key::intern("uniqueItems");
const Key kVersion = Key::intern("version");

constexpr std::string_view kV3Prefix = "#/components/schemas/";

Value definitionReference(std::string_view name) { return "#/definitions/" + std::string(name); }

// A schema in v2: no defaults, references with siblings, texts where a number would do as well. Schemas nest
// by hand in the published types, a few levels deep.
Value schemaValue(const Value& v3) {
  ObjectBuilder made;
  for (std::size_t i = 0; i < v3.size(); ++i) {
    const Key key = v3.memberKeys()[i];
    const Value& value = v3.memberValues()[i];
    if (key == kDefault) continue;
    if (key == kRef) {
      made.set(kRef, definitionReference(value.asString().substr(kV3Prefix.size())));
    } else if (key == kAllOf) {
      made.set(kRef, definitionReference(value.item(0)[kRef].asString().substr(kV3Prefix.size())));
    } else if (key == kOneOf) {
      made.set(keys::type, "string");
    } else if (key == keys::items || key == kAdditionalProperties) {
      made.set(key, schemaValue(value));
    } else if (key == kProperties) {
      std::vector<Value::Member> properties;
      for (std::size_t p = 0; p < value.size(); ++p) {
        properties.push_back({value.memberKeys()[p], schemaValue(value.memberValues()[p])});
      }
      made.set(key, Value::object(properties));
    } else {
      made.set(key, value);
    }
  }
  return made.build();
}

Value parameterValue(const Parameter& parameter) {
  ObjectBuilder made;
  made.setIfAny(kDescription, parameter.description);
  made.set(kIn, parameter.inPath ? "path" : "query");
  made.set(keys::name, parameter.name);
  if (parameter.inPath) made.set(kRequired, true);
  made.set(keys::type, parameter.type);
  made.set(kUniqueItems, true);
  return made.build();
}

Value bodyParameter(const Operation& operation) {
  ObjectBuilder made;
  made.set(kIn, "body").set(keys::name, "body");
  if (operation.bodyRequired) made.set(kRequired, true);
  made.set(kSchema, Value::object({{kRef, definitionReference(operation.body)}}));
  return made.build();
}

Value texts(std::initializer_list<std::string_view> list) {
  const std::vector<Value> items(list.begin(), list.end());
  return Value::array(items);
}

Value produces(const Operation& operation) {
  if (operation.response.empty()) return texts({"*/*"});
  if (!operation.streams) {
    return texts({"application/json", "application/yaml", "application/vnd.kubernetes.protobuf"});
  }
  return texts({"application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
                "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"});
}

Value responses(const Operation& operation) {
  ObjectBuilder made;
  const Value schema = operation.response.empty()
                           ? Value::object({{keys::type, "string"}})
                           : Value::object({{kRef, definitionReference(operation.response)}});
  for (const int code : operation.codes) {
    const char* text = code == 200 ? "OK" : code == 201 ? "Created" : "Accepted";
    made.set(Key::intern(std::to_string(code)), Value::object({{kDescription, text}, {kSchema, schema}}));
  }
  made.set(Key::intern("401"), Value::object({{kDescription, "Unauthorized"}}));
  return made.build();
}

Value operationValue(const Operation& operation, std::string_view tag) {
  ObjectBuilder made;
  std::vector<Value> parameters;
  if (!operation.body.empty()) parameters.push_back(bodyParameter(operation));
  for (const Parameter& parameter : operation.parameters) parameters.push_back(parameterValue(parameter));
  const std::vector<std::string_view> patches = openapi::patchTypes();
  const std::vector<Value> patchList(patches.begin(), patches.end());
  made.set(kConsumes, operation.method == "patch" ? Value::array(patchList) : texts({"*/*"}));
  made.set(kDescription, operation.description);
  made.set(kOperationId, operation.id);
  made.setIfAny(kParameters, Value::array(parameters));
  made.set(kProduces, produces(operation));
  made.set(kResponses, responses(operation));
  made.set(kSchemes, texts({"https"}));
  made.set(kTags, texts({tag}));
  made.setIfAny(kAction, operation.action);
  if (!operation.kind.empty()) {
    made.set(kGroupVersionKind,
             Value::object(
                 {{kGroup, operation.group}, {keys::kind, operation.kind}, {kVersion, operation.version}}));
  }
  return made.build();
}

void addPaths(std::vector<Value::Member>& members, std::set<std::string, std::less<>>& names,
              const api::Resource& resource) {
  const std::string tag = openapi::tagOf(resource.group, resource.version);
  for (const Path& path : openapi::pathsOf(resource.group, resource.version)) {
    ObjectBuilder made;
    std::vector<Value> parameters;
    for (const Parameter& parameter : path.parameters) parameters.push_back(parameterValue(parameter));
    made.setIfAny(kParameters, Value::array(parameters));
    for (const Operation& operation : path.operations) {
      made.set(Key::intern(operation.method), operationValue(operation, tag));
      for (const std::string& schema : {operation.body, operation.response}) {
        if (!schema.empty()) openapi::addReferences(names, openapi::reference(schema));
      }
    }
    members.push_back({Key::intern(path.path), made.build()});
  }
}

}  // namespace

Value openApiV2Document() {
  std::vector<Value::Member> paths;
  std::set<std::string, std::less<>> names;
  std::set<std::string> done;
  for (const api::Kind* kind : api::allKinds()) {
    if (done.insert(kind->resource->apiVersion()).second) addPaths(paths, names, *kind->resource);
  }
  openapi::addReferences(names, openapi::reference(openapi::metaSchemaName("WatchEvent")));
  std::vector<Value::Member> definitions;
  for (const std::string& name : names) {
    if (const Value& schema = openapi::schemaOf(name); schema.isObject()) {
      definitions.push_back({Key::intern(name), schemaValue(schema)});
    }
  }
  return Value::object({{kDefinitions, Value::object(definitions)},
                        {kInfo, Value::object({{kTitle, "Kubernetes"}, {kVersion, "unversioned"}})},
                        {kPaths, Value::object(paths)},
                        {kSwagger, "2.0"}});
}

const std::string& openApiV2Json() {
  static const std::string text = writeJson(openApiV2Document());
  return text;
}

}  // namespace pilothouse::http
