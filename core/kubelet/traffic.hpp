#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kubelet {

/// What a client says to a server in one request.
struct Payload {
  std::string method =
      "GET";  ///< HTTP's; a protocol's own command otherwise ("SET", "hipstershop.CartService/AddItem")
  std::string path = "/";  ///< with its query; the command's arguments otherwise
  std::string body;
  Value headers;             ///< an object of texts ("Host"), or null
  std::uint32_t weight = 1;  ///< how many equal requests this message stands for, for load
};

/// What a server is asked, by whom.
struct ServedRequest {
  std::string address;  ///< the pod's, as packets carry it
  std::int64_t port = 0;
  std::string client;  ///< the sender's address as the server sees it
  Payload payload;
};

/// What a server answers. Not connected: nobody listens there (refused).
struct ServedAnswer {
  bool connected = false;
  bool timedOut = false;  ///< connected, and then never answered
  int status = 0;         ///< HTTP's; 0: it speaks another protocol
  bool grpc = false;
  std::string body;
  SimDuration took{};  ///< the work, calls to others included
};
using ServedDone = std::function<void(ServedAnswer)>;

}  // namespace pilothouse::kubelet
