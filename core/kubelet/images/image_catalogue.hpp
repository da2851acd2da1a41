#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/kubelet/images/image_reference.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::kubelet {

class Work;
using WorkPtr = std::shared_ptr<Work>;

/// What a server is asked, and by whom it is answered.
struct ServerRequest {
  std::string_view method = "GET";
  std::string_view path;  ///< with its query
  std::string_view body;
  std::string_view host;    ///< the header
  std::string_view client;  ///< the sender's address
  std::string_view pod;     ///< the container's hostname
  std::string_view podIp;
  std::string_view tag;         ///< of the image
  std::string_view repository;  ///< of the image's row
  std::int64_t port = 0;
  SimDuration age{};  ///< since the container started
  /// The container's command line and environment.
  std::span<const std::string> arguments;
  const Value& (*variable)(const void* context, std::string_view name) = nullptr;
  const void* context = nullptr;

  [[nodiscard]] std::string_view env(std::string_view name) const {
    return variable == nullptr ? std::string_view() : variable(context, name).asString();
  }
  /// The value of "--name=value" or "-name value" in the command line; "" when absent.
  [[nodiscard]] std::string_view flag(std::string_view name) const;
};

struct ServerAnswer {
  int status = 200;  ///< HTTP's; 0: it speaks another protocol
  std::string body;
  SimDuration took{};  ///< work beyond the image's answerMs
};

/// How an image's own program behaves. All defaults fit a well-made server.
struct Image {
  std::string_view
      repository;  ///< "docker.io/library/nginx"; "*/gb-frontend": under any registry and project
  /// Tags that exist, separated by blanks: "latest", "1.7..29" (minor versions 7 to 29 with any patch),
  /// "5..8" (major versions with any minor and patch), "*" for all. Each also with one of `variants` after
  /// "-".
  std::string_view tags = "*";
  std::string_view variants = "";
  std::int64_t sizeBytes = 60'000'000;  ///< compressed, as it is pulled
  std::int32_t startupMs = 300;         ///< from start to listening
  std::string_view ports = "";          ///< "80 443"; "" for what the manifest declares
  std::string_view portVariable = "";   ///< an environment variable that sets the port
  std::string_view programs = "";       ///< names that run its server: "nginx docker-entrypoint.sh"
  std::string_view webRoot = "";        ///< files here answer before `answer` does
  std::string_view log = "";            ///< lines at the start
  std::string_view needsVariable = "";  ///< one of these must be set, or it ends with exit code 1…
  std::string_view needsLog = "";       ///< …after saying this
  /// What the program is: a server, or something that ends (then `exitCode` after `runMs`).
  enum class Program : std::uint8_t { Server, Ends, Shell, Pause } program{};
  enum class Protocol : std::uint8_t { Http, Tcp, Grpc } protocol{};
  enum class Userland : std::uint8_t { Debian, Busybox, None } userland{};
  int exitCode = 0;
  std::int32_t runMs = 0;
  int stopExitCode = 0;          ///< of SIGTERM
  std::int32_t answerMs = 1;     ///< how long an answer takes
  std::int32_t memoryMi = 14;    ///< what its server holds at rest
  std::int32_t cpuMilli = 1;     ///< and computes
  std::int32_t requestUs = 900;  ///< and computes for one request
  std::int32_t stopMs = 100;     ///< until it has ended after SIGTERM; -1: it ignores the signal
  std::int32_t requestKi = 0;    ///< and keeps of one request, for ever (a leak)
  std::int32_t growthKi = 0;     ///< and adds each second by itself
  bool accessLog = false;        ///< a line for each request that is not a probe
  /// Null: the generic answer.
  ServerAnswer (*answer)(const ServerRequest&) = nullptr;
  /// Instead of `answer`: takes its time and asks others (images/program.hpp).
  void (*serve)(const WorkPtr&) = nullptr;
  /// What the server does by itself once it is up: after how long again; zero: never.
  SimDuration (*act)(const WorkPtr&) = nullptr;
};

/// What a registry says about a reference.
struct Pullable {
  const Image* image = nullptr;  ///< null when it cannot be pulled
  std::string error;  ///< containerd's words: `rpc error: code = NotFound desc = failed to pull…`
};

/// The row of a repository, or the generic one for a repository that is not known.
const Image& imageOf(const ImageReference& reference);
Pullable lookUpImage(const ImageReference& reference);
/// The image's digest, made from its name: "sha256:…".
std::string imageDigest(const ImageReference& reference);

/// The tables, a file each. An image is one line in one of them, or one new file with its own line here.
std::span<const Image> webServerImages();
std::span<const Image> dataStoreImages();
std::span<const Image> toolImages();
std::span<const Image> exampleImages();
std::span<const Image> boutiqueImages();
std::span<const Image> systemImages();

}  // namespace pilothouse::kubelet
