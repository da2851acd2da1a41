#include "core/kubectl/scale.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/kubectl/manifest.hpp"

namespace pilothouse::kubectl {
namespace {

const Key kScale = Key::intern("scale");

void stop(std::string text, const Output& output) {
  output.say({true, std::move(text), {}, ""});
  output.finished();
}

}  // namespace

void scale(client::Client& client, const Named& object, std::int64_t replicas, Output output) {
  const api::Resource* resource = findResourceNamed(object.resource, object.group);
  if (resource == nullptr) {
    return stop("error: the server doesn't have a resource type \"" + object.resource + "\"", output);
  }
  if (object.name.empty()) {
    return stop("error: resource(s) were provided, but no name was specified", output);
  }
  if (replicas < 0) {
    return stop("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
                output);
  }
  apiserver::Request request;
  request.verb = apiserver::Verb::Patch;
  request.patchType = apiserver::PatchType::Merge;
  request.resource = resource;
  request.subresource = kScale;
  request.name = Value(object.name);
  if (resource->namespaced) {
    request.namespace_ = Value(object.ns.empty() ? std::string_view("default") : object.ns);
  }
  request.body = Value::object({{keys::spec, Value::object({{keys::replicas, replicas}})}});
  client.send(std::move(request),
              [resource, name = object.name, output = std::move(output)](apiserver::Response response) {
                if (response.ok()) {
                  output.say({false, printedName(*resource, name) + " scaled", {}, ""});
                } else {
                  Failure failure;
                  failure.status = response.status();
                  report({failure}, output);
                }
                output.finished();
              });
}

}  // namespace pilothouse::kubectl
