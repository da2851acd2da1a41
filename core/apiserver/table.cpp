#include "core/apiserver/table.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::apiserver {
namespace {

namespace printing = api::printing;

const Key kCells = Key::intern("cells");
const Key kColumnDefinitions = Key::intern("columnDefinitions");
const Key kDescription = Key::intern("description");
const Key kFormat = Key::intern("format");
const Key kObject = Key::intern("object");
const Key kPriority = Key::intern("priority");
const Key kRows = Key::intern("rows");

using Cells = void (*)(std::vector<Value>& cells, const Value& object, SimTime now);

/// How one kind is printed.
struct Printer {
  std::span<const api::Column> columns;
  Cells cells = nullptr;
};

void defaultCells(std::vector<Value>& cells, const Value& object, SimTime) {
  cells.insert(cells.end(), {api::meta(object)[keys::name], api::meta(object)[keys::creationTimestamp]});
}

void scaleCells(std::vector<Value>& cells, const Value& scale, SimTime now) {
  cells.insert(cells.end(),
               {api::meta(scale)[keys::name], printing::number(scale[keys::spec][keys::replicas]),
                printing::number(scale[keys::status][keys::replicas]), printing::age(scale, now)});
}

constexpr api::Column kDefaultColumns[] = {printing::kNameColumn,
                                           {"Created At", "date", "", printing::kAgeDescription}};
constexpr api::Column kScaleColumns[] = {
    {"Name", "string", "", printing::kNameDescription},
    {"Desired", "integer", "", "replicas is the desired number of instances for the scaled object."},
    {"Available", "integer", "", "replicas is the actual number of observed instances of the scaled object."},
    printing::kAgeColumn};

Printer printerOf(const api::Resource& resource, const Value& object) {
  if (object[keys::kind] == Value("Scale")) return {kScaleColumns, &scaleCells};
  const api::Kind& kind = api::kindOf(resource);
  if (kind.cells == nullptr) return {kDefaultColumns, &defaultCells};
  return {kind.columns, kind.cells};
}

bool isList(const api::Resource& resource, const Value& body) {
  const std::string_view kind = body[keys::kind].asString();
  return body[keys::items].isArray() && kind.size() == resource.kind.size() + 4 &&
         kind.substr(0, resource.kind.size()) == resource.kind && kind.substr(resource.kind.size()) == "List";
}

Value columnDefinitions(std::span<const api::Column> columns) {
  std::vector<Value> made;
  for (const api::Column& column : columns) {
    made.push_back(Value::object({{keys::name, column.name},
                                  {keys::type, column.type},
                                  {kFormat, column.format},
                                  {kDescription, column.description},
                                  {kPriority, column.priority}}));
  }
  return Value::array(made);
}

Value partial(const Value& object) {
  static const Value version("meta.k8s.io/v1");
  static const Value kind("PartialObjectMetadata");
  return Value::object(
      {{keys::kind, kind}, {keys::apiVersion, version}, {keys::metadata, api::meta(object)}});
}

// Pods that have run to their end are marked for clients that gray them out (podSuccessConditions).
Value rowConditions(const Value& pod) {
  const Value& phase = pod[keys::status][keys::phase];
  const bool succeeded = phase == Value("Succeeded");
  if (!succeeded && !(phase == Value("Failed"))) return {};
  return Value::array({Value::object(
      {{keys::type, "Completed"},
       {keys::status, "True"},
       {keys::reason, phase},
       {keys::message, succeeded ? "The pod has completed successfully." : "The pod failed."}})});
}

Value row(const Printer& printer, bool pods, const Value& object, IncludeObject include, SimTime now) {
  std::vector<Value> cells;
  cells.reserve(printer.columns.size());
  printer.cells(cells, object, now);
  ObjectBuilder made;
  made.set(kCells, Value::array(cells));
  if (pods) made.setIfAny(keys::conditions, rowConditions(object));
  const bool whole = include == IncludeObject::Object;
  made.set(kObject, include == IncludeObject::None ? Value() : whole ? object : partial(object));
  return made.build();
}

// What a request needs of itself to have its answers printed.
Request essence(const Request& request) {
  Request kept;
  kept.resource = request.resource;
  kept.options = request.options;
  return kept;
}

}  // namespace

Value asTable(const api::Resource& resource, const Value& body, IncludeObject include, SimTime now,
              bool headers) {
  const bool list = isList(resource, body);
  const std::span<const Value> objects = list ? body[keys::items].items() : std::span<const Value>(&body, 1);
  const Printer printer = printerOf(resource, list ? Value() : body);
  const bool pods = &resource == &api::resources::pods;
  std::vector<Value> rows;
  rows.reserve(objects.size());
  for (const Value& object : objects) {
    // Items of a list do not repeat its kind; whole objects in rows name theirs.
    const bool bare = include == IncludeObject::Object && !object.has(keys::kind);
    rows.push_back(row(
        printer, pods,
        bare ? object.with(keys::kind, resource.kind).with(keys::apiVersion, resource.apiVersion()) : object,
        include, now));
  }
  ObjectBuilder table;
  table.set(keys::kind, "Table").set(keys::apiVersion, "meta.k8s.io/v1");
  table.set(keys::metadata,
            list ? body[keys::metadata]
                 : Value::object({{keys::resourceVersion, api::meta(body)[keys::resourceVersion]}}));
  table.set(kColumnDefinitions, headers ? columnDefinitions(printer.columns) : Value());
  table.set(kRows, Value::array(rows));
  return table.build();
}

Value asPartialObjectMetadata(const api::Resource& resource, const Value& body) {
  if (!isList(resource, body)) return partial(body);
  std::vector<Value> items;
  items.reserve(body[keys::items].size());
  for (const Value& object : body[keys::items].items()) items.push_back(partial(object));
  return Value::object({{keys::kind, "PartialObjectMetadataList"},
                        {keys::apiVersion, "meta.k8s.io/v1"},
                        {keys::metadata, body[keys::metadata]},
                        {keys::items, Value::array(items)}});
}

Value represented(const Request& request, const Value& body, SimTime now, bool headers) {
  if (!wantsRepresentation(request) || request.resource == nullptr || !body.isObject()) return body;
  if (body[keys::kind] == Value("Status")) return body;
  if (request.options->as == Representation::PartialObjectMetadata) {
    return asPartialObjectMetadata(*request.resource, body);
  }
  return asTable(*request.resource, body, request.options->includeObject, now, headers);
}

Responder representing(Simulator& simulator, const Request& request, Responder respond) {
  return [&simulator, request = essence(request), respond = std::move(respond)](Response response) mutable {
    response.body = represented(request, response.body, simulator.now());
    respond(std::move(response));
  };
}

Function<void(WatchEvent)> representing(Simulator& simulator, const Request& request,
                                        Function<void(WatchEvent)> send) {
  return [&simulator, request = essence(request), send = std::move(send),
          headers = true](WatchEvent event) mutable {
    if (event.type != WatchEvent::Type::Error) {
      event.object = represented(request, event.object, simulator.now(), headers);
      headers = false;  // the columns are told once
    }
    send(std::move(event));
  };
}

}  // namespace pilothouse::apiserver
