#include "core/apiserver/auth/service_account_token.hpp"

#include <array>

#include "core/api/keys.hpp"
#include "core/apiserver/auth/user_info.hpp"
#include "core/value/document.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kTokenMax = 16 * 1024;
constexpr std::uint64_t kSigningKey = 0x70696c6f74686f75ULL;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const Key kAudience = Key::intern("aud");
const Key kExpires = Key::intern("exp");
const Key kId = Key::intern("jti");
const Key kIssuedAt = Key::intern("iat");
const Key kIssuer = Key::intern("iss");
const Key kNotBefore = Key::intern("nbf");
const Key kSubject = Key::intern("sub");
const Key kPrivate = Key::intern("kubernetes.io");
const Key kServiceAccount = Key::intern("serviceaccount");
const Key kPod = Key::intern("pod");
const Key kSecret = Key::intern("secret");
const Key kNode = Key::intern("node");
const Key kWarnAfter = Key::intern("warnafter");

std::string base64Url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    count += 8;
    for (; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 255);
    }
  }
  return bytes;
}

std::string signature(std::string_view text) {
  std::string bytes;
  for (std::uint64_t round = 1; round <= 4; ++round) {
    const std::uint64_t word = textHash(text, kSigningKey * round);
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift & 255);
  }
  return base64Url(bytes);
}

Value toValue(const TokenClaims::Object& object) {
  if (!object.isSet()) return {};
  return Value::object({{keys::name, object.name}, {keys::uid, object.uid}});
}

TokenClaims::Object objectOf(const Value& value) {
  return {value[keys::name].toString(), value[keys::uid].toString()};
}

}  // namespace

std::string encodeToken(const TokenClaims& claims) {
  std::vector<Value> audiences(claims.audiences.begin(), claims.audiences.end());
  ObjectBuilder own;
  own.set(keys::namespace_, claims.ns).set(kServiceAccount, toValue(claims.serviceAccount));
  own.setIfAny(kPod, toValue(claims.pod)).setIfAny(kSecret, toValue(claims.secret));
  own.setIfAny(kNode, toValue(claims.node));
  if (claims.warnAfter != 0) own.set(kWarnAfter, claims.warnAfter);
  const Value payload =
      Value::object({{kAudience, Value::array(audiences)},
                     {kExpires, claims.expires},
                     {kIssuedAt, claims.issuedAt},
                     {kIssuer, Value(kServiceAccountIssuer)},
                     {kId, claims.id},
                     {kPrivate, own.build()},
                     {kNotBefore, claims.issuedAt},
                     {kSubject, serviceAccountUser(claims.ns, claims.serviceAccount.name)}});
  std::string token = base64Url(R"({"alg":"RS256","kid":"simulation"})");
  token.append(".").append(base64Url(writeJson(payload)));
  const std::string signedBy = signature(token);
  return token.append(".").append(signedBy);
}

std::optional<TokenClaims> decodeToken(std::string_view token) {
  if (token.size() > kTokenMax) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (signature(token.substr(0, second)) != token.substr(second + 1)) return std::nullopt;
  const auto text = fromBase64Url(token.substr(first + 1, second - first - 1));
  if (!text) return std::nullopt;
  const Documents read = readJson(*text);
  if (read.error || read.documents.empty()) return std::nullopt;
  const Value& payload = read.documents.front().value;
  const Value& own = payload[kPrivate];
  TokenClaims claims;
  claims.id = payload[kId].toString();
  claims.ns = own[keys::namespace_].toString();
  claims.serviceAccount = objectOf(own[kServiceAccount]);
  claims.pod = objectOf(own[kPod]);
  claims.secret = objectOf(own[kSecret]);
  claims.node = objectOf(own[kNode]);
  for (const Value& audience : payload[kAudience].items()) claims.audiences.push_back(audience.toString());
  claims.issuedAt = payload[kIssuedAt].asInt();
  claims.expires = payload[kExpires].asInt();
  claims.warnAfter = own[kWarnAfter].asInt();
  if (payload[kIssuer].asString() != kServiceAccountIssuer || claims.ns.empty()) return std::nullopt;
  return claims;
}

}  // namespace pilothouse::apiserver
