#include "core/apiserver/object_meta.hpp"

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/storage.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kMaxNameLength = 63;
constexpr std::size_t kRandomLength = 5;
constexpr std::size_t kMaxGeneratedNameLength = kMaxNameLength - kRandomLength;
constexpr std::string_view kOptimisticLockErrorMessage =
    "the object has been modified; please apply your changes to the latest version and try again";

const Key kManagedFields = Key::intern("managedFields");
const Key kSelfLink = Key::intern("selfLink");

// A member of the server's: as stored, whatever was sent.
void keep(ObjectBuilder& metadata, const Value& stored, Key key) {
  if (stored.has(key)) {
    metadata.set(key, stored[key]);
  } else {
    metadata.remove(key);
  }
}

std::size_t jsonTextSize(std::string_view text) {
  std::size_t size = 2;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '"' || byte == '\\' || byte == '\n' || byte == '\r' || byte == '\t') {
      size += 2;
    } else {
      size += byte < 0x20 ? 6 : 1;
    }
  }
  return size;
}

}  // namespace

Outcome withRequestNamespace(const api::Resource& resource, const Value& object, const Value& ns) {
  const std::string_view sent = api::namespaceOf(object);
  if (!resource.namespaced) {
    if (sent.empty()) return Outcome::of(object);
    return Outcome::of(object.withoutPath({keys::metadata, keys::namespace_}));
  }
  if (ns.asString().empty()) {
    if (!sent.empty()) return Outcome::of(object);
    return Outcome::failed(api::Status::badRequest("an empty namespace may not be set during creation"));
  }
  if (sent == ns.asString()) return Outcome::of(object);
  if (sent.empty()) return Outcome::of(object.withPath({keys::metadata, keys::namespace_}, ns));
  return Outcome::failed(api::Status::badRequest(
      "the namespace of the provided object does not match the namespace sent on the request"));
}

api::Status checkName(const Value& object, std::string_view name) {
  const std::string_view sent = api::name(object);
  if (sent.empty()) {
    return api::Status::badRequest("the name of the object (" + std::string(name) +
                                   " based on URL) was undeterminable: name must be provided");
  }
  if (sent == name) return {};
  return api::Status::badRequest("the name of the object (" + std::string(sent) +
                                 ") does not match the name on the URL (" + std::string(name) + ")");
}

std::string generatedName(std::string_view base, Random& random) {
  return std::string(base.substr(0, kMaxGeneratedNameLength)) + random.suffix(kRandomLength);
}

Value filledForCreate(const Value& object, SimTime now, Random& random) {
  const Value& sent = api::meta(object);
  ObjectBuilder metadata(sent);
  for (const Key key :
       {keys::deletionTimestamp, keys::deletionGracePeriodSeconds, keys::resourceVersion, kSelfLink}) {
    metadata.remove(key);
  }
  metadata.set(keys::creationTimestamp, timestamp(now)).set(keys::uid, random.uuid());
  const std::string_view base = sent[keys::generateName].asString();
  if (sent[keys::name].asString().empty() && !base.empty()) {
    metadata.set(keys::name, generatedName(base, random));
  }
  return object.with(keys::metadata, metadata.build());
}

Value renamed(const Value& object, Random& random) {
  return object.withPath({keys::metadata, keys::name},
                         generatedName(api::meta(object)[keys::generateName].asString(), random));
}

api::Status modifiedConflict(const api::Resource& resource, std::string_view name) {
  return api::Status::conflict(resource, name, kOptimisticLockErrorMessage);
}

Outcome filledForUpdate(const api::Resource& resource, const Value& sent, const Value& stored,
                        const Value& managedFields, bool allowsUnconditional) {
  const Value& metaSent = api::meta(sent);
  const Value& metaStored = api::meta(stored);
  const std::string_view name = api::name(stored);
  const Value& uid = metaSent[keys::uid];
  if (!uid.asString().empty() && uid.asString() != api::uid(stored)) {
    return Outcome::failed(api::Status::conflict(
        resource, name,
        "StorageError: invalid object, Code: 4, Key: " +
            storageKey(resource, api::namespaceOf(stored), name) +
            ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " +
            uid.toString() + ", UID in object meta: " + std::string(api::uid(stored))));
  }
  const std::string_view version = metaSent[keys::resourceVersion].asString();
  if (version.empty() || version == "0") {
    if (!allowsUnconditional) {
      auto status = api::Status::invalid(resource, name,
                                         {{api::FieldError::Type::Invalid, "metadata.resourceVersion",
                                           "must be specified for an update", Value(0)}});
      // Go prints the unsigned zero of this one error in hexadecimal.
      if (const auto at = status.message.find("value: 0:"); at != std::string::npos) {
        status.message.replace(at, 9, "value: 0x0:");
      }
      return Outcome::failed(std::move(status));
    }
  } else if (version != metaStored[keys::resourceVersion].asString()) {
    return Outcome::failed(modifiedConflict(resource, name));
  }

  ObjectBuilder metadata(metaSent);
  for (const Key key : {keys::creationTimestamp, keys::deletionTimestamp, keys::deletionGracePeriodSeconds,
                        keys::generation, keys::resourceVersion, keys::uid}) {
    keep(metadata, metaStored, key);
  }
  if (managedFields.isNull()) {
    metadata.remove(kManagedFields);
  } else {
    metadata.set(kManagedFields, managedFields);
  }
  metadata.remove(kSelfLink);
  return Outcome::of(sent.with(keys::metadata, metadata.build()));
}

Value withManagedFields(const Value& object, const Value& managedFields) {
  const Value& metadata = api::meta(object);
  return object.with(keys::metadata, managedFields.isNull() ? metadata.without(kManagedFields)
                                                            : metadata.with(kManagedFields, managedFields));
}

Value sharedWith(const Value& fresh, const Value& old, int levels) {
  if (fresh.sameAs(old)) return old;
  if (fresh.isObject() && old.isObject() && levels > 0) {
    Value shared = fresh;
    const auto keys = fresh.memberKeys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Value& before = old[keys[i]];
      if (before.isNull()) continue;
      shared = shared.with(keys[i], sharedWith(fresh.memberValues()[i], before, levels - 1));
    }
    if (shared.size() != old.size()) return shared;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!(old.memberKeys()[i] == keys[i]) || !shared.memberValues()[i].sameAs(old.memberValues()[i])) {
        return shared;
      }
    }
    return old;
  }
  return fresh == old ? old : fresh;
}

std::size_t jsonSize(const Value& value, std::size_t limit) {
  std::size_t size = 2;
  if (value.isString()) return jsonTextSize(value.asString());
  if (value.isNumber()) return std::to_string(value.asInt()).size();
  if (value.isBool()) return value.asBool() ? 4 : 5;
  if (value.isNull()) return 4;
  for (const Value& item : value.items()) {
    size += jsonSize(item, limit) + 1;
    if (size > limit) return size;
  }
  for (std::size_t i = 0; i < value.memberKeys().size(); ++i) {
    size += value.memberKeys()[i].text().size() + 4 + jsonSize(value.memberValues()[i], limit);
    if (size > limit) return size;
  }
  return size;
}

}  // namespace pilothouse::apiserver
