#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kApiGroup = Key::intern("apiGroup");
const Key kController = Key::intern("controller");
const Key kParameters = Key::intern("parameters");
const Key kScope = Key::intern("scope");

const Resource kResource{"networking.k8s.io",
                         "v1",
                         Key::intern("ingressclasses"),
                         "ingressclass",
                         "IngressClass",
                         false,
                         {},
                         {},
                         {}};

Value setDefaults(const Value& ingressClass) {
  static const Value cluster("Cluster");
  Value result = ingressClass;
  changeMember(result, keys::spec, [](Value spec) {
    changeMember(spec, kParameters, [](Value parameters) {
      setDefault(parameters, kScope, cluster);
      return parameters;
    });
    return spec;
  });
  return result;
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Controller", "string", "", "Controller that is responsible for handling this class"},
    {"Parameters", "string", "", "A reference to a resource with additional parameters"},
    printing::kAgeColumn};

// "IngressParameters.k8s.example.com/external".
Value parametersCell(const Value& parameters) {
  if (!parameters.isObject()) return printing::kNone;
  std::string text = parameters[keys::kind].toString();
  if (const std::string group = parameters[kApiGroup].toString(); !group.empty()) text += "." + group;
  return text + "/" + parameters[keys::name].toString();
}

void cells(std::vector<Value>& row, const Value& ingressClass, SimTime now) {
  row.push_back(meta(ingressClass)[keys::name]);
  row.push_back(ingressClass[keys::spec][kController]);
  row.push_back(parametersCell(ingressClass[keys::spec][kParameters]));
  row.push_back(printing::age(ingressClass, now));
}

}  // namespace

namespace kinds {

extern const Kind ingress_class;
const Kind ingress_class{
    .resource = &kResource,
    .setDefaults = &setDefaults,
    .validate = &validateIngressClass,
    .validateUpdate = &validateIngressClassUpdate,
    .countsGeneration = true,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
