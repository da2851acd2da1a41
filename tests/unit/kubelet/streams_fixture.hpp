#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/apiserver/kubelet_connector.hpp"
#include "tests/unit/kubelet/kubelet_fixture.hpp"

namespace pilothouse::kubelet {

/// A person with kubectl logs, exec and attach, against a node.
struct StreamsFixture : NodeFixture, apiserver::KubeletConnector {
  StreamsFixture() { server.setKubelets(*this); }
  ~StreamsFixture() override {
    for (const auto& session : sessions) session->stream.reset();
  }
  apiserver::KubeletApi* kubeletAt(std::string_view address) override {
    return address == "172.18.0.3" ? &kubelet->api() : nullptr;
  }

  /// What the person sees of one stream.
  struct Session {
    apiserver::Response started;
    bool answered = false;
    std::string out;
    std::string err;
    Value status;
    bool closed = false;
    std::unique_ptr<client::Client::Stream> stream;

    [[nodiscard]] std::string message() const {
      return (answered && !started.ok() ? started.body : status)[keys::message].toString();
    }
    /// The command's exit code as kubectl finds it: -1 while it runs or when it is none.
    [[nodiscard]] int exitCode() const {
      if (status[keys::status].asString() == "Success") return 0;
      if (status[keys::reason].asString() != "NonZeroExitCode") return -1;
      const Value& cause = status["details"]["causes"].item(0);
      CHECK(cause[keys::reason].asString() == "ExitCode");
      return std::stoi(cause[keys::message].toString());
    }
    void type(std::string_view text) { stream->send(0, std::string(text)); }
  };

  std::vector<std::shared_ptr<Session>> sessions;

  std::shared_ptr<Session> open(std::string_view pod, std::string_view subresource, Value body) {
    auto session = std::make_shared<Session>();
    sessions.push_back(session);
    apiserver::Request made = request(apiserver::Verb::Get, api::resources::pods, pod);
    made.subresource = Key::intern(subresource);
    made.body = std::move(body);
    session->stream =
        person.connect(std::move(made), {[session](apiserver::Response response) {
                                           CHECK_FALSE(session->answered);
                                           session->answered = true;
                                           session->started = std::move(response);
                                         },
                                         [session](std::uint8_t channel, const std::string& data) {
                                           CHECK(session->answered);
                                           (channel == 2 ? session->err : session->out) += data;
                                         },
                                         [session](const Value& status) {
                                           CHECK_FALSE(session->closed);
                                           session->closed = true;
                                           session->status = status;
                                         }});
    return session;
  }

  static Value options(std::string_view yaml) {
    const Documents read = readYaml(yaml);
    REQUIRE_FALSE(read.error);
    return read.documents.empty() ? Value::emptyObject() : read.documents.front().value;
  }

  std::shared_ptr<Session> logs(std::string_view pod, std::string_view yaml = "{}") {
    auto session = open(pod, "log", options(yaml));
    run(std::chrono::milliseconds(100));
    return session;
  }
  static Value execOptions(std::vector<std::string> command, bool stdin = false, bool tty = false) {
    std::vector<Value> words(command.begin(), command.end());
    return Value::object({{Key::intern("command"), Value::array(words)},
                          {Key::intern("stdin"), stdin},
                          {Key::intern("stdout"), true},
                          {Key::intern("stderr"), !tty},
                          {Key::intern("tty"), tty}});
  }
  std::shared_ptr<Session> exec(std::string_view pod, std::vector<std::string> command,
                                SimDuration wait = std::chrono::milliseconds(200)) {
    auto session = open(pod, "exec", execOptions(std::move(command)));
    run(wait);
    return session;
  }
};

}  // namespace pilothouse::kubelet
