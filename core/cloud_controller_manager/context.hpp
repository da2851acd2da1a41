#pragma once

#include "core/client/client.hpp"
#include "core/client/informer.hpp"
#include "core/cloud_controller_manager/cloud_provider.hpp"

namespace pilothouse::cloud_controller_manager {

/// What the controllers of one life of the process share. It outlives them; an answer of the cloud or the API
/// server that comes after its end is dropped by its client.
struct Context {
  Simulator& simulator;
  client::Client& client;
  client::Informer& nodes;
  client::Informer& services;
  CloudProvider& cloud;
};

}  // namespace pilothouse::cloud_controller_manager
