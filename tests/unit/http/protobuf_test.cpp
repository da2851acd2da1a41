#include "core/http/protobuf.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/value/document.hpp"

using namespace pilothouse;
using http::decodeProtobuf;
using http::ProtobufObject;

namespace {

std::string varint(std::uint64_t number) {
  std::string made;
  for (; number >= 0x80; number >>= 7) made += static_cast<char>((number & 0x7F) | 0x80);
  made += static_cast<char>(number);
  return made;
}

std::string field(std::uint32_t number, std::string_view bytes) {
  return varint(number << 3 | 2).append(varint(bytes.size())).append(bytes);
}

std::string field(std::uint32_t number, std::uint64_t value) {
  return varint(number << 3).append(varint(value));
}

std::string object(std::string_view apiVersion, std::string_view kind, std::string_view raw) {
  const std::string type = field(1, apiVersion) + field(2, kind);
  return std::string("k8s\0", 4) + field(1, type) + field(2, raw) + field(3, "") + field(4, "");
}

std::string bytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string errorOf(std::string_view bytes) { return decodeProtobuf(bytes).error; }

}  // namespace

TEST_CASE("Every object that Kubernetes publishes in both encodings reads the same from both") {
  const std::filesystem::path folder = std::filesystem::path(PILOTHOUSE_K8S_API) / "testdata" / "HEAD";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const bool hasKind = entry.path().filename() != "core.v1.WatchEvent.pb";
    if (entry.path().extension() == ".pb" && hasKind) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() > 100);
  for (const std::filesystem::path& path : files) {
    const ProtobufObject read = decodeProtobuf(bytesOf(path));
    std::filesystem::path twin = path;
    const Documents json = readJson(bytesOf(twin.replace_extension(".json")));
    REQUIRE(json.documents.size() == 1);
    CHECK_MESSAGE(read.error == "", path.filename().string());
    CHECK_MESSAGE(writeJson(read.object, 1) == writeJson(json.documents[0].value, 1),
                  path.filename().string());
  }
}

TEST_CASE("What kubectl create deployment sends has no zeros that its JSON would not have") {
  const std::string container = field(1, "nginx") + field(2, "nginx:1.25") + field(5, "") + field(8, "") +
                                field(13, "") + field(14, "") + field(16, std::uint64_t{0});
  const std::string meta = field(1, "web") + field(2, "") + field(7, std::uint64_t{0}) + field(8, "");
  const std::string spec =
      field(1, std::uint64_t{0}) + field(3, field(1, "") + field(2, field(2, container)));
  const ProtobufObject read =
      decodeProtobuf(object("apps/v1", "Deployment", field(1, meta) + field(2, spec) + field(3, "")));
  CHECK(read.error == "");
  CHECK(read.apiVersion == "apps/v1");
  CHECK(read.kind == "Deployment");
  CHECK(writeJson(read.object) == R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},)"
                                  R"("spec":{"replicas":0,"template":{"metadata":{},"spec":{"containers":[)"
                                  R"({"image":"nginx:1.25","name":"nginx","resources":{}}]}}},"status":{}})");
}

TEST_CASE("DeleteOptions are read in whatever group they are sent") {
  const std::string options = field(1, std::uint64_t{30}) + field(4, "Foreground");
  for (const char* group : {"v1", "apps/v1", "example.com/v7"}) {
    const ProtobufObject read = decodeProtobuf(object(group, "DeleteOptions", options));
    CHECK(read.error == "");
    CHECK(read.object["gracePeriodSeconds"].asInt() == 30);
    CHECK(read.object["propagationPolicy"] == Value("Foreground"));
  }
}

TEST_CASE("Kinds of 1.33 that the pinned types know by an earlier version are read in theirs") {
  const std::string raw = field(1, field(1, "extra")) + field(2, field(1, "10.100.0.0/24"));
  const ProtobufObject read = decodeProtobuf(object("networking.k8s.io/v1", "ServiceCIDR", raw));
  CHECK(read.error == "");
  CHECK(writeJson(read.object["spec"]) == R"({"cidrs":["10.100.0.0/24"]})");
}

TEST_CASE("A newer client's fields are skipped") {
  const std::string raw = field(1, field(1, "c") + field(999, "new") + field(998, std::uint64_t{5}));
  const ProtobufObject read = decodeProtobuf(object("v1", "ConfigMap", raw));
  CHECK(read.error == "");
  CHECK(writeJson(read.object["metadata"]) == R"({"name":"c"})");
}

TEST_CASE("Bytes that are no object are refused in the decoder's words") {
  CHECK(errorOf("") ==
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  CHECK(errorOf(R"({"kind":"Pod"})") ==
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  CHECK(errorOf(object("apps/v1", "Gateway", "")) ==
        R"(no kind "Gateway" is registered for version "apps/v1" in scheme )"
        R"("k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30")");
  CHECK(errorOf(object("v1", "", "")) == "Object 'Kind' is missing in protobuf data");
  CHECK(errorOf(object("", "Pod", "")) == "Object 'apiVersion' is missing in protobuf data");
  CHECK(errorOf(object("v1", "Pod", "\x0A\x7F")) == "unexpected EOF");
  CHECK(errorOf(object("v1", "Pod", "\x0B")) == "proto: illegal wireType");
  CHECK(errorOf(object("v1", "Pod", field(1, std::uint64_t{1}))) ==
        "proto: wrong wireType = 0 for field metadata of v1.Pod");
}

TEST_CASE("Whatever is cut off or changed in a message, reading it ends") {
  std::string bytes =
      bytesOf(std::filesystem::path(PILOTHOUSE_K8S_API) / "testdata" / "HEAD" / "core.v1.Pod.pb");
  REQUIRE(bytes.size() > 1000);
  for (std::size_t size = 0; size < bytes.size(); size += 7) decodeProtobuf(bytes.substr(0, size));
  std::uint32_t random = 1;
  for (int i = 0; i < 3000; ++i) {
    random = random * 1664525 + 1013904223;
    std::string changed = bytes;
    changed[(random >> 8) % changed.size()] = static_cast<char>(random >> 24);
    const ProtobufObject read = decodeProtobuf(changed);
    CHECK(read.error.empty() == read.object.isObject());
  }
}

TEST_CASE("Objects inside objects end at a depth") {
  std::string bytes = object("v1", "ConfigMap", "");
  for (int i = 0; i < 300; ++i) bytes = object("v1", "List", field(2, field(1, bytes)));
  CHECK(errorOf(bytes) == "the message is nested too deeply");
}
