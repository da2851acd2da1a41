#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// What the watch caches hold now: how authentication, authorization and admission look at the cluster.
class CachedObjects {
 public:
  virtual ~CachedObjects() = default;
  /// Null when there is none, and for a resource that is not served (null).
  [[nodiscard]] virtual const Value& find(const api::Resource* resource, std::string_view ns,
                                          std::string_view name) const = 0;
  /// In key order, those of namespace `ns` ("" for all), until `visit` returns false.
  virtual void forEach(const api::Resource* resource, std::string_view ns,
                       const std::function<bool(const Value&)>& visit) const = 0;
  [[nodiscard]] virtual std::vector<Value> podsOn(std::string_view node) const = 0;
};

}  // namespace pilothouse::apiserver
