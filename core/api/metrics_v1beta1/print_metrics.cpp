#include "core/api/metrics_v1beta1/print_metrics.hpp"

#include "core/api/object.hpp"
#include "core/value/quantity.hpp"

namespace pilothouse::api {
namespace {

const Key kCpu = Key::intern("cpu");
const Key kMemory = Key::intern("memory");
const Key kUsage = Key::intern("usage");
const Key kWindow = Key::intern("window");

Value used(const Value& metrics, Key what) {
  if (!metrics.has(keys::containers)) return metrics[kUsage][what];
  std::optional<Quantity> sum;
  for (const Value& container : metrics[keys::containers].items()) {
    const std::optional<Quantity> one = Quantity::from(container[kUsage][what]);
    if (one) sum = sum ? *sum + *one : *one;
  }
  return sum.value_or(Quantity()).toString();
}

}  // namespace

void metricsCells(std::vector<Value>& cells, const Value& metrics, SimTime) {
  cells.insert(cells.end(),
               {meta(metrics)[keys::name], used(metrics, kCpu), used(metrics, kMemory), metrics[kWindow]});
}

}  // namespace pilothouse::api
