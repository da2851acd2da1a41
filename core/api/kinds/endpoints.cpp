#include <algorithm>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/core_v1/validation.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"ep"};

const Key kIp = Key::intern("ip");
constexpr std::size_t kShown = 3;

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Endpoints", "string", "", "The set of all endpoints is the union of all subsets."},
    printing::kAgeColumn};

// "10.1.0.4:80,10.1.0.5:80,10.1.0.6:80 + 2 more..."
Value addressList(const Value& subsets) {
  if (subsets.empty()) return printing::kNone;
  std::string list;
  std::size_t count = 0;
  const auto add = [&](const Value& address, const std::string& port) {
    if (++count > kShown) return;
    const std::string ip = address[kIp].toString();
    const bool brackets = !port.empty() && ip.find(':') != std::string::npos;
    if (count > 1) list += ',';
    list += brackets ? "[" + ip + "]" + port : ip + port;
  };
  for (const Value& subset : subsets.items()) {
    const auto ports = subset[keys::ports].items();
    for (std::size_t i = 0; i < std::max<std::size_t>(ports.size(), 1); ++i) {
      const std::string port = ports.empty() ? "" : ":" + std::to_string(ports[i][keys::port].asInt());
      for (const Value& address : subset[keys::addresses].items()) add(address, port);
    }
  }
  if (count > kShown) list += " + " + std::to_string(count - kShown) + " more...";
  return list;
}

void cells(std::vector<Value>& cells, const Value& endpoints, SimTime now) {
  cells.insert(cells.end(), {meta(endpoints)[keys::name], addressList(endpoints[keys::subsets]),
                             printing::age(endpoints, now)});
}

}  // namespace

const Resource resources::endpoints{
    "", "v1", Key::intern("endpoints"), "endpoints", "Endpoints", true, kShort, {}, {}};

namespace kinds {

extern const Kind endpoints;
const Kind endpoints{
    .resource = &resources::endpoints,
    .setDefaults = &endpointsDefaults,
    .validate = &validateEndpoints,
    .validateUpdate = &validateEndpointsUpdate,
    .allowCreateOnUpdate = true,
    .columns = kColumns,
    .cells = &cells,
    .storageFolder = "services/endpoints",
};

}  // namespace kinds

}  // namespace pilothouse::api
