#include <span>
#include <string>
#include <vector>

#include "core/api/core_v1/defaults.hpp"
#include "core/api/defaulting.hpp"
#include "core/api/keys.hpp"

namespace pilothouse::api {
namespace {

const Key kMetadataName = Key::intern("kubernetes.io/metadata.name");
const Key kPodCidr = Key::intern("podCIDR");
const Key kPodCidrs = Key::intern("podCIDRs");
const Key kStringData = Key::intern("stringData");

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t b = 0; b < 3; ++b) {
      bits = (bits << 8) | (b < group.size() ? static_cast<unsigned char>(group[b]) : 0U);
    }
    for (std::size_t c = 0; c < 4; ++c) {
      text += c <= group.size() ? letters[(bits >> (18 - 6 * c)) & 63U] : '=';
    }
  }
  return text;
}

// Convert_v1_Secret_To_core_Secret.
Value withStringData(const Value& secret) {
  const Value& texts = secret[kStringData];
  if (!secret.has(kStringData)) return secret;
  // Of a key in both, the later member counts: the text.
  std::vector<Value::Member> members;
  const Value& data = secret[keys::data];
  for (std::size_t i = 0; i < data.memberKeys().size(); ++i) {
    members.push_back({data.memberKeys()[i], data.memberValues()[i]});
  }
  for (std::size_t i = 0; i < texts.memberKeys().size(); ++i) {
    members.push_back({texts.memberKeys()[i], base64(texts.memberValues()[i].asString())});
  }
  const Value filled = Value::object(std::span<const Value::Member>(members));
  const Value without = secret.without(kStringData);
  return filled.empty() ? without : without.with(keys::data, filled);
}

}  // namespace

Value nodeDefaults(const Value& sent) {
  Value node = sent;
  changeMember(node, keys::status, [](const Value& sentStatus) {
    Value status = sentStatus;
    changeMember(status, keys::capacity, resourceListDefaults);
    changeMember(status, keys::allocatable, resourceListDefaults);
    if (status[keys::capacity].isObject()) setDefault(status, keys::allocatable, status[keys::capacity]);
    return status;
  });
  changeMember(node, keys::spec, [](const Value& spec) {
    if (isUnset(spec[kPodCidr]) || !spec[kPodCidrs].empty()) return spec;
    return spec.with(kPodCidrs, Value::array({spec[kPodCidr]}));
  });
  return node;
}

Value namespaceDefaults(const Value& sent) {
  static const Value active = Value::object({{keys::phase, "Active"}});
  Value ns = sent;
  const Value& name = ns.get(keys::metadata, keys::name);
  if (!isUnset(name) && !(ns.get(keys::metadata, keys::labels, kMetadataName) == name)) {
    ns = ns.withPath({keys::metadata, keys::labels, kMetadataName}, name);
  }
  if (isUnset(ns.get(keys::status, keys::phase))) {
    ns = ns[keys::status].empty() ? ns.with(keys::status, active)
                                  : ns.withPath({keys::status, keys::phase}, "Active");
  }
  return ns;
}

Value secretDefaults(const Value& sent) {
  static const Value opaque("Opaque");
  Value secret = withStringData(sent);
  setDefault(secret, keys::type, opaque);
  return secret;
}

}  // namespace pilothouse::api
