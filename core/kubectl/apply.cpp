#include "core/kubectl/apply.hpp"

#include <memory>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/schema/schema.hpp"
#include "core/kubectl/manifest.hpp"

namespace pilothouse::kubectl {
namespace {

using apiserver::Request;
using apiserver::Response;
using apiserver::Verb;

constexpr std::string_view kLastAppliedText = "kubectl.kubernetes.io/last-applied-configuration";
const Key kLastApplied = Key::intern(kLastAppliedText);
constexpr int kMaxPatchRetry = 5;
constexpr SimDuration kBackOffPeriod = std::chrono::seconds(1);

// util.GetModifiedConfiguration: the object's own text as its annotation, which is not part of that text.
Value withLastApplied(const Value& object) {
  const Value& annotations = api::annotations(object);
  const Value own = annotations.isObject() ? annotations.without(kLastApplied) : Value::emptyObject();
  const Value bare = object.withPath({keys::metadata, keys::annotations}, own);
  return bare.withPath({keys::metadata, keys::annotations, kLastApplied}, Value(writeJson(bare) + "\n"));
}

Value lastAppliedOf(const Value& live) {
  const Value& text = api::annotations(live)[kLastApplied];
  if (text.asString().empty()) return {};
  const Documents read = readJson(text.asString());
  return read.error || read.documents.empty() ? Value() : read.documents.front().value;
}

// schema.GroupVersionResource and GroupVersionKind, as Info.String prints them.
std::string infoText(const api::Resource& resource, std::string_view name, std::string_view ns) {
  const std::string prefix = std::string(resource.group) + "/" + std::string(resource.version);
  return "Resource: \"" + prefix + ", Resource=" + std::string(resource.plural.text()) +
         "\", GroupVersionKind: \"" + prefix + ", Kind=" + std::string(resource.kind) + "\"\nName: \"" +
         std::string(name) + "\", Namespace: \"" + std::string(ns) + "\"";
}

std::shared_ptr<const apiserver::RequestOptions> managed() {
  static const auto options = [] {
    auto made = std::make_shared<apiserver::RequestOptions>();
    made->fieldManager = "kubectl-client-side-apply";
    return made;
  }();
  return options;
}

/// The command while it runs; whatever waits for an answer keeps it.
struct Apply : std::enable_shared_from_this<Apply> {
  client::Client& client;
  Output output;
  Manifest manifest;
  Value ns;
  std::size_t at = 0;
  int tries = 0;
  std::vector<Failure> failures;

  Apply(client::Client& c, Output o) : client(c), output(std::move(o)) {}

  [[nodiscard]] const ManifestObject& current() const { return manifest.objects[at]; }

  void fail(Failure failure) {
    failures.push_back(std::move(failure));
    next();
  }

  void failText(std::string text, std::string_view field) {
    Failure failure;
    failure.text = std::move(text);
    failure.at = current().place(field);
    failure.field = std::string(field);
    fail(std::move(failure));
  }

  void failWith(const Response& response, std::string_view verb) {
    fail(undecodableAt(current(), withSource(response.status(), verb, kStdin)));
  }

  void tell(std::string_view operation) {
    const ManifestObject& object = current();
    output.say({false, printedName(*object.resource, api::name(object.object)) + " " + std::string(operation),
                object.start, ""});
    next();
  }

  void warn(std::string text) { output.say({false, "Warning: " + std::move(text), current().start, ""}); }

  void next() {
    ++at;
    tries = 0;
    step();
  }

  void step() {
    if (at == manifest.objects.size()) {
      report(failures, output);
      return output.finished();
    }
    ManifestObject& object = manifest.objects[at];
    if (!object.resource->namespaced) {
      object.object = object.object.withoutPath({keys::metadata, keys::namespace_});
    } else if (api::namespaceOf(object.object).empty()) {
      object.object = object.object.withPath({keys::metadata, keys::namespace_}, ns);
    }
    const Value& metadata = api::meta(object.object);
    if (metadata[keys::name].asString().empty()) return unnamed();
    client.get(*object.resource, metadata[keys::namespace_], metadata[keys::name],
               [self = shared_from_this()](Response response) { self->found(std::move(response)); });
  }

  void unnamed() {
    const Value& metadata = api::meta(current().object);
    if (!metadata[keys::generateName].asString().empty()) {
      return failText("from " + std::string(metadata[keys::generateName].asString()) +
                          ": cannot use generate name with apply",
                      "metadata.generateName");
    }
    failText("error when retrieving current configuration of:\n" +
                 infoText(*current().resource, "", metadata[keys::namespace_].asString()) +
                 "\nfrom server for: \"" + std::string(kStdin) + "\": resource name may not be empty",
             "metadata.name");
  }

  void found(Response response) {
    if (response.ok()) return patch(response.body);
    if (api::isNotFound(response.status())) return create();
    const Value& metadata = api::meta(current().object);
    failWith(response, "retrieving current configuration of:\n" +
                           infoText(*current().resource, metadata[keys::name].asString(),
                                    metadata[keys::namespace_].asString()) +
                           "\nfrom server for:");
  }

  Request request(Verb verb, Value body) {
    Request made;
    made.verb = verb;
    made.fieldValidation = apiserver::FieldValidation::Strict;
    made.resource = current().resource;
    made.namespace_ = api::meta(current().object)[keys::namespace_];
    made.body = std::move(body);
    made.options = managed();
    return made;
  }

  void create() {
    client.send(request(Verb::Create, withLastApplied(current().object)),
                [self = shared_from_this()](Response response) {
                  if (!response.ok()) return self->failWith(response, "creating");
                  self->tell("created");
                });
  }

  void patch(const Value& live) {
    const api::Resource& resource = *current().resource;
    const std::string_view name = api::name(live);
    if (tries == 0 && !api::annotations(live).has(kLastApplied)) {
      warn("resource " + std::string(resource.plural.text()) + "/" + std::string(name) + " is missing the " +
           std::string(kLastAppliedText) +
           " annotation which is required by kubectl apply. kubectl apply should only be used on resources "
           "created declaratively by either kubectl create --save-config or kubectl apply. The missing "
           "annotation will be patched automatically.");
    }
    const api::schema::Type type = api::schema::findType(resource.apiVersion(), resource.kind);
    const Patched made = createThreeWayMergePatch(lastAppliedOf(live), withLastApplied(current().object),
                                                  live, api::schema::patchSchema(), type.row());
    if (!made.error.empty()) {
      return failText("error when creating patch with:\n" + made.error, "");
    }
    if (made.value.isNull() || made.value.empty()) return tell("unchanged");
    if (tries == 0 && api::isBeingDeleted(live)) {
      warn("Detected changes to resource " + std::string(name) + " which is currently being deleted.");
    }
    Request sent = request(Verb::Patch, made.value);
    sent.patchType = apiserver::PatchType::StrategicMerge;
    sent.name = api::meta(live)[keys::name];
    client.send(std::move(sent), [self = shared_from_this(), body = made.value](Response response) {
      self->patched(response, body);
    });
  }

  void patched(const Response& response, const Value& body) {
    if (response.ok()) return tell("configured");
    if (!api::isConflict(response.status()) || ++tries > kMaxPatchRetry) {
      const Value& metadata = api::meta(current().object);
      return failWith(response, "applying patch:\n" + writeJson(body) + "\nto:\n" +
                                    infoText(*current().resource, metadata[keys::name].asString(),
                                             metadata[keys::namespace_].asString()) +
                                    "\nfor:");
    }
    // The first further try comes at once, as apply's patcher does it.
    client.simulator().after(tries > 1 ? kBackOffPeriod : SimDuration{},
                             [self = shared_from_this()] { self->step(); });
  }
};

}  // namespace

void apply(client::Client& client, std::string_view text, std::string_view ns, Output output) {
  auto command = std::make_shared<Apply>(client, std::move(output));
  command->manifest = readObjects(text);
  command->ns = Value(ns.empty() ? std::string_view("default") : ns);
  Manifest& manifest = command->manifest;
  if (!manifest.broken.empty()) {
    manifest.objects.clear();
    command->failures = std::move(manifest.broken);
  } else {
    command->failures = std::move(manifest.unknown);
    if (manifest.objects.empty() && command->failures.empty()) {
      command->failures.emplace_back();
      command->failures.back().text = "no objects passed to apply";
    }
  }
  command->step();
}

}  // namespace pilothouse::kubectl
