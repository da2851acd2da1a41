#include <array>
#include <limits>
#include <string>
#include <unordered_set>

#include "core/api/core_v1/validation.hpp"
#include "core/api/core_v1/validation_pod_parts.hpp"
#include "core/api/validation/object_meta.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kNameserversMax = 3;
constexpr std::size_t kSearchPathsMax = 32;
constexpr std::size_t kSearchCharactersMax = 2048;
constexpr std::int64_t kDeadlineMax = std::numeric_limits<std::int32_t>::max();

void validateDnsConfig(Errors& errors, const FieldPath& path, const Value& config, const Value& policy) {
  const Value& nameservers = config["nameservers"];
  if (policy.asString() == "None") {
    if (!config.isObject()) {
      return errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
    }
    if (nameservers.empty()) {
      return errors.required(path.child("nameservers"),
                             "must provide at least one DNS nameserver when `dnsPolicy` is None");
    }
  }
  if (nameservers.size() > kNameserversMax) {
    errors.invalid(path.child("nameservers"), nameservers, "must not have more than 3 nameservers");
  }
  for (std::size_t i = 0; i < nameservers.size(); ++i) {
    validateIp(errors, path.item("nameservers", i), nameservers.item(i));
  }
  const Value& searches = config["searches"];
  if (searches.size() > kSearchPathsMax) {
    errors.invalid(path.child("searches"), searches, "must not have more than 32 search paths");
  }
  std::size_t characters = searches.empty() ? 0 : searches.size() - 1;
  for (const Value& search : searches.items()) characters += search.asString().size();
  if (characters > kSearchCharactersMax) {
    errors.invalid(path.child("searches"), searches,
                   "must not have more than 2048 characters (including spaces) in the search list");
  }
  for (std::size_t i = 0; i < searches.size(); ++i) {
    std::string_view search = searches.item(i).asString();
    if (search == ".") continue;
    if (endsWith(search, ".")) search.remove_suffix(1);
    errors.invalid(path.item("searches", i), Value(search), isDns1123SubdomainWithUnderscore(search));
  }
  const Value& options = config["options"];
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options.item(i)["name"].asString().empty())
      errors.required(path.item("options", i), "must not be empty");
  }
}

void validateGates(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& readiness = spec["readinessGates"];
  for (std::size_t i = 0; i < readiness.size(); ++i) {
    const FieldPath at = path.item("readinessGates", i);
    const std::string_view type = readiness.item(i)["conditionType"].asString();
    errors.invalid(at.child("conditionType"), Value(type), isQualifiedName(type));
  }
  std::unordered_set<std::string_view> seen;
  const Value& scheduling = spec["schedulingGates"];
  for (std::size_t i = 0; i < scheduling.size(); ++i) {
    const std::string_view name = scheduling.item(i)["name"].asString();
    const FieldPath at = path.item("schedulingGates", i);
    errors.invalid(at, Value(name), isQualifiedName(name));
    if (!seen.insert(name).second) errors.duplicate(at, Value(name));
  }
}

// validatePodHostNetworkDeps: in a pod the host port has been filled in, in a template it may be left out.
void validateHostNetwork(Errors& errors, const FieldPath& path, const PodContext& pod) {
  if (!pod.spec["hostNetwork"].asBool()) return;
  const Value& containers = pod.spec["containers"];
  for (std::size_t c = 0; c < containers.size(); ++c) {
    const FieldPath at = path.item("containers", c);
    const Value& ports = containers.item(c)["ports"];
    for (std::size_t i = 0; i < ports.size(); ++i) {
      const std::int64_t host = ports.item(i)["hostPort"].asInt();
      if ((!pod.isPod && host == 0) || host == ports.item(i)["containerPort"].asInt()) continue;
      const FieldPath port = at.item("ports", i);
      errors.invalid(port.child("hostPort"), Value(host),
                     "must match `containerPort` when `hostNetwork` is true");
    }
  }
}

void validateHostUsers(Errors& errors, const FieldPath& path, const Value& spec) {
  if (!spec["hostUsers"].isBool() || spec["hostUsers"].asBool()) return;
  constexpr std::string_view why = "when `pod.Spec.HostUsers` is false";
  if (spec["hostNetwork"].asBool()) errors.forbidden(path.child("hostNetwork"), why);
  if (spec["hostPID"].asBool()) errors.forbidden(path.child("HostPID"), why);
  if (spec["hostIPC"].asBool()) errors.forbidden(path.child("HostIPC"), why);
}

void validateHostAliases(Errors& errors, const FieldPath& path, const Value& aliases) {
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    const FieldPath at = path.item("hostAliases", i);
    validateIp(errors, at.child("ip"), aliases.item(i)["ip"]);
    const Value& names = aliases.item(i)["hostnames"];
    for (std::size_t n = 0; n < names.size(); ++n) {
      errors.invalid(at.item("hostnames", n), names.item(n), isDns1123Subdomain(names.item(n).asString()));
    }
  }
}

void validateNames(Errors& errors, const FieldPath& path, const Value& spec) {
  struct Named {
    std::string_view field;
    Messages (*rule)(std::string_view);
  };
  constexpr std::array<Named, 6> fields = {{{"serviceAccountName", &isDns1123Subdomain},
                                            {"nodeName", &isDns1123Subdomain},
                                            {"hostname", &isDns1123Label},
                                            {"subdomain", &isDns1123Label},
                                            {"priorityClassName", &isDns1123Subdomain},
                                            {"runtimeClassName", &isDns1123Subdomain}}};
  for (const Named& named : fields) {
    const Value& name = spec[named.field];
    if (!name.asString().empty()) errors.invalid(path.child(named.field), name, named.rule(name.asString()));
  }
}

void validateOs(Errors& errors, const FieldPath& path, const Value& os) {
  if (!os.isObject()) return;
  const std::string_view name = os["name"].asString();
  if (name.empty()) return errors.required(path.child("name"), "cannot be empty");
  if (name != "linux" && name != "windows") errors.notSupported(path, os["name"], {"linux", "windows"});
}

void validateScalars(Errors& errors, const FieldPath& path, const Value& spec) {
  const Value& deadline = spec["activeDeadlineSeconds"];
  if (deadline.isInt() && (deadline.asInt() < 1 || deadline.asInt() > kDeadlineMax)) {
    errors.invalid(path.child("activeDeadlineSeconds"), deadline, inclusiveRange(1, kDeadlineMax));
  }
  const Value& preemption = spec["preemptionPolicy"];
  if (!preemption.isNull()) {
    errors.requiredOneOf(path.child("preemptionPolicy"), preemption, {"PreemptLowerPriority", "Never"});
  }
  if (spec["overhead"].isObject()) {
    validateResourceRequirements(errors, path.child("overhead"),
                                 Value::object({{Key::intern("limits"), spec["overhead"]}}));
  }
  validateOs(errors, path.child("os"), spec["os"]);
}

}  // namespace

void validatePodSpec(Errors& errors, const FieldPath& path, PodContext pod) {
  const Value& spec = pod.spec;
  if (!spec["terminationGracePeriodSeconds"].isInt()) {
    errors.required(path.child("terminationGracePeriodSeconds"));
  }
  validateVolumes(errors, path, pod);
  validateContainers(errors, path, pod);
  validateHostNetwork(errors, path, pod);
  errors.requiredOneOf(path.child("restartPolicy"), spec["restartPolicy"], {"Always", "OnFailure", "Never"});
  errors.requiredOneOf(path.child("dnsPolicy"), spec["dnsPolicy"],
                       {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  validateLabels(errors, path.child("nodeSelector"), spec["nodeSelector"]);
  validatePodSecurityContext(errors, path, spec);
  validateAffinity(errors, path.child("affinity"), spec["affinity"]);
  validateDnsConfig(errors, path.child("dnsConfig"), spec["dnsConfig"], spec["dnsPolicy"]);
  validateGates(errors, path, spec);
  validateTopologySpread(errors, path.child("topologySpreadConstraints"), spec["topologySpreadConstraints"]);
  validateHostUsers(errors, path, spec);
  validateNames(errors, path, spec);
  validateTolerations(errors, path.child("tolerations"), spec["tolerations"]);
  validateHostAliases(errors, path, spec["hostAliases"]);
  validateScalars(errors, path, spec);
}

}  // namespace pilothouse::api
