#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// Who answers for kinds that are not stored and for subresources that are no part of the object
/// (ApiServer::serve). A handful of entries.
class Handlers {
 public:
  using Handler = std::function<void(Request, Responder)>;

  void set(const api::Resource& resource, Key subresource, Handler handler) {
    entries_.push_back({&resource, subresource, std::move(handler)});
  }
  [[nodiscard]] const Handler* find(const api::Resource& resource, Key subresource) const {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return entry.resource == &resource && entry.subresource == subresource;
    });
    return at == entries_.end() ? nullptr : &at->handler;
  }

 private:
  struct Entry {
    const api::Resource* resource;
    Key subresource;
    Handler handler;
  };
  std::vector<Entry> entries_;
};

}  // namespace pilothouse::apiserver
