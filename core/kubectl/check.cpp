#include "core/kubectl/check.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/schema/decode.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/kubectl/manifest.hpp"

namespace pilothouse::kubectl {
namespace {

namespace schema = api::schema;

const Key kCauses = Key::intern("causes");
const Key kField = Key::intern("field");

void addFailure(const Failure& failure, std::vector<Message>& messages) {
  messages.push_back({true, failure.text, failure.at, failure.field});
}

/// True when there was something that keeps the object from being read.
bool addProblems(const ManifestObject& object, std::vector<Message>& messages) {
  const schema::Type type =
      schema::findType(object.object[keys::apiVersion].asString(), object.object[keys::kind].asString());
  if (!type) return false;
  const schema::Decoded decoded = schema::decode(type, object.object);
  for (const schema::Problem& problem : decoded.problems) {
    messages.push_back({true, problem.message, placeOf(object, problem), problem.path});
  }
  return !decoded.problems.empty();
}

void addStatus(const ManifestObject& object, const api::Status& status, std::vector<Message>& messages) {
  const auto causes = status.details[kCauses].items();
  for (const Value& cause : causes) {
    const std::string field = cause[kField].toString();
    const std::string prefix = field.empty() ? "" : field + ": ";
    messages.push_back({true, prefix + cause[keys::message].toString(), object.place(field), field});
  }
  if (causes.empty()) messages.push_back({true, status.message, object.start, ""});
}

// What kubectl and the server fill in before validation.
Value placed(const ManifestObject& object, std::string_view ns) {
  if (!object.resource->namespaced) return object.object.withoutPath({keys::metadata, keys::namespace_});
  if (!api::namespaceOf(object.object).empty()) return object.object;
  return object.object.withPath({keys::metadata, keys::namespace_}, Value(ns));
}

void checkObject(const ManifestObject& object, std::string_view ns, SimTime now,
                 std::vector<Message>& messages) {
  if (addProblems(object, messages)) return;
  if (api::name(object.object).empty()) {
    messages.push_back(
        {true, "resource name may not be empty", object.place("metadata.name"), "metadata.name"});
    return;
  }
  const apiserver::Decoded decoded =
      apiserver::decode(*object.resource, placed(object, ns), apiserver::FieldValidation::Strict);
  if (!decoded.ok()) return addStatus(object, decoded.error, messages);
  const apiserver::Outcome prepared = apiserver::prepareCreate(*object.resource, decoded.object, now);
  if (!prepared.ok()) addStatus(object, prepared.error, messages);
}

}  // namespace

std::vector<Message> check(std::string_view manifest, std::string_view ns, SimTime now) {
  std::vector<Message> messages;
  const Manifest read = readObjects(manifest);
  for (const Failure& failure : read.broken) addFailure(failure, messages);
  for (const Failure& failure : read.unknown) addFailure(failure, messages);
  const std::string_view where = ns.empty() ? std::string_view("default") : ns;
  for (const ManifestObject& object : read.objects) checkObject(object, where, now, messages);
  return messages;
}

}  // namespace pilothouse::kubectl
