#include "core/http/negotiation.hpp"

#include <algorithm>
#include <utility>

#include "core/http/message.hpp"

namespace pilothouse::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view nextPart(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return trimmed(part);
}

// "0.9" in thousandths; what cannot be read counts as 1.
int quality(const MediaType& media) {
  const std::string_view q = media.parameter("q");
  if (q.empty() || (q[0] != '0' && q[0] != '1')) return 1000;
  int thousandths = (q[0] - '0') * 1000;
  int unit = 100;
  for (std::size_t i = 2; i < q.size() && i < 5 && q[i] >= '0' && q[i] <= '9'; ++i, unit /= 10) {
    thousandths += (q[i] - '0') * unit;
  }
  return std::min(thousandths, 1000);
}

bool isJson(std::string_view type) {
  return type == "application/json" || type == "*/*" || type == "application/*";
}

// The forms that k8s.io/apiserver's handlers/response.go converts to; false for one that it does not know.
bool convertible(const MediaType& media, bool list, Accepted& accepted) {
  const std::string_view as = media.parameter("as");
  if (as.empty()) return true;
  const std::string_view version = media.parameter("v");
  if (media.parameter("g") != "meta.k8s.io" || (version != "v1" && version != "v1beta1")) return false;
  if (as == "Table") {
    accepted.as = apiserver::Representation::Table;
  } else if (as == (list ? "PartialObjectMetadataList" : "PartialObjectMetadata")) {
    accepted.as = apiserver::Representation::PartialObjectMetadata;
  } else {
    return false;
  }
  accepted.metaVersion = version;
  return true;
}

}  // namespace

std::string_view MediaType::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

MediaType parseMediaType(std::string_view text) {
  MediaType media;
  media.type = lower(nextPart(text, ';'));
  while (!text.empty()) {
    std::string_view pair = nextPart(text, ';');
    const std::string_view name = nextPart(pair, '=');
    if (pair.size() >= 2 && pair.front() == '"' && pair.back() == '"') pair = pair.substr(1, pair.size() - 2);
    media.parameters.emplace_back(lower(name), std::string(pair));
  }
  return media;
}

std::vector<MediaType> parseAccept(std::string_view header) {
  std::vector<MediaType> accepted;
  while (!header.empty()) {
    const std::string_view part = nextPart(header, ',');
    if (!part.empty()) accepted.push_back(parseMediaType(part));
  }
  std::stable_sort(accepted.begin(), accepted.end(),
                   [](const MediaType& a, const MediaType& b) { return quality(a) > quality(b); });
  return accepted;
}

Accepted negotiate(std::string_view acceptHeader, bool list) {
  const std::vector<MediaType> wanted = parseAccept(acceptHeader);
  if (wanted.empty()) return {};
  for (const MediaType& media : wanted) {
    const bool yaml = media.type == "application/yaml";
    if (!yaml && !isJson(media.type)) continue;
    Accepted accepted;
    accepted.yaml = yaml;
    if (convertible(media, list, accepted)) return accepted;
  }
  Accepted none;
  none.supported = false;
  return none;
}

std::string_view negotiateDiscovery(std::string_view acceptHeader) {
  for (const MediaType& media : parseAccept(acceptHeader)) {
    if (!isJson(media.type)) continue;
    if (media.parameter("as").empty()) return {};
    if (media.parameter("g") != "apidiscovery.k8s.io" || media.parameter("as") != "APIGroupDiscoveryList") {
      continue;
    }
    if (media.parameter("v") == "v2") return "v2";
    if (media.parameter("v") == "v2beta1") return "v2beta1";
  }
  return {};
}

}  // namespace pilothouse::http
