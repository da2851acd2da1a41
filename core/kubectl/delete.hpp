#pragma once

#include <string>
#include <string_view>

#include "core/client/client.hpp"
#include "core/kubectl/output.hpp"

namespace pilothouse::kubectl {

/// An object as a command line names it: "deployment" or "deployments" with its group ("" for any), name and
/// namespace ("" for default).
struct Named {
  std::string resource;
  std::string group;
  std::string ns;
  std::string name;
  std::string labels{};  ///< a label selector instead of a name (-l): all that it finds
};

/// `kubectl delete RESOURCE NAME --wait=false --cascade=…`: "background" ("" too), "foreground" or "orphan".
void remove(client::Client& client, const Named& object, std::string_view cascade, Output output);

}  // namespace pilothouse::kubectl
