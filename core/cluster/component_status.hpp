#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/apiserver/api_server.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::cluster {

/// What `kubectl get componentstatuses` asks about (registry/core/componentstatus), by name: "etcd-0".
using ComponentsByName = std::vector<std::pair<std::string, ComponentId>>;

/// Answers for componentstatuses: a component that is up is Healthy.
void serveComponentStatuses(apiserver::ApiServer& server, const Network& network,
                            ComponentsByName components);

}  // namespace pilothouse::cluster
