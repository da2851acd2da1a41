#include "core/apiserver/admission/resource_amounts.hpp"

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kInitContainers = Key::intern("initContainers");
const Key kRestartPolicy = Key::intern("restartPolicy");

void raise(ResourceAmounts& high, const ResourceAmounts& other) {
  for (const auto& [name, quantity] : other) {
    const auto [at, isNew] = high.emplace(name, quantity);
    if (!isNew && quantity.compare(at->second) > 0) at->second = quantity;
  }
}

}  // namespace

ResourceAmounts resourceAmounts(const Value& list) {
  ResourceAmounts amounts;
  for (std::size_t i = 0; i < list.memberKeys().size(); ++i) {
    if (const auto quantity = Quantity::from(list.memberValues()[i])) {
      amounts.emplace(list.memberKeys()[i].text(), *quantity);
    }
  }
  return amounts;
}

void addAmounts(ResourceAmounts& sum, const ResourceAmounts& more) {
  for (const auto& [name, quantity] : more) {
    const auto [at, isNew] = sum.emplace(name, quantity);
    if (!isNew) at->second = at->second + quantity;
  }
}

ResourceAmounts podAmounts(const Value& spec, Key kind) {
  ResourceAmounts sum;
  for (const Value& container : spec[keys::containers].items()) {
    addAmounts(sum, resourceAmounts(container[keys::resources][kind]));
  }
  ResourceAmounts sidecars;
  ResourceAmounts highest;
  for (const Value& container : spec[kInitContainers].items()) {
    ResourceAmounts own = resourceAmounts(container[keys::resources][kind]);
    if (container[kRestartPolicy].asString() == "Always") {
      addAmounts(sum, own);
      addAmounts(sidecars, own);
      own = sidecars;
    } else {
      addAmounts(own, sidecars);
    }
    raise(highest, own);
  }
  raise(sum, highest);
  return sum;
}

}  // namespace pilothouse::apiserver
