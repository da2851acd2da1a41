#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/api/defaults.hpp"
#include "core/api/resource.hpp"
#include "core/api/schema/decode.hpp"
#include "core/api/schema/schema.hpp"
#include "core/api/validation.hpp"
#include "core/value/document.hpp"

/// Objects as kube-apiserver has them before validation: read, typed, defaulted.

inline pilothouse::Value yaml(std::string_view text) {
  pilothouse::Documents read = pilothouse::readYaml(text);
  REQUIRE_MESSAGE(!read.error, (read.error ? read.error->message : std::string()));
  REQUIRE(read.documents.size() == 1);
  return read.documents.front().value;
}

inline pilothouse::Value typed(const pilothouse::api::Resource& resource, std::string_view text) {
  namespace schema = pilothouse::api::schema;
  const schema::Decoded read =
      schema::decode(schema::findType(resource.apiVersion(), resource.kind), yaml(text));
  REQUIRE_MESSAGE(read.problems.empty(), (read.problems.empty() ? "" : read.problems[0].message));
  return read.value;
}

inline pilothouse::Value defaulted(const pilothouse::api::Resource& resource, std::string_view text) {
  return pilothouse::api::setDefaults(resource, typed(resource, text));
}

using Texts = std::vector<std::string>;

inline Texts told(const pilothouse::api::FieldErrors& errors) {
  Texts texts;
  for (const auto& error : errors) texts.push_back(error.text());
  return texts;
}

/// What is wrong with a new object.
inline Texts wrong(const pilothouse::api::Resource& resource, std::string_view text) {
  return told(pilothouse::api::validate(resource, defaulted(resource, text)));
}

/// What is wrong with changing one object into another.
inline Texts wrongUpdate(const pilothouse::api::Resource& resource, std::string_view before,
                         std::string_view now) {
  return told(
      pilothouse::api::validateUpdate(resource, defaulted(resource, now), defaulted(resource, before)));
}
