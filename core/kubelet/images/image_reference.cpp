#include "core/kubelet/images/image_reference.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr std::size_t kNameTotalLengthMax = 255;
constexpr std::size_t kTagLengthMax = 128;
constexpr std::string_view kInvalid = "invalid reference format";

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool isTag(std::string_view tag) {
  if (tag.empty() || tag.size() > kTagLengthMax) return false;
  for (std::size_t i = 0; i < tag.size(); ++i) {
    const char c = tag[i];
    const bool word = isLower(c) || isUpper(c) || isDigit(c) || c == '_';
    if (!word && (i == 0 || (c != '.' && c != '-'))) return false;
  }
  return true;
}

bool isDigest(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view hex = digest.substr(colon + 1);
  if (hex.size() < 32) return false;
  for (const char c : hex) {
    if (!isHex(c)) return false;
  }
  return true;
}

// alphanumerics, separated by one '.', one or two '_', or any number of '-'.
bool isPathComponent(std::string_view component) {
  std::size_t i = 0;
  while (i < component.size()) {
    const std::size_t begin = i;
    while (i < component.size() && (isLower(component[i]) || isDigit(component[i]))) ++i;
    if (i == begin) return false;
    if (i == component.size()) return true;
    const char separator = component[i];
    std::size_t length = 0;
    while (i < component.size() && component[i] == separator) ++i, ++length;
    if (separator == '.' && length > 1) return false;
    if (separator == '_' && length > 2) return false;
    if (separator != '.' && separator != '_' && separator != '-') return false;
  }
  return false;  // empty, or ends with a separator
}

bool isPath(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (!isPathComponent(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool isDomain(std::string_view domain) {
  const std::size_t colon = domain.find(':');
  const std::string_view host = domain.substr(0, colon);
  if (host.empty() || host.front() == '.' || host.back() == '.' || host.front() == '-') return false;
  for (const char c : host) {
    if (!isLower(c) && !isUpper(c) && !isDigit(c) && c != '.' && c != '-') return false;
  }
  if (colon == std::string_view::npos) return true;
  const std::string_view port = domain.substr(colon + 1);
  if (port.empty()) return false;
  for (const char c : port) {
    if (!isDigit(c)) return false;
  }
  return true;
}

bool hasUpper(std::string_view text) {
  for (const char c : text) {
    if (isUpper(c)) return true;
  }
  return false;
}

// splitDockerDomain: the first component is a domain when it looks like one.
void splitDomain(std::string_view name, ImageReference& reference) {
  const std::size_t slash = name.find('/');
  const std::string_view first = name.substr(0, slash);
  const bool domain =
      slash != std::string_view::npos &&
      (first.find_first_of(".:") != std::string_view::npos || first == "localhost" || hasUpper(first));
  reference.domain = domain ? first : std::string_view("docker.io");
  reference.path = domain ? name.substr(slash + 1) : name;
  if (reference.domain == "index.docker.io") reference.domain = "docker.io";
  if (reference.domain == "docker.io" && reference.path.find('/') == std::string::npos) {
    reference.path.insert(0, "library/");
  }
}

}  // namespace

std::string ImageReference::name() const {
  return repository() + (digest.empty() ? ":" + tag : "@" + digest);
}

ImageReference parseImageReference(std::string_view text) {
  ImageReference reference;
  std::string_view name = text;
  if (const std::size_t at = name.find('@'); at != std::string_view::npos) {
    reference.digest = name.substr(at + 1);
    name = name.substr(0, at);
  }
  const std::size_t colon = name.rfind(':');
  const std::size_t slash = name.rfind('/');
  const bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (tagged) {
    reference.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  if (name.empty()) {
    reference.error = kInvalid;
    return reference;
  }
  splitDomain(name, reference);
  if (hasUpper(reference.path)) {
    reference.error = std::string(kInvalid) + ": repository name (" + reference.path + ") must be lowercase";
  } else if (name.size() > kNameTotalLengthMax || !isDomain(reference.domain) || !isPath(reference.path) ||
             (tagged && !isTag(reference.tag)) ||
             (text.find('@') != std::string_view::npos && !isDigest(reference.digest))) {
    reference.error = kInvalid;
  }
  if (!tagged && reference.digest.empty()) reference.tag = "latest";
  return reference;
}

}  // namespace pilothouse::kubelet
