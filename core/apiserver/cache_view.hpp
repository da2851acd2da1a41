#pragma once

#include <memory>
#include <unordered_map>

#include "core/apiserver/auth/cached_objects.hpp"
#include "core/apiserver/registry.hpp"

namespace pilothouse::apiserver {

/// The registries' watch caches as CachedObjects.
class CacheView final : public CachedObjects {
 public:
  using Registries = std::unordered_map<const api::Resource*, Registry*>;
  explicit CacheView(const Registries& registries) : registries_(registries) {}

  [[nodiscard]] const Value& find(const api::Resource* resource, std::string_view ns,
                                  std::string_view name) const override;
  void forEach(const api::Resource* resource, std::string_view ns,
               const std::function<bool(const Value&)>& visit) const override;
  [[nodiscard]] std::vector<Value> podsOn(std::string_view node) const override;

 private:
  const Registries& registries_;
};

}  // namespace pilothouse::apiserver
