#include "core/api/events_v1/conversion.hpp"

#include <utility>
#include <vector>

#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

struct Renamed {
  Key newName;
  Key coreName;
};

const Renamed kRenamed[] = {
    {Key::intern("deprecatedCount"), Key::intern("count")},
    {Key::intern("deprecatedFirstTimestamp"), Key::intern("firstTimestamp")},
    {Key::intern("deprecatedLastTimestamp"), Key::intern("lastTimestamp")},
    {Key::intern("deprecatedSource"), Key::intern("source")},
    {Key::intern("note"), Key::intern("message")},
    {Key::intern("regarding"), Key::intern("involvedObject")},
    {Key::intern("reportingController"), Key::intern("reportingComponent")},
};

Value converted(const Value& event, const Value& apiVersion, Key Renamed::*from, Key Renamed::*to) {
  std::vector<Value::Member> members;
  members.reserve(event.size());
  for (std::size_t i = 0; i < event.memberKeys().size(); ++i) {
    Key key = event.memberKeys()[i];
    for (const Renamed& renamed : kRenamed) {
      if (key == renamed.*from) {
        key = renamed.*to;
        break;
      }
    }
    members.push_back({key, key == keys::apiVersion ? apiVersion : event.memberValues()[i]});
  }
  return Value::object(std::span<const Value::Member>(members));
}

}  // namespace

Value eventAsCore(const Value& event) {
  static const Value version("v1");
  return converted(event, version, &Renamed::newName, &Renamed::coreName);
}

Value eventFromCore(const Value& event) {
  static const Value version("events.k8s.io/v1");
  return converted(event, version, &Renamed::coreName, &Renamed::newName);
}

}  // namespace pilothouse::api
