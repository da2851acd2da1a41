#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse {

/// kubectl's JSONPath (k8s.io/client-go/util/jsonpath): "{.items[*].metadata.name}", "{.status.phase}",
/// "$.spec.containers[?(@.name=='web')].image", with or without braces; ranges, unions, slices, filters,
/// recursive descent.
class JsonPath {
 public:
  struct Parsed;
  static Parsed parse(std::string_view text);
  /// Every node that the path finds, in document order.
  [[nodiscard]] std::vector<Value> find(const Value& root) const;

 private:
  struct Step;
  std::shared_ptr<const std::vector<Step>> steps_;
};

struct JsonPath::Parsed {
  JsonPath path;
  std::string error;  ///< empty when it is well-formed
};

}  // namespace pilothouse
