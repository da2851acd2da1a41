#pragma once

#include <cstdint>
#include <string>

#include "tests/conformance/server/engine.hpp"

namespace pilothouse::server {

/// What the command line asks for.
struct Arguments {
  std::uint16_t port = 8001;  ///< 0: any that is free
  EngineOptions engine;
  std::string kubeconfig;  ///< "": in the state's folder
  std::string state;       ///< folder of certificates and kubeconfig; "": a new one under TMPDIR
  bool help = false;
  std::string error;  ///< not empty: what is wrong with them
};

Arguments parseArguments(int count, char** texts);
extern const char* const kUsage;

}  // namespace pilothouse::server
