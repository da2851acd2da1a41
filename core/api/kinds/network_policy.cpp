#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kEgress = Key::intern("egress");
const Key kIngress = Key::intern("ingress");
const Key kPodSelector = Key::intern("podSelector");
const Key kPolicyTypes = Key::intern("policyTypes");
const Key kPorts = Key::intern("ports");
const Key kProtocol = Key::intern("protocol");

constexpr std::string_view kShort[] = {"netpol"};

const Resource kResource{"networking.k8s.io",
                         "v1",
                         Key::intern("networkpolicies"),
                         "networkpolicy",
                         "NetworkPolicy",
                         true,
                         kShort,
                         {},
                         {}};

Value setDefaults(const Value& policy) {
  static const Value tcp("TCP");
  static const Value ingressOnly = Value::array({Value("Ingress")});
  static const Value both = Value::array({Value("Ingress"), Value("Egress")});
  Value result = policy;
  changeMember(result, keys::spec, [](Value spec) {
    for (const Key rules : {kIngress, kEgress}) {
      changeItems(spec, rules, [](Value rule) {
        changeItems(rule, kPorts, [](Value port) {
          setDefault(port, kProtocol, tcp);
          return port;
        });
        return rule;
      });
    }
    if (spec[kPolicyTypes].empty()) {
      spec = spec.with(kPolicyTypes, spec[kEgress].empty() ? ingressOnly : both);
    }
    return spec;
  });
  return result;
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Pod-Selector", "string", "",
     "podSelector selects the pods to which this NetworkPolicy object applies. The array of ingress rules is "
     "applied to any pods selected by this field."},
    printing::kAgeColumn};

void cells(std::vector<Value>& row, const Value& policy, SimTime now) {
  row.push_back(meta(policy)[keys::name]);
  row.push_back(printing::selector(policy[keys::spec][kPodSelector]));
  row.push_back(printing::age(policy, now));
}

}  // namespace

namespace kinds {

extern const Kind network_policy;
const Kind network_policy{
    .resource = &kResource,
    .setDefaults = &setDefaults,
    .validate = &validateNetworkPolicy,
    .validateUpdate = &validateNetworkPolicyUpdate,
    .countsGeneration = true,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
