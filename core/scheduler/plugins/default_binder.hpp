#pragma once

#include <string>

#include "core/client/client.hpp"

namespace pilothouse::scheduler::plugins {

/// DefaultBinder: POST pods/{name}/binding.
inline void defaultBinder(client::Client& client, const Value& pod, const Value& nodeName,
                          client::Client::Done done) {
  client.bind(pod, nodeName, std::move(done));
}

/// A failed binding as the framework reports it.
inline std::string defaultBinderError(const std::string& message) {
  return "running Bind plugin \"DefaultBinder\": " + message;
}

}  // namespace pilothouse::scheduler::plugins
