#include "core/kubelet/images/image_catalogue.hpp"

#include <optional>

namespace pilothouse::kubelet {
namespace {

constexpr std::uint32_t kPatchMax = 60;
constexpr Image kGeneric{.repository = ""};

std::optional<std::uint32_t> takeNumber(std::string_view& text) {
  std::uint32_t number = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && i < 6; ++i) {
    number = number * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  if (i == 0) return std::nullopt;
  text.remove_prefix(i);
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// ".12" or ".12.3" or nothing, to the end.
bool isPatch(std::string_view rest, int parts) {
  for (int i = 0; i < parts && !rest.empty(); ++i) {
    if (!take(rest, ".")) return false;
    const auto number = takeNumber(rest);
    if (!number || *number > kPatchMax) return false;
  }
  return rest.empty();
}

// "1.7..29" or "5..8" against "1.14.2" or "7".
bool inRange(std::string_view range, std::string_view version) {
  const auto first = takeNumber(range);
  if (!first) return false;
  const auto major = takeNumber(version);
  if (!major) return false;
  if (take(range, "..")) {
    const auto last = takeNumber(range);
    return last && *major >= *first && *major <= *last && isPatch(version, 2);
  }
  if (!take(range, ".") || *major != *first) return false;
  const auto low = takeNumber(range);
  if (!low || !take(range, "..")) return false;
  const auto high = takeNumber(range);
  if (!high) return false;
  if (version.empty()) return true;
  if (!take(version, ".")) return false;
  const auto minor = takeNumber(version);
  return minor && *minor >= *low && *minor <= *high && isPatch(version, 1);
}

std::string_view nextWord(std::string_view& list) {
  while (!list.empty() && list.front() == ' ') list.remove_prefix(1);
  const std::string_view word = list.substr(0, list.find(' '));
  list.remove_prefix(word.size());
  return word;
}

bool isKnownBase(std::string_view tags, std::string_view base) {
  for (std::string_view word = nextWord(tags); !word.empty(); word = nextWord(tags)) {
    if (word == "*" || word == base) return true;
    const bool v = word.front() == 'v' && !base.empty() && base.front() == 'v';
    if (word.find("..") != std::string_view::npos &&
        inRange(word.substr(v ? 1 : 0), base.substr(v ? 1 : 0))) {
      return true;
    }
  }
  return false;
}

// A variant may carry a version of its own: "alpine3.19".
bool isVariant(std::string_view variants, std::string_view text) {
  for (std::string_view word = nextWord(variants); !word.empty(); word = nextWord(variants)) {
    if (text == word) return true;
    if (text.substr(0, word.size()) != word) continue;
    std::string_view rest = text.substr(word.size());
    const auto number = takeNumber(rest);
    if (number && isPatch(rest, 2)) return true;
    if (!rest.empty() && rest.front() == '-' && isVariant(variants, rest.substr(1))) return true;
  }
  return false;
}

bool hasTag(const Image& image, std::string_view tag) {
  if (isKnownBase(image.tags, tag) || isVariant(image.variants, tag)) return true;
  for (std::size_t dash = tag.find('-'); dash != std::string_view::npos; dash = tag.find('-', dash + 1)) {
    if (isKnownBase(image.tags, tag.substr(0, dash)) && isVariant(image.variants, tag.substr(dash + 1))) {
      return true;
    }
  }
  return false;
}

bool isUnderInvalid(std::string_view domain) {
  const std::string_view host = domain.substr(0, domain.find(':'));
  constexpr std::string_view kTld = ".invalid";
  return host.size() > kTld.size() && host.substr(host.size() - kTld.size()) == kTld;
}

// k8s.gcr.io and its forerunners were moved to registry.k8s.io with all they had.
std::string canonicalRepository(const ImageReference& reference) {
  std::string_view path = reference.path;
  if (reference.domain == "k8s.gcr.io") return "registry.k8s.io/" + reference.path;
  if (reference.domain == "gcr.io" &&
      (take(path, "google_containers/") || take(path, "google-containers/"))) {
    return "registry.k8s.io/" + std::string(path);
  }
  return reference.repository();
}

// A row "*/name/image" stands for that path under any registry and project.
bool isRepository(std::string_view row, std::string_view repository) {
  if (!take(row, "*")) return row == repository;
  return repository.size() > row.size() && repository.substr(repository.size() - row.size()) == row;
}

}  // namespace

std::string_view ServerRequest::flag(std::string_view name) const {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view text = arguments[i];
    if (!take(text, "-")) continue;
    take(text, "-");
    if (!take(text, name)) continue;
    if (take(text, "=")) return text;
    if (text.empty() && i + 1 < arguments.size()) return arguments[i + 1];
  }
  return {};
}

const Image& imageOf(const ImageReference& reference) {
  const std::string repository = canonicalRepository(reference);
  for (const auto& table : {webServerImages(), dataStoreImages(), toolImages(), exampleImages(),
                            boutiqueImages(), systemImages()}) {
    for (const Image& image : table) {
      if (isRepository(image.repository, repository)) return image;
    }
  }
  return kGeneric;
}

Pullable lookUpImage(const ImageReference& reference) {
  const std::string name = reference.name();
  const std::string failed =
      "failed to pull and unpack image \"" + name + "\": failed to resolve reference \"" + name + "\": ";
  if (isUnderInvalid(reference.domain)) {
    const std::string host = reference.domain.substr(0, reference.domain.find(':'));
    return {nullptr, "rpc error: code = Unknown desc = " + failed + "failed to do request: Head \"https://" +
                         reference.domain + "/v2/" + reference.path + "/manifests/" +
                         (reference.digest.empty() ? reference.tag : reference.digest) +
                         "\": dial tcp: lookup " + host + " on 10.96.0.10:53: no such host"};
  }
  const Image& image = imageOf(reference);
  if (reference.digest.empty() && !hasTag(image, reference.tag)) {
    return {nullptr, "rpc error: code = NotFound desc = " + failed + name + ": not found"};
  }
  return {&image, ""};
}

std::string imageDigest(const ImageReference& reference) {
  if (!reference.digest.empty()) return reference.digest;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::uint64_t state = 0xcbf29ce484222325ULL;
  for (const char c : reference.name()) {
    state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::string digest = "sha256:";
  for (int i = 0; i < 64; ++i) {
    if (i % 16 == 0) state = (state ^ (state >> 31)) * 0x9e3779b97f4a7c15ULL;
    digest += kHex[(state >> (4 * (i % 16))) & 15];
  }
  return digest;
}

}  // namespace pilothouse::kubelet
