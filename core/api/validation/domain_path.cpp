#include "core/api/validation/domain_path.hpp"

#include <algorithm>
#include <string_view>

namespace pilothouse::api {
namespace {

constexpr std::string_view kPathSigns = "/-._~%!$&'()*+,;=:";

bool isHttpPath(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPathSigns.find(c) != std::string_view::npos;
  });
}

}  // namespace

void validateDomainPrefixedPath(Errors& errors, const FieldPath& path, const Value& value) {
  const std::string_view text = value.asString();
  if (text.empty()) return errors.required(path);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
    return errors.invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
  }
  const std::string_view host = text.substr(0, slash);
  errors.invalid(path, host, isDns1123Subdomain(host));
  if (!isHttpPath(text.substr(slash + 1))) {
    errors.invalid(path, text.substr(slash + 1),
                   R"(Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+'))");
  }
}

}  // namespace pilothouse::api
