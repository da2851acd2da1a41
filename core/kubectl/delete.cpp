#include "core/kubectl/delete.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
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

/// The command while it runs; whatever waits for an answer keeps it.
struct Delete : std::enable_shared_from_this<Delete> {
  client::Client& client;
  const api::Resource& resource;
  Value ns;
  Value options;
  Output output;
  std::vector<Value> names;
  std::size_t at = 0;
  std::vector<Failure> failures;

  Delete(client::Client& c, const api::Resource& r, Output o)
      : client(c), resource(r), output(std::move(o)) {}

  void fail(const apiserver::Response& response) {
    failures.emplace_back();
    failures.back().status = response.status();
  }

  void list(const std::string& labels) {
    auto listOptions = std::make_shared<apiserver::RequestOptions>();
    listOptions->labelSelector = labels;
    apiserver::Request request;
    request.verb = apiserver::Verb::List;
    request.resource = &resource;
    request.namespace_ = ns;
    request.options = std::move(listOptions);
    client.send(std::move(request), [self = shared_from_this()](apiserver::Response response) {
      if (!response.ok()) self->fail(response);
      for (const Value& item : response.body[keys::items].items()) {
        self->names.push_back(api::meta(item)[keys::name]);
      }
      if (response.ok() && self->names.empty()) self->output.say({false, "No resources found", {}, ""});
      self->next();
    });
  }

  void next() {
    if (at == names.size()) {
      if (!failures.empty()) report(failures, output);
      return output.finished();
    }
    client.remove(resource, ns, names[at], options,
                  [self = shared_from_this()](apiserver::Response response) { self->removed(response); });
  }

  void removed(const apiserver::Response& response) {
    if (response.ok()) {
      std::string kind = printedName(resource, "");
      kind.pop_back();  // the slash
      output.say({false, kind + " \"" + names[at].toString() + "\" deleted", {}, ""});
    } else {
      fail(response);
    }
    ++at;
    next();
  }
};

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
  if (object.name.empty() && object.labels.empty()) {
    return stop("error: resource(s) were provided, but no name was specified", output);
  }
  if (!object.name.empty() && !object.labels.empty()) {
    return stop("error: name cannot be provided when a selector is specified", output);
  }
  const auto command = std::make_shared<Delete>(client, *resource, std::move(output));
  if (resource->namespaced) command->ns = Value(object.ns.empty() ? std::string_view("default") : object.ns);
  command->options = Value::object({{keys::apiVersion, "v1"},
                                    {keys::kind, "DeleteOptions"},
                                    {Key::intern("propagationPolicy"), Value(policy)}});
  if (!object.labels.empty()) return command->list(object.labels);
  command->names.emplace_back(object.name);
  command->next();
}

}  // namespace pilothouse::kubectl
