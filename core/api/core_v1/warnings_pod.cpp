#include "core/api/core_v1/warnings_pod.hpp"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/api/validation/formats.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

struct Deprecated {
  std::string_view name;
  std::string_view words;
};

constexpr Deprecated kNodeLabels[] = {
    {"beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead"},
    {"beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead"},
    {"failure-domain.beta.kubernetes.io/region",
     "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"},
    {"failure-domain.beta.kubernetes.io/zone",
     "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"},
    {"beta.kubernetes.io/instance-type",
     "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"}};

constexpr Deprecated kAnnotations[] = {
    {"scheduler.alpha.kubernetes.io/critical-pod",
     "non-functional in v1.16+; use the \"priorityClassName\" field instead"},
    {"security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"},
    {"security.alpha.kubernetes.io/unsafe-sysctls",
     "non-functional in v1.11+; use the \"sysctls\" field instead"}};

constexpr Deprecated kVolumes[] = {{"photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"},
                                   {"gitRepo", "deprecated in v1.11"},
                                   {"scaleIO", "deprecated in v1.16, non-functional in v1.22+"},
                                   {"flocker", "deprecated in v1.22, non-functional in v1.25+"},
                                   {"storageos", "deprecated in v1.22, non-functional in v1.25+"},
                                   {"quobyte", "deprecated in v1.22, non-functional in v1.25+"},
                                   {"glusterfs", "deprecated in v1.25, non-functional in v1.26+"},
                                   {"cephfs", "deprecated in v1.28, non-functional in v1.31+"},
                                   {"rbd", "deprecated in v1.28, non-functional in v1.31+"}};

constexpr std::string_view kNoSelector = "a null labelSelector results in matching no pod";

const Key kLabelSelector = Key::intern("labelSelector");

/// A pod's spec and annotations with what has been found odd about them.
class Look {
 public:
  Look(std::vector<std::string>& warnings, const FieldPath& annotationsPath, const FieldPath& specPath,
       const Value& annotations, const Value& spec)
      : warnings_(warnings),
        annotationsPath_(annotationsPath),
        path_(specPath),
        annotations_(annotations),
        spec_(spec) {}

  void everything() {
    nodeLabels();
    topologySpread();
    for (const Deprecated& old : kAnnotations) annotation(old.name, old.words);
    volumes();
    twice("hostAliases", "ip", "duplicate ip ");
    twice("imagePullSecrets", "name", "duplicate name ");
    pullSecretsWithoutName();
    fractions(path_.child("overhead"), spec_["overhead"]);
    if (spec_["securityContext"]["seccompProfile"].isNull()) {
      annotation("seccomp.security.alpha.kubernetes.io/pod", kSeccomp);
    }
    eachContainer([this](const FieldPath& at, const Value& one) { container(at, one); });
    eachContainer([this](const FieldPath& at, const Value& one) { ports(at, one); });
    if (spec_["terminationGracePeriodSeconds"].asInt() < 0) {
      warn(path_.child("terminationGracePeriodSeconds"),
           "must be >= 0; negative values are invalid and will be treated as 1");
    }
    podAffinity("podAffinity");
    podAffinity("podAntiAffinity");
  }

 private:
  static constexpr std::string_view kSeccomp =
      "non-functional in v1.27+; use the \"seccompProfile\" field instead";

  void warn(const FieldPath& at, std::string_view words) {
    warnings_.push_back(at.text().append(": ").append(words));
  }

  void annotation(std::string_view name, std::string_view words) {
    if (!annotations_[name].isNull()) warn(annotationsPath_.key(name), words);
  }

  static std::string_view nodeLabelWords(std::string_view label) {
    for (const Deprecated& old : kNodeLabels) {
      if (old.name == label) return old.words;
    }
    return {};
  }

  void nodeLabel(const FieldPath& at, const Value& label) {
    const std::string_view words = nodeLabelWords(label.asString());
    if (!words.empty()) warn(at, label.toString().append(" is ").append(words));
  }

  void nodeTerm(const FieldPath& at, const Value& term) {
    const Value& expressions = term[keys::matchExpressions];
    for (std::size_t i = 0; i < expressions.size(); ++i) {
      const FieldPath expression = at.item("matchExpressions", i);
      nodeLabel(expression.child("key"), expressions.item(i)["key"]);
    }
  }

  void nodeLabels() {
    for (const Key key : spec_["nodeSelector"].memberKeys()) {
      const std::string_view words = nodeLabelWords(key.text());
      if (!words.empty()) warn(path_.key("nodeSelector", key.text()), words);
    }
    const Value& affinity = spec_["affinity"]["nodeAffinity"];
    const FieldPath at = path_.child("affinity.nodeAffinity");
    const FieldPath required = at.child("requiredDuringSchedulingIgnoredDuringExecution");
    const Value& terms = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    for (std::size_t i = 0; i < terms.size(); ++i) {
      nodeTerm(required.item("nodeSelectorTerms", i), terms.item(i));
    }
    const Value& preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"];
    for (std::size_t i = 0; i < preferred.size(); ++i) {
      const FieldPath item = at.item("preferredDuringSchedulingIgnoredDuringExecution", i);
      nodeTerm(item.child("preference"), preferred.item(i)["preference"]);
    }
  }

  void topologySpread() {
    const Value& constraints = spec_["topologySpreadConstraints"];
    for (std::size_t i = 0; i < constraints.size(); ++i) {
      const FieldPath at = path_.item("topologySpreadConstraints", i);
      nodeLabel(at.child("topologyKey"), constraints.item(i)["topologyKey"]);
      if (constraints.item(i)[kLabelSelector].isNull()) warn(at.child("labelSelector"), kNoSelector);
    }
  }

  void podAffinity(std::string_view which) {
    const Value& affinity = spec_["affinity"][which];
    const FieldPath above = path_.child("affinity");
    const FieldPath at = above.child(which);
    const Value& required = affinity["requiredDuringSchedulingIgnoredDuringExecution"];
    for (std::size_t i = 0; i < required.size(); ++i) {
      if (!required.item(i)[kLabelSelector].isNull()) continue;
      const FieldPath item = at.item("requiredDuringSchedulingIgnoredDuringExecution", i);
      warn(item.child("labelSelector"), kNoSelector);
    }
    const Value& preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"];
    for (std::size_t i = 0; i < preferred.size(); ++i) {
      if (!preferred.item(i)["podAffinityTerm"][kLabelSelector].isNull()) continue;
      const FieldPath item = at.item("preferredDuringSchedulingIgnoredDuringExecution", i);
      warn(item.child("podAffinityTerm.labelSelector"), kNoSelector);
    }
  }

  void volumes() {
    const Value& all = spec_["volumes"];
    for (std::size_t i = 0; i < all.size(); ++i) {
      const FieldPath at = path_.item("volumes", i);
      for (const Deprecated& old : kVolumes) {
        if (!all.item(i)[old.name].isNull()) warn(at.child(old.name), old.words);
      }
    }
  }

  void twice(std::string_view list, std::string_view member, std::string_view words) {
    const Value& all = spec_[list];
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string_view text = all.item(i)[member].asString();
      if (seen.insert(text).second) continue;
      const FieldPath at = path_.item(list, i);
      warn(at.child(member), std::string(words) + quoted(text));
    }
  }

  void pullSecretsWithoutName() {
    const Value& secrets = spec_["imagePullSecrets"];
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      if (!secrets.item(i)[keys::name].asString().empty()) continue;
      const FieldPath at = path_.item("imagePullSecrets", i);
      warn(at.child("name"), "invalid empty name \"\"");
    }
  }

  // Bytes come whole.
  void fractions(const FieldPath& at, const Value& list) {
    for (const std::string_view name : {"memory", "ephemeral-storage"}) {
      const Value& value = list[name];
      if (quantityMilli(value) % 1000 == 0) continue;
      warn(at.key(name),
           "fractional byte value " + quoted(value.asString()) + " is invalid, must be an integer");
    }
  }

  template <typename Visit>
  void eachContainer(Visit visit) {
    for (const std::string_view list : {"initContainers", "containers", "ephemeralContainers"}) {
      const Value& all = spec_[list];
      for (std::size_t i = 0; i < all.size(); ++i) visit(path_.item(list, i), all.item(i));
    }
  }

  void container(const FieldPath& at, const Value& one) {
    if (one["securityContext"]["seccompProfile"].isNull()) {
      annotation("container.seccomp.security.alpha.kubernetes.io/" + one[keys::name].toString(), kSeccomp);
    }
    const Value& resources = one[keys::resources];
    fractions(at.child("resources.limits"), resources["limits"]);
    fractions(at.child("resources.requests"), resources["requests"]);
    const Value& variables = one["env"];
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < variables.size(); ++i) {
      const Value& variable = variables.item(i);
      const std::string_view name = variable[keys::name].asString();
      if (seen.insert(name).second) continue;
      // "$(X) and more" builds on the earlier value.
      const std::string reference = "$(" + std::string(name) + ")";
      const std::string_view value = variable[keys::value].asString();
      if (variable["valueFrom"].isNull() && value != reference && contains(value, reference)) continue;
      warn(at.item("env", i),
           "hides previous definition of " + quoted(name) + ", which may be dropped when using apply");
    }
  }

  struct Port {
    std::string place;
    std::string_view hostIp;
    std::int64_t hostPort = 0;
  };

  void ports(const FieldPath& at, const Value& one) {
    const Value& list = one[keys::ports];
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Value& port = list.item(i);
      const FieldPath place = at.item("ports", i);
      const Port mine{place.text(), port[keys::hostIP].asString(), port["hostPort"].asInt()};
      const std::string key =
          std::to_string(port["containerPort"].asInt()) + "/" + port[keys::protocol].toString();
      std::vector<Port>& others = ports_[key];
      for (const Port& other : others) {
        const std::string_view how = clash(mine, other);
        if (!how.empty()) warn(place, std::string(how) + " port definition with " + other.place);
      }
      others.push_back(mine);
    }
  }

  static std::string_view clash(const Port& a, const Port& b) {
    if (a.hostIp == b.hostIp && a.hostPort == b.hostPort) return "duplicate";
    if (a.hostPort == 0 || b.hostPort == 0) return "overlapping";
    if (a.hostPort == b.hostPort && a.hostIp.empty() != b.hostIp.empty()) return "dangerously ambiguous";
    return {};
  }

  std::vector<std::string>& warnings_;
  const FieldPath& annotationsPath_;
  const FieldPath& path_;
  const Value& annotations_;
  const Value& spec_;
  std::unordered_map<std::string, std::vector<Port>> ports_;  // looked up, never iterated
};

bool sameGeneration(const Value& object, const Value& stored) {
  return !stored.isNull() && meta(object)[keys::generation] == meta(stored)[keys::generation];
}

}  // namespace

void warnAboutName(std::vector<std::string>& warnings, const Value& object) {
  const Messages wrong = isDns1123Label(name(object));
  if (wrong.empty()) return;
  warnings.push_back(
      "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a "
      "DNS label is recommended: [" +
      joined(wrong, " ") + "]");
}

void podWarnings(std::vector<std::string>& warnings, const Value& pod, const Value& stored) {
  if (stored.isNull()) warnAboutName(warnings, pod);
  if (pod[keys::spec].sameAs(stored[keys::spec])) return;
  const FieldPath path("spec");
  const FieldPath annotationsPath("metadata.annotations");
  Look(warnings, annotationsPath, path, annotations(pod), pod[keys::spec]).everything();
}

void warnAboutPodTemplate(std::vector<std::string>& warnings, const FieldPath& path, const Value& podTemplate,
                          const Value& stored) {
  if (podTemplate.isNull() || podTemplate.sameAs(stored)) return;
  const FieldPath specPath = path.child("spec");
  const FieldPath annotationsPath = path.child("metadata.annotations");
  Look(warnings, annotationsPath, specPath, annotations(podTemplate), podTemplate[keys::spec]).everything();
}

void podTemplateWarnings(std::vector<std::string>& warnings, const Value& workload, const Value& stored) {
  if (sameGeneration(workload, stored)) return;
  warnAboutPodTemplate(warnings, FieldPath("spec.template"), workload[keys::spec][keys::template_], Value());
}

void namedPodTemplateWarnings(std::vector<std::string>& warnings, const Value& workload,
                              const Value& stored) {
  if (stored.isNull()) warnAboutName(warnings, workload);
  podTemplateWarnings(warnings, workload, stored);
}

}  // namespace pilothouse::api
