#include <set>
#include <string>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/networking_v1/validation.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

const Key kClassAnnotation = Key::intern("kubernetes.io/ingress.class");
const Key kHost = Key::intern("host");
const Key kHostname = Key::intern("hostname");
const Key kIngress = Key::intern("ingress");
const Key kIngressClassName = Key::intern("ingressClassName");
const Key kIp = Key::intern("ip");
const Key kLoadBalancer = Key::intern("loadBalancer");
const Key kRules = Key::intern("rules");
const Key kTls = Key::intern("tls");

constexpr std::string_view kShort[] = {"ing"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr std::size_t kHostsShown = 3;

const Resource kResource{
    "networking.k8s.io", "v1", Key::intern("ingresses"), "ingress", "Ingress", true, kShort, {},
    kSubresources};

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Class", "string", "",
     "The name of the IngressClass resource that should be used for additional configuration"},
    {"Hosts", "string", "", "Hosts that incoming requests are matched against before the ingress rule"},
    {"Address", "string", "", "Address is a list containing ingress points for the load-balancer"},
    {"Ports", "string", "", "Ports of TLS configurations that open"},
    printing::kAgeColumn};

Value hostsCell(const Value& rules) {
  std::string text;
  std::size_t shown = 0;
  bool more = false;
  for (const Value& rule : rules.items()) {
    if (shown == kHostsShown) more = true;
    if (more || rule[kHost].asString().empty()) continue;
    if (shown++ > 0) text += ",";
    text += rule[kHost].asString();
  }
  if (shown == 0) return "*";
  if (more) text += " + " + std::to_string(rules.size() - kHostsShown) + " more...";
  return text;
}

Value addressCell(const Value& status) {
  std::set<std::string, std::less<>> points;
  for (const Value& point : status[kLoadBalancer][kIngress].items()) {
    const Value& address = point[kIp].asString().empty() ? point[kHostname] : point[kIp];
    if (!address.asString().empty()) points.insert(address.toString());
  }
  std::string text;
  for (const std::string& point : points) text += (text.empty() ? "" : ",") + point;
  return text;
}

void cells(std::vector<Value>& row, const Value& ingress, SimTime now) {
  const Value& spec = ingress[keys::spec];
  row.push_back(meta(ingress)[keys::name]);
  row.push_back(printing::orElse(spec[kIngressClassName]));
  row.push_back(hostsCell(spec[kRules]));
  row.push_back(addressCell(ingress[keys::status]));
  row.emplace_back(spec[kTls].empty() ? "80" : "80, 443");
  row.push_back(printing::age(ingress, now));
}

Value prepareCreate(const Value& ingress) {
  static const Value nothing = Value::object({{kLoadBalancer, Value::emptyObject()}});
  return begun(ingress, nothing);
}

void warnings(std::vector<std::string>& warnings, const Value& ingress, const Value& stored) {
  if (!stored.isNull() || !annotations(ingress).has(kClassAnnotation)) return;
  if (!ingress[keys::spec][kIngressClassName].isNull()) return;
  warnings.emplace_back(
      "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead");
}

}  // namespace

namespace kinds {

extern const Kind ingress;
const Kind ingress{
    .resource = &kResource,
    .validate = &validateIngress,
    .validateUpdate = &validateIngressUpdate,
    .validateStatusUpdate = &validateIngressStatusUpdate,
    .prepareForCreate = &prepareCreate,
    .countsGeneration = true,
    .warnings = &warnings,
    .columns = kColumns,
    .cells = &cells,
    .storageFolder = "ingress",
};

}  // namespace kinds

}  // namespace pilothouse::api
