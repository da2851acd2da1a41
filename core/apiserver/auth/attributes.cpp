#include "core/apiserver/auth/attributes.hpp"

#include "core/api/keys.hpp"
#include "core/api/quote.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kGroup = Key::intern("group");

}  // namespace

std::string_view requiredField(std::string_view fieldSelector, std::string_view field) {
  while (!fieldSelector.empty()) {
    const std::size_t comma = fieldSelector.find(',');
    const std::string_view term = fieldSelector.substr(0, comma);
    fieldSelector = comma == std::string_view::npos ? std::string_view() : fieldSelector.substr(comma + 1);
    if (term.substr(0, field.size()) != field) continue;
    std::string_view rest = term.substr(field.size());
    if (rest.empty() || rest.front() != '=') continue;
    rest.remove_prefix(rest.substr(0, 2) == "==" ? 2 : 1);
    return rest;
  }
  return {};
}

Attributes attributesOf(const Request& request, const UserInfo& user) {
  const api::Resource& resource = *request.resource;
  Attributes attributes;
  attributes.user = &user;
  attributes.verb = verbName(request.verb);
  attributes.group = resource.group;
  attributes.version = resource.version;
  attributes.resource = resource.plural.text();
  attributes.subresource = request.subresource.text();
  attributes.ns = request.namespace_.asString();
  attributes.name = request.name.asString();
  if (request.options != nullptr) attributes.fieldSelector = request.options->fieldSelector;
  const bool many =
      request.verb == Verb::List || request.verb == Verb::Watch || request.verb == Verb::DeleteCollection;
  if (many && attributes.name.empty()) {
    attributes.name = requiredField(attributes.fieldSelector, "metadata.name");
  }
  if (request.verb == Verb::Create && request.subresource == Key()) attributes.name = {};
  if (&resource == &api::resources::namespaces && !many) attributes.ns = attributes.name;
  return attributes;
}

std::string forbiddenMessage(const Attributes& a) {
  const std::string user = api::quoted(a.user->name);
  if (a.isPath()) return "User " + user + " cannot " + std::string(a.verb) + " path " + api::quoted(a.path);
  std::string resource(a.resource);
  if (!a.subresource.empty()) resource.append("/").append(a.subresource);
  std::string message = "User " + user + " cannot " + std::string(a.verb) + " resource " +
                        api::quoted(resource) + " in API group " + api::quoted(a.group);
  if (a.ns.empty()) return message + " at the cluster scope";
  return message + " in the namespace " + api::quoted(a.ns);
}

api::Status forbidden(const Attributes& a, std::string_view reason) {
  std::string why = forbiddenMessage(a);
  if (!reason.empty()) why.append(": ").append(reason);
  api::Status status;
  status.code = 403;
  status.reason = "Forbidden";
  if (a.isPath()) {
    status.message = "forbidden: " + why;
    status.details = Value::emptyObject();
    return status;
  }
  status.message = std::string(a.resource);
  if (!a.group.empty()) status.message.append(".").append(a.group);
  if (!a.name.empty()) status.message += " " + api::quoted(a.name);
  status.message += " is forbidden: " + why;
  ObjectBuilder details;
  details.setIfAny(kGroup, a.group).setIfAny(keys::kind, a.resource).setIfAny(keys::name, a.name);
  status.details = details.build();
  return status;
}

api::Status unauthorized() { return {401, "Unauthorized", "Unauthorized", {}}; }

}  // namespace pilothouse::apiserver
