#include "core/apiserver/cache_view.hpp"

namespace pilothouse::apiserver {

const Value& CacheView::find(const api::Resource* resource, std::string_view ns,
                             std::string_view name) const {
  static const Value none;
  const auto at = registries_.find(resource);
  return at == registries_.end() ? none : at->second->cache().find(ns, name);
}

void CacheView::forEach(const api::Resource* resource, std::string_view ns,
                        const std::function<bool(const Value&)>& visit) const {
  const auto at = registries_.find(resource);
  if (at == registries_.end() || at->second->cache().objects().size() == 0) return;
  at->second->cache().objects().forEach(ns, visit);
}

std::vector<Value> CacheView::podsOn(std::string_view node) const {
  const auto at = registries_.find(&api::resources::pods);
  return at == registries_.end() ? std::vector<Value>() : at->second->cache().byTrigger(node);
}

}  // namespace pilothouse::apiserver
