#include "core/scheduler/taints.hpp"

#include <algorithm>
#include <string>

#include "core/api/keys.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kEffect = Key::intern("effect");
const Key kKey = Key::intern("key");
const Key kOperator = Key::intern("operator");

TaintEffect effectOf(std::string_view text) {
  if (text == "NoSchedule") return TaintEffect::NoSchedule;
  if (text == "PreferNoSchedule") return TaintEffect::PreferNoSchedule;
  if (text == "NoExecute") return TaintEffect::NoExecute;
  return TaintEffect::None;
}

}  // namespace

bool Toleration::tolerates(const Taint& taint) const {
  if (effect != TaintEffect::None && effect != taint.effect) return false;
  if (!key.asString().empty() && key.asString() != taint.key.asString()) return false;
  return exists || value.asString() == taint.value.asString();
}

std::vector<Taint> taintsOf(const Value& nodeSpec) {
  std::vector<Taint> taints;
  for (const Value& t : nodeSpec[keys::taints].items()) {
    std::string text = "node(s) had untolerated taint {";
    text.append(t[kKey].asString()).append(": ").append(t[keys::value].asString()).append("}");
    taints.push_back({t[kKey], t[keys::value], effectOf(t[kEffect].asString()), Key::intern(text)});
  }
  return taints;
}

std::vector<Toleration> tolerationsOf(const Value& podSpec) {
  std::vector<Toleration> tolerations;
  for (const Value& t : podSpec[keys::tolerations].items()) {
    tolerations.push_back(
        {t[kKey], t[keys::value], t[kOperator].asString() == "Exists", effectOf(t[kEffect].asString())});
  }
  return tolerations;
}

bool tolerated(std::span<const Toleration> tolerations, const Taint& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&taint](const Toleration& t) { return t.tolerates(taint); });
}

const Taint* firstUntolerated(std::span<const Taint> taints, std::span<const Toleration> tolerations) {
  for (const Taint& taint : taints) {
    const bool hard = taint.effect == TaintEffect::NoSchedule || taint.effect == TaintEffect::NoExecute;
    if (hard && !tolerated(tolerations, taint)) return &taint;
  }
  return nullptr;
}

}  // namespace pilothouse::scheduler
