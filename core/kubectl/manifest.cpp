#include "core/kubectl/manifest.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::kubectl {
namespace {

const Key kCauses = Key::intern("causes");
const Key kField = Key::intern("field");
constexpr std::string_view kStopValidate =
    "; if you choose to ignore these errors, turn validation off with --validate=false";

struct Place {
  std::shared_ptr<const SourceMap> positions;
  std::string path;
  SourcePosition start;
};

std::string joined(std::string_view path, std::string_view field) {
  std::string whole(path);
  if (!whole.empty() && !field.empty() && field.front() != '[') whole.push_back('.');
  return whole.append(field);
}

std::string lower(std::string_view text) {
  std::string low(text);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

Failure failed(std::string text, const Place& place, std::string field = {}) {
  Failure failure;
  failure.text = std::move(text);
  failure.at = place.start;
  if (place.positions != nullptr && !field.empty()) {
    const SourcePosition found = place.positions->value(joined(place.path, field));
    if (found.line > 0) failure.at = found;
  }
  failure.field = std::move(field);
  return failure;
}

// k8s.io/kubectl/pkg/validation: getObjectKind.
std::vector<std::string> kindErrors(const Value& object) {
  if (!object.isObject()) return {"invalid object to validate"};
  std::vector<std::string> errors;
  const Value& version = object[keys::apiVersion];
  if (version.isNull()) {
    errors.emplace_back("apiVersion not set");
  } else if (!version.isString()) {
    errors.emplace_back("apiVersion isn't string type");
  } else {
    const std::string_view text = version.asString();
    if (std::count(text.begin(), text.end(), '/') > 1) {
      errors.push_back("unexpected GroupVersion string: " + std::string(text));
    }
  }
  const Value& kind = object[keys::kind];
  if (kind.isNull()) {
    errors.emplace_back("kind not set");
  } else if (!kind.isString()) {
    errors.emplace_back("kind isn't string type");
  }
  return errors;
}

std::string aggregate(const std::vector<std::string>& errors) {
  if (errors.size() == 1) return errors.front();
  std::string text = "[";
  for (const std::string& error : errors) text.append(text.size() > 1 ? ", " : "").append(error);
  return text + "]";
}

// Where the reader is sent: the field that is wrong, or the document when it is missing.
std::string kindField(const std::vector<std::string>& errors) {
  if (errors.front().find("isn't string") == std::string::npos &&
      errors.front().find("unexpected") == std::string::npos) {
    return {};
  }
  return errors.front().rfind("kind", 0) == 0 ? "kind" : "apiVersion";
}

std::string noMatch(const Value& object) {
  const std::string kind = object[keys::kind].toString();
  const std::string version = object[keys::apiVersion].toString();
  return "resource mapping not found for name: \"" + std::string(api::name(object)) + "\" namespace: \"" +
         std::string(api::namespaceOf(object)) + "\" from \"" + std::string(kStdin) +
         "\": no matches for kind \"" + kind + "\" in version \"" + version +
         "\"\nensure CRDs are installed first";
}

// The kind when there is none of that name at all, otherwise the version that it was looked for in.
std::string unmatchedField(const Value& object) {
  const auto all = api::allResources();
  const std::string_view kind = object[keys::kind].asString();
  const bool known =
      std::any_of(all.begin(), all.end(), [kind](const api::Resource* r) { return r->kind == kind; });
  return known ? "apiVersion" : "kind";
}

// unstructured.UnstructuredJSONScheme: an object with an items list of a kind …List is a list of objects.
bool isList(const Value& object) {
  const std::string_view kind = object[keys::kind].asString();
  return kind.size() >= 4 && kind.substr(kind.size() - 4) == "List" && object[keys::items].isArray();
}

/// False when reading ends with this document.
bool readObject(const Value& object, const Place& place, int level, Manifest& manifest) {
  if (const auto errors = kindErrors(object); !errors.empty()) {
    manifest.broken.push_back(failed("error validating \"" + std::string(kStdin) +
                                         "\": error validating data: " + aggregate(errors) +
                                         std::string(kStopValidate),
                                     place, kindField(errors)));
    return false;
  }
  if (object[keys::kind].asString().empty()) {
    manifest.broken.push_back(failed("unable to decode \"" + std::string(kStdin) +
                                         "\": Object 'Kind' is missing in '" + writeJson(object) + "'",
                                     place, "kind"));
    return false;
  }
  if (isList(object) && level == 0) {
    const auto items = object[keys::items].items();
    for (std::size_t i = 0; i < items.size(); ++i) {
      Place item = place;
      item.path = "items[" + std::to_string(i) + "]";
      if (const SourcePosition at = place.positions->value(item.path); at.line > 0) item.start = at;
      if (!readObject(items[i], item, level + 1, manifest)) return false;
    }
    return true;
  }
  const api::Resource* resource =
      api::findKind(object[keys::apiVersion].asString(), object[keys::kind].asString());
  if (resource == nullptr) {
    manifest.unknown.push_back(failed(noMatch(object), place, unmatchedField(object)));
    return true;
  }
  manifest.objects.push_back({object, resource, place.positions, place.path, place.start});
  return true;
}

}  // namespace

SourcePosition ManifestObject::place(std::string_view field) const {
  const std::string whole = joined(path, field);
  if (const SourcePosition exact = positions->value(whole); exact.line > 0 && !field.empty()) return exact;
  const SourcePosition near = positions->nearest(whole);
  return near.line > 0 ? near : start;
}

SourcePosition ManifestObject::placeOfName(std::string_view field) const {
  const SourcePosition near = positions->nearest(joined(path, field));
  return near.line > 0 ? near : start;
}

SourcePosition placeOf(const ManifestObject& object, const api::schema::Problem& problem) {
  const bool unknown = problem.kind == api::schema::Problem::Kind::UnknownField;
  return unknown ? object.placeOfName(problem.path) : object.place(problem.path);
}

Manifest readObjects(std::string_view text) {
  Manifest manifest;
  Documents read = readManifest(text);
  for (Document& document : read.documents) {
    const Place place{std::make_shared<SourceMap>(std::move(document.positions)), "", document.start};
    if (document.value.isNull()) continue;
    if (!readObject(document.value, place, 0, manifest)) return manifest;
  }
  if (read.error) {
    Failure failure;
    failure.text = "error parsing " + std::string(kStdin) + ": " + read.error->message;
    failure.at = read.error->at;
    manifest.broken.push_back(std::move(failure));
  }
  return manifest;
}

Failure failureAt(const ManifestObject& object, api::Status status) {
  Failure failure;
  failure.at = object.start;
  for (const Value& cause : status.details[kCauses].items()) {
    const std::string field = cause[kField].toString();
    failure.causes.push_back(object.place(field));
    if (failure.field.empty() && !field.empty()) {
      failure.field = field;
      failure.at = failure.causes.back();
    }
  }
  if (api::isNotFound(status) && status.details[keys::kind].asString() == "namespaces") {
    failure.field = "metadata.namespace";
    failure.at = object.place(failure.field);
  }
  failure.status = std::move(status);
  return failure;
}

Failure undecodableAt(const ManifestObject& object, api::Status status) {
  Failure failure = failureAt(object, std::move(status));
  if (!failure.field.empty()) return failure;
  if (api::isNotFound(failure.status) && failure.status.details[keys::kind] == Value("namespaces")) {
    failure.field = "metadata.namespace";
    failure.at = object.place(failure.field);
    return failure;
  }
  namespace schema = api::schema;
  const schema::Type type =
      schema::findType(object.object[keys::apiVersion].asString(), object.object[keys::kind].asString());
  if (!type) return failure;
  const schema::Decoded decoded = schema::decode(type, object.object);
  const schema::Problem* first = nullptr;
  for (const schema::Problem& problem : decoded.problems) {
    const bool fatal = problem.kind != schema::Problem::Kind::UnknownField;
    if (first == nullptr || (fatal && first->kind == schema::Problem::Kind::UnknownField)) first = &problem;
  }
  if (first == nullptr) return failure;
  failure.field = first->path;
  failure.at = placeOf(object, *first);
  return failure;
}

std::string printedName(const api::Resource& resource, std::string_view name) {
  std::string text = lower(resource.kind);
  if (!resource.group.empty()) text.append(".").append(resource.group);
  return text.append("/").append(name);
}

const api::Resource* findResourceNamed(std::string_view name, std::string_view group) {
  const std::string wanted = lower(name);
  for (const api::Resource* resource : api::allResources()) {
    if (!group.empty() && resource->group != group) continue;
    const auto& shorts = resource->shortNames;
    if (resource->plural.text() == wanted || resource->singular == wanted ||
        lower(resource->kind) == wanted || std::find(shorts.begin(), shorts.end(), wanted) != shorts.end()) {
      return resource;
    }
  }
  return nullptr;
}

}  // namespace pilothouse::kubectl
