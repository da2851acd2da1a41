#include "core/apiserver/admission/pod_security.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/quote.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAdd = Key::intern("add");
const Key kAllowPrivilegeEscalation = Key::intern("allowPrivilegeEscalation");
const Key kAppArmorProfile = Key::intern("appArmorProfile");
const Key kCapabilities = Key::intern("capabilities");
const Key kDrop = Key::intern("drop");
const Key kEnforce = Key::intern("pod-security.kubernetes.io/enforce");
const Key kEnforceVersion = Key::intern("pod-security.kubernetes.io/enforce-version");
const Key kEphemeralContainers = Key::intern("ephemeralContainers");
const Key kHostIpc = Key::intern("hostIPC");
const Key kHostNetwork = Key::intern("hostNetwork");
const Key kHostPath = Key::intern("hostPath");
const Key kHostPid = Key::intern("hostPID");
const Key kHostPort = Key::intern("hostPort");
const Key kHostProcess = Key::intern("hostProcess");
const Key kInitContainers = Key::intern("initContainers");
const Key kPrivileged = Key::intern("privileged");
const Key kProcMount = Key::intern("procMount");
const Key kRunAsNonRoot = Key::intern("runAsNonRoot");
const Key kRunAsUser = Key::intern("runAsUser");
const Key kSeLinuxOptions = Key::intern("seLinuxOptions");
const Key kSeccompProfile = Key::intern("seccompProfile");
const Key kSecurityContext = Key::intern("securityContext");
const Key kSysctls = Key::intern("sysctls");
const Key kVolumes = Key::intern("volumes");
const Key kWarn = Key::intern("pod-security.kubernetes.io/warn");
const Key kWarnVersion = Key::intern("pod-security.kubernetes.io/warn-version");
const Key kWindowsOptions = Key::intern("windowsOptions");

using Texts = std::vector<std::string>;

template <std::size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// `"a", "b"`, each once.
std::string quotedJoined(const Texts& texts) {
  std::string all;
  Texts seen;
  for (const std::string& text : texts) {
    if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
    seen.push_back(text);
    all += (all.empty() ? "" : ", ") + api::quoted(text);
  }
  return all;
}

std::string named(std::string_view what, const Texts& names) {
  return std::string(what) + (names.size() == 1 ? " " : "s ") + quotedJoined(names);
}

/// The containers of a pod: init containers, containers, ephemeral containers.
class Pod {
 public:
  explicit Pod(const Value& spec) : spec_(spec) {
    for (const Key kind : {kInitContainers, keys::containers, kEphemeralContainers}) {
      for (const Value& container : spec[kind].items()) containers_.push_back(&container);
    }
  }
  [[nodiscard]] const Value& spec() const { return spec_; }
  [[nodiscard]] const Value& context() const { return spec_[kSecurityContext]; }
  [[nodiscard]] const std::vector<const Value*>& containers() const { return containers_; }
  /// Names of those whose securityContext is so.
  template <typename Bad>
  [[nodiscard]] Texts where(Bad bad) const {
    Texts names;
    for (const Value* container : containers_) {
      if (bad((*container)[kSecurityContext])) names.push_back((*container)[keys::name].toString());
    }
    return names;
  }

 private:
  const Value& spec_;
  std::vector<const Value*> containers_;
};

void violation(Texts& found, std::string_view reason, const std::string& detail) {
  found.push_back(std::string(reason) + " (" + detail + ")");
}

// "pod and container "a"", "pod", "containers "a", "b"": who has set something.
std::string setters(bool pod, const Texts& containers) {
  std::string who = pod ? "pod" : "";
  if (!containers.empty()) who += (who.empty() ? "" : " and ") + named("container", containers);
  return who;
}

void checkAppArmor(Texts& found, const Pod& pod) {
  const auto bad = [](const Value& context) {
    return context[kAppArmorProfile][keys::type].asString() == "Unconfined";
  };
  const Texts names = pod.where(bad);
  if (!bad(pod.context()) && names.empty()) return;
  violation(found, "forbidden AppArmor profile",
            setters(bad(pod.context()), names) + " must not set AppArmor profile type to \"Unconfined\"");
}

void checkBaselineCapabilities(Texts& found, const Pod& pod) {
  static constexpr std::array<std::string_view, 14> kAllowed{
      "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",       "MKNOD",
      "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT", ""};
  Texts bad;
  const Texts names = pod.where([&bad](const Value& context) {
    bool any = false;
    for (const Value& capability : context[kCapabilities][kAdd].items()) {
      if (isOneOf(capability.asString(), kAllowed)) continue;
      bad.push_back(capability.toString());
      any = true;
    }
    return any;
  });
  if (names.empty()) return;
  std::sort(bad.begin(), bad.end());
  violation(found, "non-default capabilities",
            named("container", names) + " must not include " + quotedJoined(bad) +
                " in securityContext.capabilities.add");
}

void checkHostNamespaces(Texts& found, const Pod& pod) {
  std::string list;
  for (const Key key : {kHostNetwork, kHostPid, kHostIpc}) {
    if (!pod.spec()[key].asBool()) continue;
    list += (list.empty() ? "" : ", ") + std::string(key.text()) + "=true";
  }
  if (!list.empty()) violation(found, "host namespaces", list);
}

void checkHostPathVolumes(Texts& found, const Pod& pod) {
  Texts names;
  for (const Value& volume : pod.spec()[kVolumes].items()) {
    if (volume.has(kHostPath)) names.push_back(volume[keys::name].toString());
  }
  if (!names.empty()) violation(found, "hostPath volumes", named("volume", names));
}

void checkHostPorts(Texts& found, const Pod& pod) {
  Texts names;
  std::vector<std::int64_t> ports;
  for (const Value* container : pod.containers()) {
    bool any = false;
    for (const Value& port : (*container)[keys::ports].items()) {
      if (port[kHostPort].asInt() == 0) continue;
      ports.push_back(port[kHostPort].asInt());
      any = true;
    }
    if (any) names.push_back((*container)[keys::name].toString());
  }
  if (names.empty()) return;
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  std::string list;
  for (const std::int64_t port : ports) list += (list.empty() ? "" : ", ") + std::to_string(port);
  violation(found, "hostPort",
            named("container", names) + (names.size() == 1 ? " uses hostPort" : " use hostPort") +
                (ports.size() == 1 ? " " : "s ") + list);
}

void checkPrivileged(Texts& found, const Pod& pod) {
  const Texts names = pod.where([](const Value& context) { return context[kPrivileged].asBool(); });
  if (names.empty()) return;
  violation(found, "privileged", named("container", names) + " must not set securityContext.privileged=true");
}

void checkProcMount(Texts& found, const Pod& pod) {
  const Texts names = pod.where([](const Value& context) {
    return context.has(kProcMount) && context[kProcMount].asString() != "Default";
  });
  if (names.empty()) return;
  violation(found, "procMount",
            named("container", names) + " must not set securityContext.procMount to \"Unmasked\"");
}

void checkSeLinux(Texts& found, const Pod& pod) {
  static constexpr std::array<std::string_view, 5> kTypes{"", "container_t", "container_init_t",
                                                          "container_kvm_t", "container_engine_t"};
  Texts types;
  const auto bad = [&types](const Value& context) {
    const Value& options = context[kSeLinuxOptions];
    const std::string type = options[keys::type].toString();
    if (!isOneOf(type, kTypes)) types.push_back(type);
    return !isOneOf(type, kTypes) || !options["user"].asString().empty() ||
           !options["role"].asString().empty();
  };
  const bool podIsBad = bad(pod.context());
  const Texts names = pod.where(bad);
  if (!podIsBad && names.empty()) return;
  std::string what = types.empty() ? "user or role" : "type " + quotedJoined(types);
  violation(found, "seLinuxOptions",
            setters(podIsBad, names) + " set forbidden securityContext.seLinuxOptions: " + what);
}

bool isUnconfined(const Value& context) {
  return context[kSeccompProfile][keys::type].asString() == "Unconfined";
}

// Set to what is forbidden: the same in both levels. True when something was found.
bool checkSeccompSet(Texts& found, const Pod& pod) {
  const bool podIsBad = isUnconfined(pod.context());
  const Texts names = pod.where(isUnconfined);
  if (!podIsBad && names.empty()) return false;
  violation(found, "seccompProfile",
            setters(podIsBad, names) + " must not set securityContext.seccompProfile.type to \"Unconfined\"");
  return true;
}

void checkSysctls(Texts& found, const Pod& pod) {
  static constexpr std::array<std::string_view, 11> kSafe{"kernel.shm_rmid_forced",
                                                          "net.ipv4.ip_local_port_range",
                                                          "net.ipv4.ip_unprivileged_port_start",
                                                          "net.ipv4.tcp_syncookies",
                                                          "net.ipv4.ping_group_range",
                                                          "net.ipv4.ip_local_reserved_ports",
                                                          "net.ipv4.tcp_keepalive_time",
                                                          "net.ipv4.tcp_fin_timeout",
                                                          "net.ipv4.tcp_keepalive_intvl",
                                                          "net.ipv4.tcp_keepalive_probes",
                                                          "net.ipv4.tcp_rmem"};
  std::string list;
  for (const Value& sysctl : pod.context()[kSysctls].items()) {
    const std::string name = sysctl[keys::name].toString();
    if (!isOneOf(name, kSafe)) list += (list.empty() ? "" : ", ") + name;
  }
  if (!list.empty()) violation(found, "forbidden sysctls", list);
}

void checkHostProcess(Texts& found, const Pod& pod) {
  const auto bad = [](const Value& context) { return context[kWindowsOptions][kHostProcess].asBool(); };
  const Texts names = pod.where(bad);
  if (!bad(pod.context()) && names.empty()) return;
  violation(
      found, "hostProcess",
      setters(bad(pod.context()), names) + " must not set securityContext.windowsOptions.hostProcess=true");
}

void checkPrivilegeEscalation(Texts& found, const Pod& pod) {
  const Texts names =
      pod.where([](const Value& context) { return context[kAllowPrivilegeEscalation].asBool(true); });
  if (names.empty()) return;
  violation(found, "allowPrivilegeEscalation != false",
            named("container", names) + " must set securityContext.allowPrivilegeEscalation=false");
}

void checkRestrictedCapabilities(Texts& found, const Pod& pod) {
  const Texts keeping = pod.where([](const Value& context) {
    const auto drops = context[kCapabilities][kDrop].items();
    return std::none_of(drops.begin(), drops.end(), [](const Value& c) { return c.asString() == "ALL"; });
  });
  Texts added;
  const Texts adding = pod.where([&added](const Value& context) {
    bool any = false;
    for (const Value& capability : context[kCapabilities][kAdd].items()) {
      if (capability.asString() == "NET_BIND_SERVICE") continue;
      added.push_back(capability.toString());
      any = true;
    }
    return any;
  });
  std::string detail;
  if (!keeping.empty()) {
    detail = named("container", keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]";
  }
  if (!adding.empty()) {
    std::sort(added.begin(), added.end());
    detail += (detail.empty() ? "" : "; ") + named("container", adding) + " must not include " +
              quotedJoined(added) + " in securityContext.capabilities.add";
  }
  if (!detail.empty()) violation(found, "unrestricted capabilities", detail);
}

void checkRestrictedVolumes(Texts& found, const Pod& pod) {
  static constexpr std::array<std::string_view, 9> kAllowed{
      "configMap", "downwardAPI",           "emptyDir",  "projected", "secret",
      "csi",       "persistentVolumeClaim", "ephemeral", "name"};
  Texts names;
  Texts types;
  for (const Value& volume : pod.spec()[kVolumes].items()) {
    for (const Key key : volume.memberKeys()) {
      if (isOneOf(key.text(), kAllowed)) continue;
      names.push_back(volume[keys::name].toString());
      types.emplace_back(key.text());
    }
  }
  if (names.empty()) return;
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  violation(found, "restricted volume types",
            named("volume", names) + (names.size() == 1 ? " uses" : " use") + " restricted volume type" +
                (types.size() == 1 ? " " : "s ") + quotedJoined(types));
}

void checkNonRoot(Texts& found, const Pod& pod) {
  const Value& ofPod = pod.context()[kRunAsNonRoot];
  const auto saysNo = [](const Value& context) {
    return context[kRunAsNonRoot].isBool() && !context[kRunAsNonRoot].asBool();
  };
  const Texts explicitly = pod.where(saysNo);
  const bool podSaysNo = saysNo(pod.context());
  const Texts saying = pod.where([](const Value& context) { return !context.has(kRunAsNonRoot); });
  // A pod's "no" counts where a container leaves it at that.
  if (!explicitly.empty() || (podSaysNo && !saying.empty())) {
    violation(found, "runAsNonRoot != true",
              setters(podSaysNo, explicitly) + " must not set securityContext.runAsNonRoot=false");
    return;
  }
  if (ofPod.asBool() || saying.empty()) return;
  violation(found, "runAsNonRoot != true",
            "pod or " + named("container", saying) + " must set securityContext.runAsNonRoot=true");
}

void checkRunAsUser(Texts& found, const Pod& pod) {
  const auto isRoot = [](const Value& context) { return context[kRunAsUser].asInt(-1) == 0; };
  const Texts names = pod.where(isRoot);
  if (!isRoot(pod.context()) && names.empty()) return;
  violation(found, "runAsUser=0", setters(isRoot(pod.context()), names) + " must not set runAsUser=0");
}

void checkRestrictedSeccomp(Texts& found, const Pod& pod) {
  if (checkSeccompSet(found, pod) || pod.context().has(kSeccompProfile)) return;
  const Texts names = pod.where([](const Value& context) { return !context.has(kSeccompProfile); });
  if (names.empty()) return;
  violation(found, "seccompProfile",
            "pod or " + named("container", names) +
                " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
}

SecurityPolicy policyOf(const Value& ns, Key level, Key version) {
  const Value& labels = ns.get(keys::metadata, keys::labels);
  SecurityPolicy policy;
  const Value& wanted = labels[level];
  if (wanted.isNull() || wanted.asString() == "privileged") return policy;
  policy.level = wanted.asString() == "baseline" ? SecurityLevel::Baseline : SecurityLevel::Restricted;
  if (const Value& given = labels[version]; !given.asString().empty()) policy.version = given.asString();
  return policy;
}

}  // namespace

std::string SecurityPolicy::text() const {
  static constexpr std::array<std::string_view, 3> kNames{"privileged", "baseline", "restricted"};
  return std::string(kNames[static_cast<std::size_t>(level)]).append(":").append(version);
}

SecurityPolicy enforcedPolicy(const Value& ns) { return policyOf(ns, kEnforce, kEnforceVersion); }
SecurityPolicy warnedPolicy(const Value& ns) { return policyOf(ns, kWarn, kWarnVersion); }

std::string securityViolations(SecurityLevel level, const Value& spec) {
  if (level == SecurityLevel::Privileged) return {};
  const bool restricted = level == SecurityLevel::Restricted;
  const Pod pod(spec);
  Texts found;
  checkAppArmor(found, pod);
  if (!restricted) checkBaselineCapabilities(found, pod);
  checkHostNamespaces(found, pod);
  if (!restricted) checkHostPathVolumes(found, pod);
  checkHostPorts(found, pod);
  checkPrivileged(found, pod);
  checkProcMount(found, pod);
  checkSeLinux(found, pod);
  if (!restricted) checkSeccompSet(found, pod);
  checkSysctls(found, pod);
  checkHostProcess(found, pod);
  if (restricted) {
    checkPrivilegeEscalation(found, pod);
    checkRestrictedCapabilities(found, pod);
    checkRestrictedVolumes(found, pod);
    checkNonRoot(found, pod);
    checkRunAsUser(found, pod);
    checkRestrictedSeccomp(found, pod);
  }
  std::string all;
  for (const std::string& one : found) all += (all.empty() ? "" : ", ") + one;
  return all;
}

}  // namespace pilothouse::apiserver
