#include "core/kubectl/delete.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/kubectl/manifest.hpp"

namespace pilothouse::kubectl {
namespace {

void stop(std::string text, const Output& output) {
  output.say({true, std::move(text), {}, ""});
  output.finished();
}

std::string_view propagationPolicy(std::string_view cascade) {
  if (cascade.empty() || cascade == "background") return "Background";
  if (cascade == "foreground") return "Foreground";
  return cascade == "orphan" ? "Orphan" : "";
}

}  // namespace

void remove(client::Client& client, const Named& object, std::string_view cascade, Output output) {
  const std::string_view policy = propagationPolicy(cascade);
  if (policy.empty()) {
    return stop("error: invalid cascade value (" + std::string(cascade) +
                    "). Must be \"background\", \"foreground\", or \"orphan\"",
                output);
  }
  const api::Resource* resource = findResourceNamed(object.resource, object.group);
  if (resource == nullptr) {
    return stop("error: the server doesn't have a resource type \"" + object.resource + "\"", output);
  }
  if (object.name.empty()) {
    return stop("error: resource(s) were provided, but no name was specified", output);
  }
  Value ns;
  if (resource->namespaced) ns = Value(object.ns.empty() ? std::string_view("default") : object.ns);
  const Value options = Value::object({{keys::apiVersion, "v1"},
                                       {keys::kind, "DeleteOptions"},
                                       {Key::intern("propagationPolicy"), Value(policy)}});
  client.remove(*resource, ns, Value(object.name), options,
                [resource, name = object.name, output = std::move(output)](apiserver::Response response) {
                  if (response.ok()) {
                    std::string kind = printedName(*resource, "");
                    kind.pop_back();  // the slash
                    output.say({false, kind + " \"" + name + "\" deleted", {}, ""});
                  } else {
                    Failure failure;
                    failure.status = response.status();
                    report({failure}, output);
                  }
                  output.finished();
                });
}

}  // namespace pilothouse::kubectl
