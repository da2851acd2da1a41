#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/warnings_pod.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Containers", "string", "", "Names of each container in the template."},
    {"Images", "string", "", "Images referenced by each container in the template."},
    {"Pod Labels", "string", "", "The labels for the pod template."}};

void cells(std::vector<Value>& cells, const Value& object, SimTime) {
  const Value& podTemplate = object[keys::template_];
  const printing::ContainerCells containers = printing::containers(podTemplate[keys::spec][keys::containers]);
  cells.insert(cells.end(), {meta(object)[keys::name], containers.names, containers.images,
                             printing::labels(labels(podTemplate))});
}

Value defaults(const Value& object) {
  return object.with(keys::template_, podTemplateDefaults(object[keys::template_]));
}

void warnings(std::vector<std::string>& warnings, const Value& object, const Value& stored) {
  warnAboutPodTemplate(warnings, FieldPath("template"), object[keys::template_], stored[keys::template_]);
}

const Resource kResource{"", "v1", Key::intern("podtemplates"), "podtemplate", "PodTemplate", true, {},
                         {}, {}};

}  // namespace

namespace kinds {

extern const Kind pod_template;
const Kind pod_template{
    .resource = &kResource,
    .setDefaults = &defaults,
    .validate = &validatePodTemplateObject,
    .validateUpdate = &validatePodTemplateObjectUpdate,
    .countsGeneration = true,
    .allowCreateOnUpdate = true,
    .warnings = &warnings,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
