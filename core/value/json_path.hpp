#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse {

/// kubectl's JSONPath (k8s.io/client-go/util/jsonpath): "{.items[*].metadata.name}", "{.status.phase}",
/// "$.spec.containers[?(@.name=='web')].image", with or without braces; unions, slices, filters, recursive
/// descent. A copy is a handle.
class JsonPath {
 public:
  struct Parsed;
  struct Found;
  static Parsed parse(std::string_view text);
  /// Every node that the path finds, in document order; none where a key is missing.
  [[nodiscard]] std::vector<Value> find(const Value& root) const;
  /// The same, with the error that kubectl shows for a list that is none or an index that is out of bounds.
  [[nodiscard]] Found evaluate(const Value& root) const;

  struct Step;

 private:
  std::shared_ptr<const std::vector<Step>> steps_;
};

struct JsonPath::Parsed {
  JsonPath path{};
  std::string error{};  ///< empty when it is well-formed
};

struct JsonPath::Found {
  std::vector<Value> values{};
  std::string error{};  ///< "array index out of bounds: index 3, length 1"
};

/// kubectl's -o jsonpath=…: texts, paths in braces, {range …}…{end} and quoted texts in braces.
class JsonPathTemplate {
 public:
  struct Parsed;
  struct Printed {
    std::string text{};
    std::string error{};
  };
  static Parsed parse(std::string_view text);
  [[nodiscard]] Printed print(const Value& root) const;

 private:
  struct Part;
  std::shared_ptr<const std::vector<Part>> parts_;
};

struct JsonPathTemplate::Parsed {
  JsonPathTemplate path{};
  std::string error{};
};

}  // namespace pilothouse
