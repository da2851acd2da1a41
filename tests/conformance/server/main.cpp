// Serves a simulated cluster over HTTPS to kubectl and every other client of Kubernetes.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

#include "tests/conformance/server/arguments.hpp"
#include "tests/conformance/server/certificates.hpp"
#include "tests/conformance/server/connection.hpp"
#include "tests/conformance/server/front.hpp"
#include "tests/conformance/server/kubeconfig.hpp"
#include "tests/conformance/server/net.hpp"
#include "tests/conformance/server/tls.hpp"

namespace pilothouse::server {
namespace {

constexpr auto kTick = std::chrono::milliseconds(5);
constexpr auto kTickBudget = std::chrono::milliseconds(20);
constexpr auto kFarewell = std::chrono::seconds(1);

/// Accepts connections and lets virtual time pass, until a signal ends it.
class Server {
 public:
  Server(Engine& engine, const Certificates& certificates, std::uint16_t port)
      : front_(engine),
        tls_(makeTls(certificates)),
        acceptor_(context_, {asio::ip::address_v4::loopback(), port}),
        timer_(context_),
        signals_(context_, SIGINT, SIGTERM) {}

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void run() {
    accept();
    tick();
    signals_.async_wait([this](Error, int) { stop(); });
    context_.run();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](Error error, Tcp::socket socket) {
      if (stopped_) return;
      if (!error) serve(front_, tls_, std::move(socket));
      accept();
    });
  }

  void tick() {
    const bool more = front_.engine().advance(kTickBudget);
    timer_.expires_after(more ? std::chrono::milliseconds(0) : kTick);
    timer_.async_wait([this](Error) {
      if (!stopped_) tick();
    });
  }

  void stop() {
    stopped_ = true;
    acceptor_.close();
    timer_.cancel();
    front_.closeAll();
    context_.stop();
    context_.restart();
    context_.run_for(kFarewell);
  }

  asio::io_context context_{1};
  Front front_;
  asio::ssl::context tls_;
  Tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::signal_set signals_;
  bool stopped_ = false;
};

void announce(const Arguments& arguments, const std::string& kubeconfig, std::uint16_t port) {
  std::printf(
      "A simulated Kubernetes cluster (preset %s, seed %llu) is on https://127.0.0.1:%u\n"
      "and, as kubectl proxy has it, on http://127.0.0.1:%u\n"
      "  export KUBECONFIG=%s\n"
      "  kubectl get nodes\n",
      arguments.engine.preset.c_str(), static_cast<unsigned long long>(arguments.engine.seed), port, port,
      std::filesystem::absolute(kubeconfig).c_str());
  std::fflush(stdout);
}

int run(const Arguments& arguments) {
  const Certificates certificates = makeCertificates();
  const std::string folder = prepareFolder(arguments.state);
  Engine engine(arguments.engine);
  Server server(engine, certificates, arguments.port);
  writePrivateFile(folder + "/ca.crt", certificates.authority.certificate);
  writePrivateFile(folder + "/ca.key", certificates.authority.key);
  const std::string kubeconfig = arguments.kubeconfig.empty() ? folder + "/kubeconfig" : arguments.kubeconfig;
  writePrivateFile(kubeconfig, kubeconfigFor(certificates, server.port()));
  announce(arguments, kubeconfig, server.port());
  server.run();
  return 0;
}

}  // namespace
}  // namespace pilothouse::server

int main(int count, char** texts) {
  using namespace pilothouse::server;
  const Arguments arguments = parseArguments(count, texts);
  if (arguments.help || !arguments.error.empty()) {
    std::fputs(kUsage, arguments.help ? stdout : stderr);
    if (!arguments.error.empty()) std::fprintf(stderr, "pilothouse_api: %s\n", arguments.error.c_str());
    return arguments.help ? 0 : 2;
  }
  try {
    return run(arguments);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "pilothouse_api: %s\n", failure.what());
    return 1;
  }
}
