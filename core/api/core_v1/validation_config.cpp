#include <string>

#include "core/api/core_v1/validation.hpp"
#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/validation/object_meta.hpp"
#include "core/value/document.hpp"

namespace pilothouse::api {
namespace {

const Key kBinaryData = Key::intern("binaryData");
const Key kImmutable = Key::intern("immutable");

constexpr std::size_t kDataSizeMax = 1024 * 1024;  // core.MaxSecretSize
constexpr std::string_view kImmutableWhenSet = "field is immutable when `immutable` is set";

// Bytes that a base64 text stands for.
std::size_t decodedSize(std::string_view text) {
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  return text.size() / 4 * 3 - (text.size() < 4 ? 0 : padding);
}

std::size_t validateDataKeys(Errors& errors, const FieldPath& path, const Value& data, bool encoded) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < data.memberKeys().size(); ++i) {
    const std::string_view key = data.memberKeys()[i].text();
    if (const Messages wrong = isConfigMapKey(key); !wrong.empty())
      errors.invalid(path.key(key), Value(key), wrong);
    const std::string_view text = data.memberValues()[i].asString();
    size += encoded ? decodedSize(text) : text.size();
  }
  return size;
}

void validateImmutable(Errors& errors, const Value& now, const Value& before) {
  if (!before[kImmutable].asBool()) return;
  if (!now[kImmutable].asBool()) errors.forbidden(FieldPath("immutable"), kImmutableWhenSet);
  for (const Key key : {keys::data, kBinaryData}) {
    if (!semanticallyEqual(now[key], before[key])) errors.forbidden(FieldPath(key.text()), kImmutableWhenSet);
  }
}

void requireKeys(Errors& errors, const Value& data, std::initializer_list<std::string_view> wanted) {
  const FieldPath path("data");
  for (const std::string_view key : wanted) {
    if (data[key].isNull()) errors.required(path.key(key));
  }
}

int base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::string decoded(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64Digit(c);
    if (digit < 0) continue;
    bits = (bits << 6) | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xff);
  }
  return bytes;
}

void validateJsonKey(Errors& errors, const Value& data, std::string_view key) {
  const FieldPath path("data");
  if (data[key].isNull()) return errors.required(path.key(key));
  const Documents read = readJson(decoded(data[key].asString()));
  if (read.error) {
    errors.invalid(path.key(key), "<secret contents redacted>", read.error->message);
  } else if (read.documents.size() != 1 || !read.documents[0].value.isObject()) {
    errors.invalid(path.key(key), "<secret contents redacted>", "unexpected end of JSON input");
  }
}

void validateSecretType(Errors& errors, const Value& secret) {
  const Value& data = secret[keys::data];
  const std::string_view type = secret[keys::type].asString();
  if (type == "kubernetes.io/service-account-token") {
    constexpr std::string_view account = "kubernetes.io/service-account.name";
    if (annotations(secret)[account].asString().empty()) {
      const FieldPath path("metadata.annotations");
      errors.required(path.key(account));
    }
  } else if (type == "kubernetes.io/dockercfg") {
    validateJsonKey(errors, data, ".dockercfg");
  } else if (type == "kubernetes.io/dockerconfigjson") {
    validateJsonKey(errors, data, ".dockerconfigjson");
  } else if (type == "kubernetes.io/basic-auth") {
    if (data["username"].isNull() && data["password"].isNull()) {
      requireKeys(errors, data, {"username", "password"});
    }
  } else if (type == "kubernetes.io/ssh-auth") {
    const FieldPath path("data");
    if (data["ssh-privatekey"].asString().empty()) errors.required(path.key("ssh-privatekey"));
  } else if (type == "kubernetes.io/tls") {
    requireKeys(errors, data, {"tls.crt", "tls.key"});
  }
}

void validateSecretContent(Errors& errors, const Value& secret) {
  const FieldPath data("data");
  if (validateDataKeys(errors, data, secret[keys::data], true) > kDataSizeMax)
    errors.tooLong(data, kDataSizeMax);
  validateSecretType(errors, secret);
}

void validateConfigMapContent(Errors& errors, const Value& configMap) {
  const FieldPath data("data");
  const FieldPath binaryData("binaryData");
  std::size_t size = validateDataKeys(errors, data, configMap[keys::data], false);
  for (const Key key : configMap[keys::data].memberKeys()) {
    if (!configMap[kBinaryData].has(key)) continue;
    errors.invalid(data.key(key.text()), Value(key.text()), "duplicate of key present in binaryData");
  }
  size += validateDataKeys(errors, binaryData, configMap[kBinaryData], true);
  if (size > kDataSizeMax) errors.tooLong(FieldPath("[]"), kDataSizeMax);
}

}  // namespace

void validateConfigMap(Errors& errors, const Value& configMap) {
  validateObjectMeta(errors, configMap, true, &nameIsDnsSubdomain);
  validateConfigMapContent(errors, configMap);
}

void validateConfigMapUpdate(Errors& errors, const Value& configMap, const Value& stored) {
  validateObjectMetaUpdate(errors, configMap, stored);
  validateImmutable(errors, configMap, stored);
  validateConfigMapContent(errors, configMap);
}

void validateSecret(Errors& errors, const Value& secret) {
  validateObjectMeta(errors, secret, true, &nameIsDnsSubdomain);
  validateSecretContent(errors, secret);
}

void validateSecretUpdate(Errors& errors, const Value& secret, const Value& stored) {
  validateObjectMetaUpdate(errors, secret, stored);
  errors.immutable(FieldPath("type"), secret[keys::type], stored[keys::type]);
  validateImmutable(errors, secret, stored);
  validateSecretContent(errors, secret);
}

}  // namespace pilothouse::api
