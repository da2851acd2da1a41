#include "tests/conformance/server/kubeconfig.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "core/value/document.hpp"

namespace pilothouse::server {
namespace {

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

[[noreturn]] void failed(const std::string& path) {
  throw std::runtime_error(path + ": " + std::strerror(errno));
}

Key key(std::string_view name) { return Key::intern(name); }

}  // namespace

std::string kubeconfigFor(const Certificates& certificates, std::uint16_t port) {
  const Value cluster =
      Value::object({{key("certificate-authority-data"), base64(certificates.authority.certificate)},
                     {key("server"), "https://127.0.0.1:" + std::to_string(port)}});
  const Value user =
      Value::object({{key("client-certificate-data"), base64(certificates.administrator.certificate)},
                     {key("client-key-data"), base64(certificates.administrator.key)}});
  const Value context = Value::object({{key("cluster"), "pilothouse"}, {key("user"), "kubernetes-admin"}});
  const auto named = [](const char* name, const char* what, const Value& value) {
    return Value::array({Value::object({{key("name"), name}, {key(what), value}})});
  };
  return writeYaml(Value::object({{key("apiVersion"), "v1"},
                                  {key("kind"), "Config"},
                                  {key("clusters"), named("pilothouse", "cluster", cluster)},
                                  {key("contexts"), named("pilothouse", "context", context)},
                                  {key("current-context"), "pilothouse"},
                                  {key("preferences"), Value::emptyObject()},
                                  {key("users"), named("kubernetes-admin", "user", user)}}));
}

void writePrivateFile(const std::string& path, std::string_view content) {
  // A new file beside it and a rename: a reader sees the old one or the new one.
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) failed(fresh);
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      ::close(file);
      failed(fresh);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(file) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0) failed(path);
}

std::string prepareFolder(const std::string& path) {
  if (path.empty()) {
    const char* temporary = std::getenv("TMPDIR");
    std::string folder =
        std::string(temporary != nullptr && *temporary != '\0' ? temporary : "/tmp") + "/pilothouse-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) failed(folder);
    return folder;
  }
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw std::runtime_error(path + ": " + error.message());
  if (::chmod(path.c_str(), 0700) != 0) failed(path);
  return path;
}

}  // namespace pilothouse::server
