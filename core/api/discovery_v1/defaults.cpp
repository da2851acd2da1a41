#include "core/api/discovery_v1/defaults.hpp"

#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {

Value endpointSliceDefaults(const Value& sent) {
  Value slice = sent;
  changeItems(slice, keys::ports, [](const Value& sentPort) {
    Value port = sentPort;
    if (!port[keys::name].isString()) port = port.with(keys::name, "");
    setDefault(port, keys::protocol, "TCP");
    return port;
  });
  return slice;
}

}  // namespace pilothouse::api
