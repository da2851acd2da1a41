#include "core/api/apps_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/validation/formats.hpp"

namespace pilothouse::api {
namespace {

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Controller", "string", "", "Controller of the object"},
    {"Revision", "string", "", "revision indicates the revision of the state represented by Data."},
    printing::kAgeColumn};

// "statefulset.apps/web".
Value controllerName(const Value& revision) {
  const Value& controller = controllerOf(revision);
  if (controller.isNull()) return printing::kNone;
  const std::string_view version = controller[keys::apiVersion].asString();
  const std::size_t slash = version.find('/');
  std::string kind = controller[keys::kind].toString();
  if (slash != std::string_view::npos) kind.append(".").append(version.substr(0, slash));
  return lowered(kind) + "/" + controller[keys::name].toString();
}

void cells(std::vector<Value>& cells, const Value& revision, SimTime now) {
  cells.insert(cells.end(), {meta(revision)[keys::name], controllerName(revision),
                             printing::number(revision[keys::revision]), printing::age(revision, now)});
}

const Resource kResource{
    "apps", "v1", Key::intern("controllerrevisions"), "controllerrevision", "ControllerRevision", true, {},
    {},     {}};

}  // namespace

namespace kinds {

extern const Kind controller_revision;
const Kind controller_revision{
    .resource = &kResource,
    .validate = &validateControllerRevision,
    .validateUpdate = &validateControllerRevisionUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
