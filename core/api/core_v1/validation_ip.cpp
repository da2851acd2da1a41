#include <string>

#include "core/api/core_v1/validation.hpp"
#include "core/api/validation/ip.hpp"

namespace pilothouse::api {

void validateIp(Errors& errors, const FieldPath& path, const Value& ip) {
  if (!parseIp(ip.asString())) {
    errors.invalid(path, Value(ip.asString()),
                   "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
}

void validateNonSpecialIp(Errors& errors, const FieldPath& path, const Value& text) {
  const auto ip = parseIp(text.asString());
  if (!ip) return errors.invalid(path, Value(text.asString()), "must be a valid IP address");
  if (ip->isUnspecified()) errors.invalid(path, text, "may not be unspecified (" + text.toString() + ")");
  if (ip->isLoopback()) {
    errors.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  }
  if (ip->isLinkLocalUnicast()) {
    errors.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (ip->isLinkLocalMulticast()) {
    errors.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

void validateCidr(Errors& errors, const FieldPath& path, std::string_view cidr) {
  if (!isCidr(cidr)) {
    errors.invalid(path, Value(cidr), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  }
}

}  // namespace pilothouse::api
