#include "core/apiserver/auth/stages.hpp"

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAdmitted = Key::intern("admitted");
const Key kRefused = Key::intern("refused");
const Key kStage = Key::intern("stage");
const Key kStages = Key::intern("stages");
const Key kUser = Key::intern("user");
const Key kVerb = Key::intern("verb");
const Key kVerdict = Key::intern("verdict");
const Key kWhat = Key::intern("what");

const Value& nameOf(const Request& request, Key key) {
  const Value& named = key == keys::name ? request.name : request.namespace_;
  return named.isNull() ? request.body.get(keys::metadata, key) : named;
}

}  // namespace

void Stages::add(std::string_view stage, std::string_view verdict, std::string_view what,
                 std::string_view detail) {
  if (!followed()) return;
  ObjectBuilder entry;
  entry.set(kStage, Value(stage)).set(kVerdict, Value(verdict)).setIfAny(kWhat, Value(what));
  entry.setIfAny(keys::message, Value(detail));
  list_.push_back(entry.build());
  if (!message_.empty()) message_ += "; ";
  message_.append(stage).append(" ").append(verdict);
  if (!what.empty()) message_.append(" ").append(what);
  if (!detail.empty()) message_.append(" (").append(detail).append(")");
}

CauseId Stages::note(const Record& record, const Request& request, const api::Status& refusal) {
  if (!followed() || !record) return CauseId::None;
  noted_ = true;
  ObjectBuilder metadata;
  metadata.setIfAny(keys::name, nameOf(request, keys::name));
  metadata.setIfAny(keys::namespace_, nameOf(request, keys::namespace_));
  ObjectBuilder object;
  object.set(keys::metadata, metadata.build()).setIfAny(keys::message, std::exchange(message_, {}));
  object.set(kStages, Value::array(list_)).set(kVerb, Value(verbName(request.verb)));
  if (request.user != nullptr) object.set(kUser, request.user->name);
  list_ = {};
  const bool refused = refusal.code != 0;
  return record({MessageKind::Note, static_cast<std::uint16_t>(refusal.code), refused ? kRefused : kAdmitted,
                 request.resource->plural, object.build()});
}

}  // namespace pilothouse::apiserver
