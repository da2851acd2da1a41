#include "core/api/discovery_v1/defaults.hpp"
#include "core/api/discovery_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"
#include "core/api/strategy.hpp"

namespace pilothouse::api {
namespace {

Value prepareCreate(const Value& slice) { return withFirstGeneration(slice); }

// Labels count too: they tell whose slice it is.
Value prepareUpdate(const Value& slice, const Value& stored) {
  const bool changed = !(labels(slice) == labels(stored)) ||
                       !(slice.without(keys::metadata) == stored.without(keys::metadata));
  return changed ? withNextGeneration(slice, stored) : slice;
}

const Key kAddressType = Key::intern("addressType");

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"AddressType", "string", "", "addressType specifies the type of address carried by this EndpointSlice."},
    {"Ports", "string", "",
     "ports specifies the list of network ports exposed by each endpoint in this slice."},
    {"Endpoints", "string", "", "endpoints is a list of unique endpoints in this slice."},
    printing::kAgeColumn};

// Up to three items, and how many more there are.
class ShortList {
 public:
  void add(std::string_view item) {
    if (++count_ > kShown) return;
    if (count_ > 1) text_ += ',';
    text_ += item;
  }
  [[nodiscard]] Value text() const {
    if (count_ > kShown) return text_ + " + " + std::to_string(count_ - kShown) + " more...";
    return printing::orElse(text_, printing::kUnset);
  }

 private:
  static constexpr std::size_t kShown = 3;
  std::string text_;
  std::size_t count_ = 0;
};

void cells(std::vector<Value>& cells, const Value& slice, SimTime now) {
  ShortList ports;
  for (const Value& port : slice[keys::ports].items()) {
    if (port[keys::port].isInt()) {
      ports.add(std::to_string(port[keys::port].asInt()));
    } else {
      ports.add(port.has(keys::name) ? port[keys::name].asString() : std::string_view("*"));
    }
  }
  ShortList addresses;
  for (const Value& endpoint : slice[keys::endpoints].items()) {
    for (const Value& address : endpoint[keys::addresses].items()) addresses.add(address.asString());
  }
  cells.insert(cells.end(), {meta(slice)[keys::name], slice[kAddressType], ports.text(), addresses.text(),
                             printing::age(slice, now)});
}

}  // namespace

const Resource resources::endpointSlices{"discovery.k8s.io",
                                         "v1",
                                         Key::intern("endpointslices"),
                                         "endpointslice",
                                         "EndpointSlice",
                                         true,
                                         {},
                                         {},
                                         {}};

namespace kinds {

extern const Kind endpoint_slice;
const Kind endpoint_slice{
    .resource = &resources::endpointSlices,
    .setDefaults = &endpointSliceDefaults,
    .validate = &validateEndpointSlice,
    .validateUpdate = &validateEndpointSliceUpdate,
    .prepareForCreate = &prepareCreate,
    .prepareForUpdate = &prepareUpdate,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
