#include "core/scheduler/resources.hpp"

#include <algorithm>

#include "core/value/quantity.hpp"

namespace pilothouse::scheduler {
namespace {

const Key kCpu = Key::intern("cpu");
const Key kEphemeralStorage = Key::intern("ephemeral-storage");
const Key kMemory = Key::intern("memory");
const Key kPods = Key::intern("pods");

}  // namespace

std::int64_t Resources::scalarAmount(Key name) const {
  for (const auto& [key, amount] : scalar) {
    if (key == name) return amount;
  }
  return 0;
}

void Resources::setScalar(Key name, std::int64_t amount) {
  for (auto& [key, present] : scalar) {
    if (key == name) {
      present = amount;
      return;
    }
  }
  scalar.emplace_back(name, amount);
}

void Resources::add(const Resources& other) {
  milliCpu += other.milliCpu;
  memory += other.memory;
  ephemeralStorage += other.ephemeralStorage;
  for (const auto& [key, amount] : other.scalar) setScalar(key, scalarAmount(key) + amount);
}

void Resources::subtract(const Resources& other) {
  milliCpu -= other.milliCpu;
  memory -= other.memory;
  ephemeralStorage -= other.ephemeralStorage;
  for (const auto& [key, amount] : other.scalar) setScalar(key, scalarAmount(key) - amount);
}

void Resources::raise(const Resources& other) {
  milliCpu = std::max(milliCpu, other.milliCpu);
  memory = std::max(memory, other.memory);
  ephemeralStorage = std::max(ephemeralStorage, other.ephemeralStorage);
  for (const auto& [key, amount] : other.scalar) setScalar(key, std::max(scalarAmount(key), amount));
}

Resources Resources::fromList(const Value& list) {
  Resources resources;
  const auto keys = list.memberKeys();
  const auto values = list.memberValues();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == kCpu) {
      resources.milliCpu = quantityMilli(values[i]);
    } else if (keys[i] == kMemory) {
      resources.memory = quantityValue(values[i]);
    } else if (keys[i] == kEphemeralStorage) {
      resources.ephemeralStorage = quantityValue(values[i]);
    } else if (!(keys[i] == kPods)) {
      resources.setScalar(keys[i], quantityValue(values[i]));
    }
  }
  return resources;
}

}  // namespace pilothouse::scheduler
