#pragma once

#include "core/value/document.hpp"
#include "tests/unit/apiserver/cluster_fixture.hpp"

namespace doctest {

template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += "\n  " + text;
    return all.c_str();
  }
};

}  // namespace doctest

namespace pilothouse::apiserver {

inline const Key kManagedFields = Key::intern("managedFields");

/// A cluster in which each request says who it is.
struct Writers : ClusterFixture {
  Request by(std::string_view manager, Verb verb, const api::Resource& resource, std::string_view name) {
    Request made = request(verb, resource, name);
    auto options = std::make_shared<RequestOptions>();
    options->fieldManager = manager;
    made.options = std::move(options);
    return made;
  }
  Response createAs(std::string_view manager, const api::Resource& resource, std::string_view text) {
    Request made = by(manager, Verb::Create, resource, {});
    made.body = yaml(text);
    return send(std::move(made));
  }
  Response patchAs(std::string_view manager, const api::Resource& resource, std::string_view name,
                   std::string_view text, Key subresource = {}) {
    Request made = by(manager, Verb::Patch, resource, name);
    made.patchType = PatchType::Merge;
    made.subresource = subresource;
    made.body = yaml(text);
    return send(std::move(made));
  }
  Response apply(std::string_view manager, const api::Resource& resource, std::string_view name,
                 std::string_view text, bool force = false, Key subresource = {}) {
    Request made = by(manager, Verb::Patch, resource, name);
    auto options = std::make_shared<RequestOptions>();
    options->fieldManager = manager;
    options->force = force;
    made.options = std::move(options);
    made.patchType = PatchType::Apply;
    made.subresource = subresource;
    made.body = yaml(text);
    return send(std::move(made));
  }
};

/// "Update a v1: {…}" of each entry, in order.
inline std::vector<std::string> owners(const Value& object) {
  std::vector<std::string> texts;
  for (const Value& entry : api::meta(object)[kManagedFields].items()) {
    std::string text = entry["operation"].toString() + " " + entry["manager"].toString() + " " +
                       entry["apiVersion"].toString();
    if (entry.has(Key::intern("subresource"))) text += " " + entry["subresource"].toString();
    texts.push_back(text + ": " + writeJson(entry["fieldsV1"]));
  }
  return texts;
}

using Texts = std::vector<std::string>;

inline std::string message(const Response& response) { return response.body[keys::message].toString(); }

constexpr std::string_view kConfigMap =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app: web}}\ndata: {x: '1', w: '2'}\n";

constexpr std::string_view kDeployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx}
)";

}  // namespace pilothouse::apiserver
