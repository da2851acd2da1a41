#include "core/kubelet/images/image_catalogue.hpp"
#include "core/kubelet/images/program.hpp"

namespace pilothouse::kubelet {
namespace {

using Program = Image::Program;
using Protocol = Image::Protocol;
using Userland = Image::Userland;

std::string_view pathOnly(std::string_view path) { return path.substr(0, path.find('?')); }

ServerAnswer echo(const ServerRequest& request) {
  return {200,
          "\n\nHostname: " + std::string(request.pod) +
              "\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version="
              "nginx\n\nRequest Information:\n\tmethod=GET\n\treal path=" +
              std::string(request.path) + "\n\trequest_version=1.1\n\trequest_scheme=http\n"};
}

// agnhost: netexec, serve-hostname, liveness…
ServerAnswer agnhost(const ServerRequest& request) {
  const std::string_view path = pathOnly(request.path);
  const std::string_view mode = request.arguments.empty() ? std::string_view() : request.arguments.front();
  if (mode == "liveness") {
    if (path != "/healthz") return {404, "404 page not found"};
    const double seconds = std::chrono::duration<double>(request.age).count();
    if (seconds > 10) return {500, "error: " + std::to_string(seconds)};
    return {200, "ok"};
  }
  if (mode == "serve-hostname" || path == "/hostname" || path == "/hostName") {
    return {200, std::string(request.pod)};
  }
  if (path == "/healthz") return {200, ""};
  if (path == "/clientip") return {200, std::string(request.podIp)};
  return {200, "NOW: " + timestamp(kSimulationStart + request.age).toString()};
}

ServerAnswer helloApp(const ServerRequest& request) {
  return {200, "Hello, world!\nVersion: " + std::string(request.tag) +
                   ".0\nHostname: " + std::string(request.pod) + "\n"};
}

ServerAnswer helloNode(const ServerRequest&) { return {200, "Hello Kubernetes!"}; }

ServerAnswer bootcamp(const ServerRequest& request) {
  return {200, "Hello Kubernetes bootcamp! | Running on: " + std::string(request.pod) +
                   " | v=" + (request.tag == "v2" ? "2" : "1") + "\n"};
}

ServerAnswer hpaExample(const ServerRequest&) { return {200, "OK!"}; }

ServerAnswer httpEcho(const ServerRequest& request) {
  std::string_view text = request.flag("text");
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return {200, std::string(text.empty() ? "hello-world" : text) + "\n"};
}

ServerAnswer whoami(const ServerRequest& request) {
  return {200, "Hostname: " + std::string(request.pod) + "\nIP: 127.0.0.1\nIP: " +
                   std::string(request.podIp) + "\nGET " + std::string(request.path) + " HTTP/1.1\n"};
}

constexpr Image kImages[] = {
    {.repository = "*/gb-frontend",
     .tags = "v3 v4 v5 v6 latest",
     .sizeBytes = 163'000'000,
     .startupMs = 400,
     .ports = "80",
     .programs = "apache2-foreground",
     .log = "[mpm_prefork:notice] [pid 1] AH00163: Apache/2.4 (Debian) PHP/7 configured -- resuming normal "
            "operations\n[core:notice] [pid 1] AH00094: Command line: 'apache2 -D FOREGROUND'",
     .serve = serveGuestbook},
    {.repository = "registry.k8s.io/echoserver",
     .tags = "1.0..10",
     .sizeBytes = 43'000'000,
     .ports = "8080 8443",
     .programs = "nginx",
     .answer = echo},
    {.repository = "registry.k8s.io/e2e-test-images/echoserver",
     .tags = "2.0..9",
     .sizeBytes = 46'000'000,
     .ports = "8080 8443",
     .programs = "nginx",
     .answer = echo},
    {.repository = "docker.io/kicbase/echo-server",
     .tags = "latest 1.0..0",
     .sizeBytes = 2'100'000,
     .ports = "8080",
     .portVariable = "PORT",
     .userland = Userland::None,
     .answer = echo},
    {.repository = "docker.io/ealen/echo-server",
     .sizeBytes = 40'000'000,
     .ports = "80",
     .portVariable = "PORT",
     .answer = echo},
    {.repository = "registry.k8s.io/e2e-test-images/agnhost",
     .tags = "2.0..60",
     .sizeBytes = 51'000'000,
     .startupMs = 60,
     .ports = "8080",
     .programs = "agnhost",
     .userland = Userland::Busybox,
     .stopExitCode = 2,
     .answer = agnhost},
    {.repository = "registry.k8s.io/liveness",
     .sizeBytes = 1'700'000,
     .startupMs = 30,
     .ports = "8080",
     .programs = "server",
     .userland = Userland::None,
     .stopExitCode = 2,
     .answer =
         [](const ServerRequest& request) {
           ServerRequest liveness = request;
           static const std::string mode = "liveness";
           liveness.arguments = std::span<const std::string>(&mode, 1);
           return agnhost(liveness);
         }},
    {.repository = "*/hello-app",
     .tags = "1.0 2.0",
     .sizeBytes = 6'000'000,
     .startupMs = 30,
     .ports = "8080",
     .portVariable = "PORT",
     .programs = "hello-app",
     .log = "Server listening on port 8080",
     .userland = Userland::None,
     .stopExitCode = 2,
     .answer = helloApp},
    {.repository = "*/node-hello",
     .tags = "1.0",
     .sizeBytes = 262'000'000,
     .startupMs = 500,
     .ports = "8080",
     .answer = helloNode},
    {.repository = "*/kubernetes-bootcamp",
     .tags = "v1 v2",
     .sizeBytes = 83'000'000,
     .startupMs = 500,
     .ports = "8080",
     .log = "Kubernetes Bootcamp App Started",
     .answer = bootcamp},
    {.repository = "registry.k8s.io/hpa-example",
     .tags = "latest",
     .sizeBytes = 160'000'000,
     .startupMs = 400,
     .ports = "80",
     .programs = "apache2-foreground",
     .answer = hpaExample},
    {.repository = "docker.io/hashicorp/http-echo",
     .tags = "latest alpine 0.1..2 1.0..0 1",
     .sizeBytes = 2'400'000,
     .startupMs = 20,
     .ports = "5678",
     .programs = "http-echo",
     .log = "Server is listening on :5678",
     .userland = Userland::None,
     .answer = httpEcho},
    {.repository = "docker.io/traefik/whoami",
     .tags = "latest v1.0..11",
     .sizeBytes = 2'700'000,
     .startupMs = 20,
     .ports = "80",
     .portVariable = "WHOAMI_PORT_NUMBER",
     .programs = "whoami",
     .userland = Userland::None,
     .stopExitCode = 2,
     .answer = whoami},
    {.repository = "docker.io/nginxdemos/hello",
     .tags = "latest plain-text 0.1..4",
     .variants = "plain-text",
     .sizeBytes = 18'000'000,
     .startupMs = 60,
     .ports = "80",
     .programs = "nginx",
     .answer =
         [](const ServerRequest& request) {
           return ServerAnswer{200, "Server address: " + std::string(request.podIp) +
                                        ":80\nServer name: " + std::string(request.pod) +
                                        "\nURI: " + std::string(request.path) + "\n"};
         }},
};

}  // namespace

std::span<const Image> exampleImages() { return kImages; }

}  // namespace pilothouse::kubelet
