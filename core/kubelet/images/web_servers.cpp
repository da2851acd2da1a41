#include "core/kubelet/images/image_catalogue.hpp"

namespace pilothouse::kubelet {
namespace {

using Program = Image::Program;
using Userland = Image::Userland;

std::string_view pathOnly(std::string_view path) { return path.substr(0, path.find('?')); }

ServerAnswer nginx(const ServerRequest& request) {
  const std::string_view path = pathOnly(request.path);
  if (path != "/" && path != "/index.html") {
    return {404,
            "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not "
            "Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"};
  }
  return {
      200,
      "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n"
      "<h1>Welcome to nginx!</h1>\n<p>If you see this page, the nginx web server is successfully installed "
      "and\nworking. Further configuration is required.</p>\n\n<p><em>Thank you for using nginx.</em></p>\n"
      "</body>\n</html>"};
}

ServerAnswer httpd(const ServerRequest& request) {
  const std::string_view path = pathOnly(request.path);
  if (path != "/" && path != "/index.html") {
    return {
        404,
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n"
        "</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n"
        "</body></html>"};
  }
  return {200, "<html><body><h1>It works!</h1></body></html>"};
}

constexpr std::string_view kNginxLog =
    "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration\n"
    "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/\n"
    "/docker-entrypoint.sh: Configuration complete; ready for start up\n"
    "[notice] 1#1: using the \"epoll\" event method\n"
    "[notice] 1#1: start worker processes";

constexpr std::string_view kHttpdLog =
    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name\n"
    "[mpm_event:notice] AH00489: Apache/2.4 (Unix) configured -- resuming normal operations\n"
    "[core:notice] AH00094: Command line: 'httpd -D FOREGROUND'";

constexpr Image kImages[] = {
    {.repository = "docker.io/library/nginx",
     .tags = "latest stable mainline 1 1.7..29",
     .variants = "alpine slim perl otel bookworm bullseye buster stretch trixie",
     .sizeBytes = 72'295'909,
     .startupMs = 120,
     .ports = "80",
     .programs = "nginx docker-entrypoint.sh nginx-debug",
     .webRoot = "/usr/share/nginx/html",
     .log = kNginxLog,
     .answer = nginx},
    {.repository = "docker.io/nginxinc/nginx-unprivileged",
     .tags = "latest stable mainline 1 1.16..29",
     .variants = "alpine slim perl bookworm bullseye",
     .sizeBytes = 72'100'000,
     .startupMs = 120,
     .ports = "8080",
     .programs = "nginx docker-entrypoint.sh",
     .webRoot = "/usr/share/nginx/html",
     .log = kNginxLog,
     .answer = nginx},
    {.repository = "registry.k8s.io/nginx-slim",
     .tags = "0.1..30",
     .sizeBytes = 9'500'000,
     .startupMs = 100,
     .ports = "80",
     .programs = "nginx",
     .webRoot = "/usr/share/nginx/html",
     .log = kNginxLog,
     .answer = nginx},
    {.repository = "docker.io/bitnami/nginx",
     .sizeBytes = 54'000'000,
     .startupMs = 250,
     .ports = "8080",
     .programs = "nginx run.sh entrypoint.sh",
     .webRoot = "/usr/share/nginx/html",
     .log = kNginxLog,
     .answer = nginx},
    {.repository = "docker.io/library/httpd",
     .tags = "latest 2 2.2..4",
     .variants = "alpine bookworm bullseye trixie",
     .sizeBytes = 58'400'000,
     .startupMs = 150,
     .ports = "80",
     .programs = "httpd httpd-foreground",
     .webRoot = "/usr/local/apache2/htdocs",
     .log = kHttpdLog,
     .answer = httpd},
    {.repository = "docker.io/library/caddy",
     .tags = "latest 2 2.0..10",
     .variants = "alpine",
     .sizeBytes = 19'700'000,
     .startupMs = 100,
     .ports = "80 443",
     .programs = "caddy",
     .userland = Userland::Busybox},
    {.repository = "docker.io/library/haproxy",
     .tags = "latest lts 1.7..9 2.0..9 3.0..3",
     .variants = "alpine bookworm bullseye",
     .sizeBytes = 41'000'000,
     .programs = "haproxy docker-entrypoint.sh"},
    {.repository = "docker.io/library/traefik",
     .tags = "latest v1.7..7 v2.0..11 v3.0..5 1.7..7 2.0..11 3.0..5",
     .sizeBytes = 48'000'000,
     .ports = "80 8080",
     .programs = "traefik",
     .userland = Userland::Busybox},
    {.repository = "docker.io/library/tomcat",
     .tags = "latest 8..11",
     .variants = "jdk jre temurin slim jammy",
     .sizeBytes = 205'000'000,
     .startupMs = 3500,
     .ports = "8080",
     .programs = "catalina.sh",
     .stopExitCode = 143,
     .stopMs = 800},
    {.repository = "docker.io/library/wordpress",
     .tags = "latest 4..6",
     .variants = "apache php fpm alpine",
     .sizeBytes = 240'000'000,
     .startupMs = 1200,
     .ports = "80",
     .programs = "apache2-foreground docker-entrypoint.sh",
     .log = "WordPress not found in /var/www/html - copying now...\n"
            "Complete! WordPress has been successfully copied to /var/www/html"},
    {.repository = "docker.io/library/drupal",
     .tags = "latest 7..11",
     .variants = "apache php fpm alpine",
     .sizeBytes = 190'000'000,
     .startupMs = 900,
     .ports = "80"},
    {.repository = "docker.io/library/ghost",
     .tags = "latest 4..6",
     .variants = "alpine",
     .sizeBytes = 180'000'000,
     .startupMs = 3000,
     .ports = "2368"},
};

}  // namespace

std::span<const Image> webServerImages() { return kImages; }

}  // namespace pilothouse::kubelet
