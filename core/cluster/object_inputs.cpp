// Inputs about objects: apply, delete, scale.
#include "core/api/keys.hpp"
#include "core/cluster/input_verbs.hpp"
#include "core/kubectl/apply.hpp"
#include "core/kubectl/delete.hpp"

namespace pilothouse::cluster {
namespace {

using State = Cluster::State;

const Key kCascade = Key::intern("cascade");
const Key kGroup = Key::intern("group");
const Key kLabels = Key::intern("labels");
const Key kManifest = Key::intern("manifest");
const Key kResource = Key::intern("resource");

kubectl::Named namedBy(const Value& arguments) {
  return {arguments[kResource].toString(), arguments[kGroup].toString(),
          arguments[keys::namespace_].toString(), arguments[keys::name].toString(),
          arguments[kLabels].toString()};
}

void apply(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::apply(state.user, arguments[kManifest].asString(), arguments[keys::namespace_].asString(),
                 state.outputOf(id));
}

void remove(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::remove(state.user, namedBy(arguments), arguments[kCascade].asString(), state.outputOf(id));
}

void scale(State& state, std::uint64_t id, const Value& arguments) {
  kubectl::scale(state.user, namedBy(arguments), arguments[keys::replicas].asInt(-1), state.outputOf(id));
}

constexpr InputVerb kVerbs[] = {{"apply", apply}, {"delete", remove}, {"scale", scale}};

}  // namespace

std::span<const InputVerb> objectVerbs() { return kVerbs; }

}  // namespace pilothouse::cluster
