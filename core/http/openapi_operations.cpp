#include "core/http/openapi_operations.hpp"

#include <algorithm>
#include <utility>

#include "core/api/kind.hpp"
#include "core/http/discovery.hpp"
#include "core/http/openapi_schemas.hpp"

namespace pilothouse::http::openapi {
namespace {

const Key kDescription = Key::intern("description");
const Key kProperties = Key::intern("properties");
const Key kType = Key::intern("type");

constexpr std::string_view kPretty =
    "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent indicates a "
    "browser or command-line HTTP tool (curl and wget).";

std::string capitalized(std::string_view text) {
  std::string made(text);
  if (!made.empty() && made[0] >= 'a' && made[0] <= 'z') made[0] = static_cast<char>(made[0] - 'a' + 'A');
  return made;
}

// "rbacAuthorization" of "rbac.authorization.k8s.io", "core" of "".
std::string shortGroup(std::string_view group) {
  if (group.empty()) return "core";
  constexpr std::string_view kSuffix = ".k8s.io";
  if (group.size() > kSuffix.size() && group.substr(group.size() - kSuffix.size()) == kSuffix) {
    group.remove_suffix(kSuffix.size());
  }
  std::string made;
  for (std::size_t dot = 0; !group.empty(); group.remove_prefix(std::min(dot + 1, group.size()))) {
    dot = std::min(group.find('.'), group.size());
    made += made.empty() ? std::string(group.substr(0, dot)) : capitalized(group.substr(0, dot));
  }
  return made;
}

// The query parameters that a type of options is.
std::vector<Parameter> optionsOf(std::string_view type,
                                 std::initializer_list<std::string_view> leftOut = {}) {
  std::vector<Parameter> made;
  const Value& properties = schemaOf(metaSchemaName(type))[kProperties];
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const std::string_view name = properties.memberKeys()[i].text();
    const bool skipped = name == "apiVersion" || name == "kind" || name == "preconditions" ||
                         std::find(leftOut.begin(), leftOut.end(), name) != leftOut.end();
    if (skipped) continue;
    const Value& property = properties.memberValues()[i];
    // A list is written as one text.
    const std::string type_ = property[kType].toString();
    made.push_back(
        {std::string(name), false, type_ == "array" ? "string" : type_, property[kDescription].toString()});
  }
  return made;
}

std::vector<Parameter> together(std::vector<Parameter> some, std::vector<Parameter> more) {
  for (Parameter& parameter : more) {
    const bool known = std::any_of(some.begin(), some.end(),
                                   [&](const Parameter& other) { return other.name == parameter.name; });
    if (!known) some.push_back(std::move(parameter));
  }
  std::sort(some.begin(), some.end(), [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
  return some;
}

/// Makes the paths of one resource.
class Maker {
 public:
  Maker(const api::Resource& resource, std::vector<Path>& paths)
      : resource_(resource),
        paths_(paths),
        schema_(schemaName(resource.group, resource.version, resource.kind)) {
    root_ = (resource.group.empty() ? "/api/" : "/apis/" + std::string(resource.group) + "/") +
            std::string(resource.version) + "/";
    prefix_ = capitalized(shortGroup(resource.group)) + capitalized(resource.version);
  }

  void make() {
    const std::string plural(resource_.plural.text());
    const std::string inNamespace = root_ + "namespaces/{namespace}/" + plural;
    const std::string collection = resource_.namespaced ? inNamespace : root_ + plural;
    if (resource_.namespaced && hasVerb(resource_, "list")) {
      Path all{root_ + plural, together(optionsOf("ListOptions"), {pretty()}), {}};
      all.operations.push_back(listOperation(prefix_ + std::string(resource_.kind) + "ForAllNamespaces"));
      all.operations.back().parameters.clear();
      paths_.push_back(std::move(all));
    }
    addCollection(collection);
    addObject(collection + "/{name}");
    for (const std::string_view name : resource_.subresources) {
      addSubresource(collection + "/{name}/" + std::string(name), name);
    }
  }

 private:
  static Parameter pretty() { return {"pretty", false, "string", std::string(kPretty)}; }
  [[nodiscard]] std::string kind() const { return std::string(resource_.kind); }
  [[nodiscard]] std::string scopedId() const {
    return prefix_ + (resource_.namespaced ? "Namespaced" : "") + kind();
  }
  [[nodiscard]] std::vector<Parameter> scope(bool named) const {
    std::vector<Parameter> made;
    if (named) made.push_back({"name", true, "string", "name of the " + kind()});
    if (resource_.namespaced) {
      made.push_back(
          {"namespace", true, "string", "object name and auth scope, such as for teams and projects"});
    }
    made.push_back(pretty());
    return made;
  }

  [[nodiscard]] Operation operation(std::string_view method, std::string_view action, std::string description,
                                    std::string id) const {
    Operation made;
    made.method = method;
    made.action = action;
    made.description = std::move(description);
    made.id = std::move(id);
    made.response = std::string(schema_);
    made.group = std::string(resource_.group);
    made.version = std::string(resource_.version);
    made.kind = kind();
    return made;
  }

  [[nodiscard]] Operation listOperation(const std::string& idEnd) const {
    Operation made = operation("get", "list", "list or watch objects of kind " + kind(), "list" + idEnd);
    made.parameters = optionsOf("ListOptions");
    made.response = listSchema();
    made.streams = hasVerb(resource_, "watch");
    return made;
  }
  [[nodiscard]] std::string listSchema() const {
    return std::string(schemaName(resource_.group, resource_.version, kind() + "List"));
  }

  [[nodiscard]] Operation creation(std::string id) const {
    Operation made = operation("post", "post", "create a" + article() + kind(), std::move(id));
    made.parameters = optionsOf("CreateOptions");
    made.body = std::string(schema_);
    made.codes = {200, 201, 202};
    return made;
  }
  [[nodiscard]] std::string article() const {
    return std::string_view("AEIOU").find(resource_.kind.front()) == std::string_view::npos ? " " : "n ";
  }

  void addCollection(const std::string& where) {
    Path path{where, scope(false), {}};
    if (hasVerb(resource_, "deletecollection")) {
      Operation made =
          operation("delete", "deletecollection", "delete collection of " + kind(),
                    "delete" + prefix_ + "Collection" + (resource_.namespaced ? "Namespaced" : "") + kind());
      made.parameters =
          together(optionsOf("DeleteOptions"), optionsOf("ListOptions", {"watch", "allowWatchBookmarks"}));
      made.body = metaSchemaName("DeleteOptions");
      made.bodyRequired = false;
      made.response = metaSchemaName("Status");
      path.operations.push_back(std::move(made));
    }
    if (hasVerb(resource_, "list")) path.operations.push_back(listOperation(scopedId()));
    if (hasVerb(resource_, "create")) path.operations.push_back(creation("create" + scopedId()));
    if (!path.operations.empty()) paths_.push_back(std::move(path));
  }

  void addObject(const std::string& where) {
    Path path{where, scope(true), {}};
    if (hasVerb(resource_, "delete")) {
      Operation made = operation("delete", "delete", "delete a" + article() + kind(), "delete" + scopedId());
      made.parameters = optionsOf("DeleteOptions");
      made.body = metaSchemaName("DeleteOptions");
      made.bodyRequired = false;
      made.response = metaSchemaName("Status");
      made.codes = {200, 202};
      path.operations.push_back(std::move(made));
    }
    addReading(path, hasVerb(resource_, "get"), "", scopedId());
    addWriting(path, hasVerb(resource_, "patch"), hasVerb(resource_, "update"), "", scopedId());
    if (!path.operations.empty()) paths_.push_back(std::move(path));
  }

  void addReading(Path& path, bool get, const std::string& part, const std::string& id) const {
    if (!get) return;
    path.operations.push_back(
        operation("get", "get", "read " + part + "the specified " + kind(), "read" + id));
  }

  void addWriting(Path& path, bool patch, bool update, const std::string& part, const std::string& id) const {
    if (patch) {
      Operation made =
          operation("patch", "patch", "partially update " + part + "the specified " + kind(), "patch" + id);
      made.parameters = optionsOf("PatchOptions");
      made.body = metaSchemaName("Patch");
      made.codes = {200, 201};
      path.operations.push_back(std::move(made));
    }
    if (update) {
      Operation made = operation("put", "put", "replace " + part + "the specified " + kind(), "replace" + id);
      made.parameters = optionsOf("UpdateOptions");
      made.body = std::string(schema_);
      made.codes = {200, 201};
      path.operations.push_back(std::move(made));
    }
  }

  void addSubresource(const std::string& where, std::string_view name) {
    const Subresource what = subresourceOf(resource_, name);
    const auto has = [&](std::string_view verb) {
      return (" " + std::string(what.verbs) + " ").find(" " + std::string(verb) + " ") != std::string::npos;
    };
    Path path{where, scope(true), {}};
    const std::string id = scopedId() + capitalized(name);
    const std::string part = std::string(name) + " of ";
    addReading(path, has("get"), part, id);
    addWriting(path, has("patch"), has("update"), part, id);
    if (has("create")) {
      Operation made = creation("create" + id);
      made.description = "create " + part + "a" + article() + kind();
      path.operations.push_back(std::move(made));
    }
    const std::string_view schema = schemaName(what.group, what.version, what.kind);
    const bool connects = what.kind.size() > 7 && what.kind.substr(what.kind.size() - 7) == "Options";
    for (Operation& made : path.operations) {
      made.group = what.group;
      made.version = what.version;
      made.kind = what.kind;
      const bool text = connects || name == "log";
      made.response = text ? "" : std::string(schema);
      if (connects) {
        made.action = "connect";
        made.body.clear();
        made.parameters.clear();
      } else if (!made.body.empty() && made.method != "patch") {
        made.body = std::string(schema);
      }
    }
    if (!path.operations.empty()) paths_.push_back(std::move(path));
  }

  const api::Resource& resource_;
  std::vector<Path>& paths_;
  std::string_view schema_;
  std::string root_;
  std::string prefix_;
};

Path groupPath(std::string_view group, std::string_view version) {
  Operation get;
  get.method = "get";
  get.description = "get available resources";
  get.id = "get" + capitalized(shortGroup(group)) + capitalized(version) + "APIResources";
  get.response = metaSchemaName("APIResourceList");
  get.group = std::string(group);
  get.version = std::string(version);
  const std::string root = group.empty() ? "/api/" : "/apis/" + std::string(group) + "/";
  return {root + std::string(version) + "/", {}, {std::move(get)}};
}

}  // namespace

std::vector<Path> pathsOf(std::string_view group, std::string_view version) {
  std::vector<Path> paths;
  for (const api::Kind* kind : api::allKinds()) {
    const api::Resource& resource = *kind->resource;
    if (resource.group == group && resource.version == version) Maker(resource, paths).make();
  }
  if (paths.empty()) return paths;
  paths.push_back(groupPath(group, version));
  std::sort(paths.begin(), paths.end(), [](const Path& a, const Path& b) { return a.path < b.path; });
  return paths;
}

std::string tagOf(std::string_view group, std::string_view version) {
  return shortGroup(group) + "_" + std::string(version);
}

std::vector<std::string_view> patchTypes() {
  return {"application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
          "application/strategic-merge-patch+json"};
}

}  // namespace pilothouse::http::openapi
