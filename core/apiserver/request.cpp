#include "core/apiserver/request.hpp"

#include <array>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::array<std::string_view, 8> kVerbNames{"get",    "list",  "watch",  "create",
                                                     "update", "patch", "delete", "deletecollection"};
constexpr std::array<std::string_view, 5> kWatchEventNames{"ADDED", "MODIFIED", "DELETED", "BOOKMARK",
                                                           "ERROR"};

template <std::size_t N>
std::array<Key, N> internAll(const std::array<std::string_view, N>& names) {
  std::array<Key, N> keys;
  for (std::size_t i = 0; i < N; ++i) keys[i] = Key::intern(names[i]);
  return keys;
}

}  // namespace

std::string_view verbName(Verb verb) { return kVerbNames[static_cast<std::size_t>(verb)]; }

Key verbKey(Verb verb) {
  static const auto all = internAll(kVerbNames);
  return all[static_cast<std::size_t>(verb)];
}

Key watchEventKey(WatchEvent::Type type) {
  static const auto all = internAll(kWatchEventNames);
  return all[static_cast<std::size_t>(type)];
}

api::Status Response::status() const {
  api::Status status;
  status.code = code;
  if (!ok()) {
    status.reason = body[keys::reason].toString();
    status.message = body[keys::message].toString();
    status.details = body[Key::intern("details")];
  }
  return status;
}

}  // namespace pilothouse::apiserver
