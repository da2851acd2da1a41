#include <string_view>

#include "core/api/keys.hpp"
#include "core/http/openapi_v2.hpp"
#include "core/http/wire_writer.hpp"
#include "core/value/document.hpp"

// The messages of gnostic's OpenAPIv2.proto: numbers are those of its fields.

namespace pilothouse::http {
namespace {

struct FieldNumber {
  std::string_view name;
  std::uint32_t number;
};

constexpr std::string_view kExtension = "x-";

std::string any(const Value& value) {
  WireWriter made;
  made.text(2, writeYaml(value));
  return made.bytes();
}

std::string named(std::string_view name, std::string_view value) {
  WireWriter made;
  made.text(1, name);
  made.message(2, value);
  return made.bytes();
}

std::string wrapped(std::uint32_t field, std::string_view message) {
  WireWriter made;
  made.message(field, message);
  return made.bytes();
}

void texts(WireWriter& into, std::uint32_t field, const Value& list) {
  for (const Value& item : list.items()) into.message(field, item.asString());
}

void plainFields(WireWriter& into, const Value& object, std::initializer_list<FieldNumber> fields) {
  for (const FieldNumber& field : fields) {
    const Value& value = object[field.name];
    into.text(field.number, value.asString());
    into.flag(field.number, value.asBool());
  }
}

void extensions(WireWriter& into, std::uint32_t field, const Value& object) {
  for (std::size_t i = 0; i < object.size(); ++i) {
    const std::string_view name = object.memberKeys()[i].text();
    if (name.substr(0, kExtension.size()) == kExtension) {
      into.message(field, named(name, any(object.memberValues()[i])));
    }
  }
}

std::string schema(const Value& value) {
  WireWriter made;
  plainFields(made, value, {{"$ref", 1}, {"format", 2}, {"description", 4}});
  texts(made, 19, value["required"]);
  for (const Value& allowed : value["enum"].items()) made.message(20, any(allowed));
  if (value["additionalProperties"].isObject()) {
    made.message(21, wrapped(1, schema(value["additionalProperties"])));
  }
  if (value[keys::type].isString()) made.message(22, wrapped(1, value[keys::type].asString()));
  if (value[keys::items].isObject()) made.message(23, wrapped(1, schema(value[keys::items])));
  if (const Value& properties = value["properties"]; properties.isObject()) {
    WireWriter list;
    for (std::size_t i = 0; i < properties.size(); ++i) {
      list.message(1, named(properties.memberKeys()[i].text(), schema(properties.memberValues()[i])));
    }
    made.message(25, list.bytes());
  }
  extensions(made, 31, value);
  return made.bytes();
}

// ParametersItem{parameter{body_parameter}} or {parameter{non_body_parameter{query or path}}}.
std::string parameter(const Value& value) {
  WireWriter made;
  const std::string_view in = value["in"].asString();
  if (in == "body") {
    plainFields(made, value, {{"description", 1}, {"name", 2}, {"in", 3}, {"required", 4}});
    made.message(5, schema(value["schema"]));
    return wrapped(1, wrapped(1, made.bytes()));
  }
  plainFields(made, value, {{"required", 1}, {"in", 2}, {"description", 3}, {"name", 4}});
  if (in == "path") {
    plainFields(made, value, {{"type", 5}, {"uniqueItems", 19}});
    return wrapped(1, wrapped(2, wrapped(4, made.bytes())));
  }
  plainFields(made, value, {{"type", 6}, {"uniqueItems", 20}});
  return wrapped(1, wrapped(2, wrapped(3, made.bytes())));
}

std::string responses(const Value& value) {
  WireWriter made;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Value& response = value.memberValues()[i];
    WireWriter one;
    one.text(1, response["description"].asString());
    if (response["schema"].isObject()) one.message(2, wrapped(1, schema(response["schema"])));
    made.message(1, named(value.memberKeys()[i].text(), wrapped(1, one.bytes())));
  }
  return made.bytes();
}

std::string operation(const Value& value) {
  WireWriter made;
  texts(made, 1, value["tags"]);
  plainFields(made, value, {{"description", 3}, {"operationId", 5}});
  texts(made, 6, value["produces"]);
  texts(made, 7, value["consumes"]);
  for (const Value& item : value["parameters"].items()) made.message(8, parameter(item));
  made.message(9, responses(value["responses"]));
  texts(made, 10, value["schemes"]);
  extensions(made, 13, value);
  return made.bytes();
}

std::string pathItem(const Value& value) {
  constexpr FieldNumber kMethods[] = {{"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  WireWriter made;
  for (const FieldNumber& method : kMethods) {
    if (value[method.name].isObject()) made.message(method.number, operation(value[method.name]));
  }
  for (const Value& item : value["parameters"].items()) made.message(9, parameter(item));
  return made.bytes();
}

std::string document(const Value& value) {
  WireWriter info;
  plainFields(info, value["info"], {{"title", 1}, {"version", 2}});
  WireWriter paths;
  for (std::size_t i = 0; i < value["paths"].size(); ++i) {
    const Value& path = value["paths"].memberValues()[i];
    paths.message(2, named(value["paths"].memberKeys()[i].text(), pathItem(path)));
  }
  WireWriter definitions;
  for (std::size_t i = 0; i < value["definitions"].size(); ++i) {
    const Value& definition = value["definitions"].memberValues()[i];
    definitions.message(1, named(value["definitions"].memberKeys()[i].text(), schema(definition)));
  }
  WireWriter made;
  made.text(1, value["swagger"].asString());
  made.message(2, info.bytes());
  made.message(8, paths.bytes());
  made.message(9, definitions.bytes());
  return made.bytes();
}

}  // namespace

const std::string& openApiV2Protobuf() {
  static const std::string bytes = document(openApiV2Document());
  return bytes;
}

}  // namespace pilothouse::http
