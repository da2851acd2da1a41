// Files that containers have without anybody's doing: of the image, and those that kubelet and the runtime
// mount into every container.
#include <algorithm>

#include "core/kubelet/images/image_catalogue.hpp"
#include "core/kubelet/runtime/files.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr std::string_view kHosts =
    "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
    "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n";
constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/"
    "nologin\n";
constexpr std::string_view kDebianRelease =
    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
    "VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n"
    "HOME_URL=\"https://www.debian.org/\"\n";
constexpr std::string_view kAlpineRelease =
    "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.0\nPRETTY_NAME=\"Alpine Linux v3.22\"\n"
    "HOME_URL=\"https://alpinelinux.org/\"\n";
constexpr std::string_view kNginxSite =
    "server {\n    listen       80;\n    listen  [::]:80;\n    server_name  localhost;\n\n    location / {\n"
    "        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n\n"
    "    error_page   500 502 503 504  /50x.html;\n    location = /50x.html {\n"
    "        root   /usr/share/nginx/html;\n    }\n}\n";

struct Folder {
  std::string_view path;
  std::string_view names;  ///< separated by blanks
};
constexpr Folder kFolders[] = {
    {"/", "bin dev etc home lib media mnt opt proc root run sbin srv sys tmp usr var"},
    {"/dev", "fd full null random shm stderr stdin stdout tty urandom zero"},
    {"/etc", "group hostname hosts passwd resolv.conf"},
    {"/home", ""},
    {"/mnt", ""},
    {"/opt", ""},
    {"/proc", "1 cpuinfo loadavg meminfo mounts self stat uptime version"},
    {"/root", ""},
    {"/run", ""},
    {"/srv", ""},
    {"/sys", "block bus class dev devices fs kernel module power"},
    {"/tmp", ""},
    {"/usr", "bin lib local sbin share"},
    {"/usr/local", "bin lib sbin share"},
    {"/var", "cache lib log run spool tmp"},
    {"/var/log", ""},
};
constexpr Folder kNginxFolders[] = {
    {"/etc/nginx", "conf.d fastcgi_params mime.types modules nginx.conf scgi_params uwsgi_params"},
    {"/etc/nginx/conf.d", "default.conf"},
    {"/usr/share/nginx", "html"},
    {"/var/log/nginx", "access.log error.log"},
};

bool isNginx(const Image& image) { return image.programs.find("nginx") != std::string_view::npos; }

void split(std::string_view names, std::vector<std::string>& out) {
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(' '));
    out.emplace_back(name);
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
}

std::string_view release(const Image& image) {
  if (image.userland == Image::Userland::Debian) return kDebianRelease;
  const bool alpine = image.repository.find("alpine") != std::string_view::npos;
  return alpine ? kAlpineRelease : std::string_view();
}

// The page that the image's web server shows as long as nobody has put another there.
std::optional<std::string> webPage(const SystemView& view, std::string_view path) {
  const Image& image = *view.image;
  if (image.webRoot.empty() || image.answer == nullptr) return std::nullopt;
  if (path.substr(0, image.webRoot.size()) != image.webRoot) return std::nullopt;
  const std::string_view name = path.substr(image.webRoot.size());
  if (name != "/index.html") return std::nullopt;
  ServerRequest request;
  request.path = name;
  request.pod = view.hostname;
  request.podIp = view.podIp;
  return image.answer(request).body + "\n";
}

}  // namespace

std::optional<std::string> systemFile(const SystemView& view, std::string_view path) {
  if (view.image == nullptr) return std::nullopt;
  if (path == "/etc/hostname") return std::string(view.hostname) + "\n";
  if (path == "/etc/hosts") {
    return std::string(kHosts).append(view.podIp).append("\t").append(view.hostname).append("\n");
  }
  if (path == "/etc/resolv.conf") {
    return "search " + std::string(view.ns) +
           ".svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
  }
  if (path == "/etc/passwd") return std::string(kPasswd);
  if (path == "/etc/os-release" && !release(*view.image).empty()) return std::string(release(*view.image));
  if (path == "/etc/nginx/conf.d/default.conf" && isNginx(*view.image)) return std::string(kNginxSite);
  return webPage(view, path);
}

std::optional<std::vector<std::string>> systemFolder(const SystemView& view, std::string_view path) {
  if (view.image == nullptr) return std::nullopt;
  const Image& image = *view.image;
  std::vector<std::string> names;
  bool known = false;
  const auto look = [&](const Folder& folder) {
    if (folder.path != path) return;
    known = true;
    split(folder.names, names);
  };
  for (const Folder& folder : kFolders) look(folder);
  if (isNginx(image)) {
    for (const Folder& folder : kNginxFolders) look(folder);
    if (path == "/etc") names.emplace_back("nginx");
    if (path == "/var/log") names.emplace_back("nginx");
  }
  if (path == "/etc" && !release(image).empty()) names.emplace_back("os-release");
  if (path == image.webRoot) {
    known = true;
    names = {"50x.html", "index.html"};
  } else if (path != "/" && image.webRoot.substr(0, path.size()) == path &&
             image.webRoot.substr(path.size(), 1) == "/") {
    // A folder on the way to the web server's pages.
    known = true;
    const std::string_view rest = image.webRoot.substr(path.size() + 1);
    const std::string name(rest.substr(0, rest.find('/')));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return known ? std::optional(names) : std::nullopt;
}

}  // namespace pilothouse::kubelet
