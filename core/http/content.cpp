#include "core/http/content.hpp"

#include <string>
#include <utility>

#include "core/http/negotiation.hpp"
#include "core/http/protobuf.hpp"
#include "core/value/document.hpp"

namespace pilothouse::http {
namespace {

using apiserver::PatchType;

constexpr std::string_view kProtobuf = "application/vnd.kubernetes.protobuf";
constexpr std::string_view kUnknownFormat =
    "the body of the request was in an unknown format - accepted media types include: ";

// summarizeData of k8s.io/apiserver: text of an object, hexadecimal digits of anything else.
std::string summary(std::string_view data) {
  constexpr std::size_t kMax = 30;
  constexpr std::string_view kHex = "0123456789abcdef";
  if (data.empty()) return "<empty>";
  const std::string_view shown = data.substr(0, kMax);
  std::string out;
  if (data.front() == '{') {
    out = shown;
  } else {
    for (const char c : shown) {
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return data.size() > kMax ? out + " ..." : out;
}

api::Status unrecognized(const HttpRequest& request, std::string_view kind, std::string_view why) {
  return api::Status::badRequest("the object provided is unrecognized (must be of type " + std::string(kind) +
                                 "): " + std::string(why) + " (" + summary(request.body) + ")");
}

/// One document, and the words for none or for more.
struct One {
  Value value;
  std::string error;
};

One only(Documents documents, bool json) {
  if (documents.error) return {{}, std::move(documents.error->message)};
  if (documents.documents.empty()) return {{}, json ? "unexpected end of JSON input" : ""};
  if (documents.documents.size() > 1) {
    return {{}, json ? "invalid character after top-level value" : "the body holds several documents"};
  }
  return {std::move(documents.documents.front().value), {}};
}

// The reader speaks as kubectl's decoder does, "json: offset 9: invalid character…"; the server has no
// offset.
One readOneJson(std::string_view text) {
  constexpr std::string_view kOffset = "json: offset ";
  One read = only(readJson(text), true);
  if (read.error.substr(0, kOffset.size()) == kOffset)
    read.error.erase(0, read.error.find(": ", kOffset.size()) + 2);
  return read;
}
One readOneYaml(std::string_view text) { return only(readYaml(text), false); }

}  // namespace

DecodedBody decodeObject(const HttpRequest& request, std::string_view kind) {
  const std::string type = parseMediaType(request.headers.find("Content-Type")).type;
  if (type.empty() || type == "application/json") {
    One read = readOneJson(request.body);
    if (read.error.empty()) return {std::move(read.value), {}};
    return {{}, unrecognized(request, kind, "couldn't get version/kind; json parse error: " + read.error)};
  }
  if (type == "application/yaml") {
    One read = readOneYaml(request.body);
    if (read.error.empty()) return {std::move(read.value), {}};
    return {{}, unrecognized(request, kind, read.error)};
  }
  if (type == kProtobuf) {
    ProtobufObject read = decodeProtobuf(request.body);
    if (read.error.empty()) return {std::move(read.object), {}};
    return {{}, unrecognized(request, kind, read.error)};
  }
  return {{},
          api::Status::unsupportedMediaType(std::string(kUnknownFormat) +
                                            "application/json, application/yaml, " + std::string(kProtobuf))};
}

std::optional<PatchType> patchTypeOf(std::string_view contentType) {
  const std::string type = parseMediaType(contentType).type;
  if (type == "application/json-patch+json") return PatchType::Json;
  if (type == "application/merge-patch+json") return PatchType::Merge;
  if (type == "application/strategic-merge-patch+json") return PatchType::StrategicMerge;
  if (type == "application/apply-patch+yaml") return PatchType::Apply;
  return std::nullopt;
}

api::Status unsupportedPatchType() {
  return api::Status::unsupportedMediaType(std::string(kUnknownFormat) +
                                           "application/json-patch+json, application/merge-patch+json, "
                                           "application/strategic-merge-patch+json, "
                                           "application/apply-patch+yaml");
}

DecodedBody decodePatch(const HttpRequest& request, PatchType type) {
  if (type == PatchType::Apply) {
    One read = readOneYaml(request.body);
    if (read.error.empty()) return {std::move(read.value), {}};
    return {{}, api::Status::badRequest("error decoding YAML: " + read.error)};
  }
  One read = readOneJson(request.body);
  if (read.error.empty()) return {std::move(read.value), {}};
  const bool json = type == PatchType::Json;
  return {{}, api::Status::badRequest((json ? "error decoding patch: " : "") + read.error)};
}

}  // namespace pilothouse::http
