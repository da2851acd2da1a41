#include "core/kubelet/kubelet_server.hpp"

#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::kubelet {
namespace {

using apiserver::StreamId;

const Key kAttach = Key::intern("attach");
const Key kCauses = Key::intern("causes");
const Key kCommand = Key::intern("command");
const Key kContainer = Key::intern("container");
const Key kContainerId = Key::intern("containerID");
const Key kDetails = Key::intern("details");
const Key kExec = Key::intern("exec");
const Key kInitContainers = Key::intern("initContainers");
const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
const Key kLastState = Key::intern("lastState");
const Key kPrevious = Key::intern("previous");
const Key kRunning = Key::intern("running");
const Key kState = Key::intern("state");
const Key kStderr = Key::intern("stderr");
const Key kStdin = Key::intern("stdin");
const Key kStdinOnce = Key::intern("stdinOnce");
const Key kStdout = Key::intern("stdout");
const Key kTerminated = Key::intern("terminated");
const Key kTty = Key::intern("tty");
const Key kWaiting = Key::intern("waiting");

constexpr int kSwitchingProtocols = 101;
constexpr std::size_t kEarlyMax = 64 * 1024;
constexpr std::int64_t kMebibyte = 1024 * 1024;

const Value& named(const Value& list, std::string_view name) {
  static const Value none;
  for (const Value& item : list.items()) {
    if (item[keys::name].asString() == name) return item;
  }
  return none;
}

const Value& containerSpec(const Value& pod, std::string_view name) {
  const Value& regular = named(pod.get(keys::spec, keys::containers), name);
  return regular.isNull() ? named(pod.get(keys::spec, kInitContainers), name) : regular;
}

const Value& containerStatus(const Value& pod, std::string_view name) {
  const Value& regular = named(pod.get(keys::status, keys::containerStatuses), name);
  return regular.isNull() ? named(pod.get(keys::status, kInitContainerStatuses), name) : regular;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// Which container's log is meant, or why there is none (validateContainerLogStatus).
struct LogSource {
  std::string id;
  std::string error;
};

LogSource logSource(const Value& pod, const std::string& name, bool previous) {
  const Value& status = containerStatus(pod, name);
  const std::string where = "container " + quoted(name) + " in pod " + quoted(api::name(pod));
  if (status.isNull()) return {"", where + " is not available"};
  const Value& waiting = status[kState][kWaiting];
  const Value& terminated = status[kState][kTerminated];
  const Value& last = status[kLastState][kTerminated];
  if (previous) {
    if (last[kContainerId].asString().empty()) return {"", "previous terminated " + where + " not found"};
    return {last[kContainerId].toString(), ""};
  }
  if (!status[kState][kRunning].isNull()) return {status[kContainerId].toString(), ""};
  if (!terminated.isNull() || !last.isNull()) {
    for (const Value* ended : {&terminated, &last}) {
      if (!(*ended)[kContainerId].asString().empty()) return {(*ended)[kContainerId].toString(), ""};
    }
    return {"", where + " is terminated"};
  }
  const std::string reason = waiting[keys::reason].toString();
  if (waiting.isNull()) return {"", where + " is waiting to start - no logs yet"};
  if (reason == "ErrImagePull") return {"", where + " is waiting to start: image can't be pulled"};
  if (reason == "ImagePullBackOff") {
    return {"", where + " is waiting to start: trying and failing to pull image"};
  }
  return {"", where + " is waiting to start: " + reason};
}

Value success() { return Value::object({{keys::metadata, Value::emptyObject()}, {keys::status, "Success"}}); }

// What the runtime's streaming server tells of a command's end (remotecommand.ServeExec).
Value exitStatus(int code) {
  if (code == 0) return success();
  const std::string text = std::to_string(code);
  const Value cause = Value::object({{keys::message, text}, {keys::reason, "ExitCode"}});
  return Value::object(
      {{kDetails, Value::object({{kCauses, Value::array({cause})}})},
       {keys::message,
        "command terminated with non-zero exit code: command terminated with exit code " + text},
       {keys::metadata, Value::emptyObject()},
       {keys::reason, "NonZeroExitCode"},
       {keys::status, "Failure"}});
}

}  // namespace

KubeletServer::KubeletServer(Simulator& simulator, ComponentId self, RuntimeService& runtime,
                             SystemUsage system, FindPod findPod, Prepare prepare)
    : simulator_(simulator),
      self_(self),
      runtime_(runtime),
      system_(system),
      findPod_(std::move(findPod)),
      prepare_(std::move(prepare)) {}

KubeletServer::StreamPtr KubeletServer::find(StreamId id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? nullptr : at->second;
}

StreamId KubeletServer::connect(apiserver::Request request, apiserver::Responder respond,
                                apiserver::StreamSink sink) {
  const StreamId id = ++lastStream_;
  auto stream = std::make_shared<Stream>();
  stream->respond = std::move(respond);
  stream->sink = std::move(sink);
  stream->withStdin = request.body[kStdin].asBool();
  streams_.emplace(id, std::move(stream));
  const Value pod = findPod_(request.namespace_.asString(), request.name.asString());
  if (pod.isNull()) {
    const bool isLog = !(request.subresource == kExec) && !(request.subresource == kAttach);
    const std::string name = quoted(request.name.asString());
    refuse(id, 404, isLog ? "pod " + name + " does not exist" : "pod does not exist");
  } else if (request.subresource == kExec || request.subresource == kAttach) {
    prepare_(pod, [this, id, pod, request = std::move(request)] {
      if (find(id) == nullptr) return;
      return request.subresource == kExec ? openExec(id, request, pod) : openAttach(id, request, pod);
    });
  } else {
    openLog(id, request, pod);
  }
  return id;
}

void KubeletServer::accept(StreamId id, int code) {
  if (const StreamPtr stream = find(id)) stream->respond({code, Value(), {}});
}

void KubeletServer::refuse(StreamId id, int code, std::string text) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  streams_.erase(id);
  const api::Status status{code, "", std::move(text), {}};
  stream->respond({code, status.toValue(), {}});
}

void KubeletServer::finish(StreamId id, Value status) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  streams_.erase(id);
  stream->sink.close(std::move(status));
}

void KubeletServer::openLog(StreamId id, const apiserver::Request& request, const Value& pod) {
  const std::string name = request.body[kContainer].toString();
  if (containerSpec(pod, name).isNull()) {
    return refuse(id, 404, "container " + quoted(name) + " not found in pod " + quoted(api::name(pod)));
  }
  LogSource source = logSource(pod, name, request.body[kPrevious].asBool());
  if (!source.error.empty()) return refuse(id, 400, std::move(source.error));
  const RuntimeId container = runtime_.containers().findId(source.id);
  const LogOptions options = LogOptions::read(request.body, simulator_.now());
  runtime_.containerStatus(
      pod, container, [this, id, container, options, containerId = source.id](const CriAnswer& answer) {
        const StreamPtr stream = find(id);
        if (stream == nullptr) return;
        accept(id, 200);
        if (!answer.ok()) {
          stream->sink.send(apiserver::kStdoutChannel,
                            "unable to retrieve container logs for " + containerId);
          return finish(id, success());
        }
        stream->log = std::make_shared<LogStream>(
            runtime_.shared(), container, options,
            LogStream::Handler{[this, id](std::string text) {
                                 const StreamPtr open = find(id);
                                 if (open != nullptr)
                                   open->sink.send(apiserver::kStdoutChannel, std::move(text));
                               },
                               [this, id] { finish(id, success()); }});
        stream->log->start();
      });
}

ExecSession::Handler KubeletServer::handlerOf(StreamId id) {
  return {[this, id](int fd, std::string data) {
            const StreamPtr open = find(id);
            if (open != nullptr) open->sink.send(static_cast<std::uint8_t>(fd), std::move(data));
          },
          [this, id](int exitCode) {
            const StreamPtr open = find(id);
            finish(id, open != nullptr && open->main ? success() : exitStatus(exitCode));
          }};
}

void KubeletServer::openExec(StreamId id, const apiserver::Request& request, const Value& pod) {
  const std::string name = request.body[kContainer].toString();
  const Value& status = containerStatus(pod, name);
  if (status[kState][kRunning].isNull()) {
    return refuse(id, 500, "container not found (" + quoted(name) + ")");
  }
  ExecOptions options;
  for (const Value& word : request.body[kCommand].items()) options.command.push_back(word.toString());
  options.withStdin = request.body[kStdin].asBool();
  options.withStdout = request.body[kStdout].asBool();
  options.withStderr = request.body[kStderr].asBool();
  options.tty = request.body[kTty].asBool();
  std::vector<std::string> command = options.command;
  find(id)->session = std::make_shared<ExecSession>(std::move(options), handlerOf(id));
  const RuntimeId container = runtime_.containers().findId(status[kContainerId].asString());
  runtime_.exec(pod, container, std::move(command), [this, id, container](const CriAnswer& answer) {
    const StreamPtr open = find(id);
    if (open == nullptr) return;
    if (answer.error.rfind("rpc error", 0) == 0) return refuse(id, 500, answer.error);
    accept(id, kSwitchingProtocols);
    if (!answer.ok()) {
      return finish(
          id, api::Status::internalError("error executing command in container: " + answer.error).toValue());
    }
    open->started = true;
    runtime_.containers().startExec(container, open->session);
    if (!open->early.empty()) open->session->input(std::exchange(open->early, ""));
    if (open->stdinEnded) open->session->endInput();
  });
}

void KubeletServer::openAttach(StreamId id, const apiserver::Request& request, const Value& pod) {
  const std::string name = request.body[kContainer].toString();
  const Value& status = containerStatus(pod, name);
  if (status[kState][kRunning].isNull()) {
    return refuse(id, 500,
                  "container " + name + " not found in pod " + std::string(api::name(pod)) + "_" +
                      std::string(api::namespaceOf(pod)));
  }
  find(id)->stdinOnce = containerSpec(pod, name)[kStdinOnce].asBool();
  const RuntimeId container = runtime_.containers().findId(status[kContainerId].asString());
  runtime_.attach(pod, container, [this, id, container](const CriAnswer& answer) {
    if (find(id) == nullptr) return;
    if (!answer.ok()) return refuse(id, 500, answer.error);
    accept(id, kSwitchingProtocols);
    attached(id, container);
  });
}

void KubeletServer::attached(StreamId id, RuntimeId container) {
  const StreamPtr stream = find(id);
  ContainerRuntime& runtime = runtime_.containers();
  stream->session = runtime.mainSession(container);
  if (stream->session != nullptr) {
    stream->main = true;
    stream->started = true;
    stream->session->setHandler(handlerOf(id));
    runtime.startMain(container);
    if (!stream->early.empty()) stream->session->input(std::exchange(stream->early, ""));
    if (stream->stdinEnded && stream->stdinOnce) stream->session->endInput();
    return;
  }
  LogOptions options;
  options.follow = true;
  stream->log = std::make_shared<LogStream>(runtime_.shared(), container, options,
                                            LogStream::Handler{[this, id](std::string text) {
                                                                 const StreamPtr open = find(id);
                                                                 if (open != nullptr)
                                                                   open->sink.send(apiserver::kStdoutChannel,
                                                                                   std::move(text));
                                                               },
                                                               [this, id] { finish(id, success()); }});
  stream->log->skipPast();
  stream->log->start();
}

void KubeletServer::sendToStream(StreamId id, std::uint8_t channel, std::string data) {
  const StreamPtr stream = find(id);
  if (stream == nullptr || channel != apiserver::kStdinChannel || !stream->withStdin) return;
  if (stream->started) return stream->session->input(data);
  if (stream->early.size() < kEarlyMax) stream->early += data;
}

void KubeletServer::endStdin(StreamId id) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  stream->stdinEnded = true;
  if (stream->started && (!stream->main || stream->stdinOnce)) stream->session->endInput();
}

void KubeletServer::closeStream(StreamId id) {
  const StreamPtr stream = find(id);
  if (stream == nullptr) return;
  streams_.erase(id);
  if (stream->log != nullptr) stream->log->stop();
  if (stream->session == nullptr) return;
  stream->session->hangUp();
  if (stream->main && stream->stdinOnce) stream->session->endInput();
}

void KubeletServer::stop() {
  const auto streams = std::exchange(streams_, {});
  for (const auto& [id, stream] : streams) {
    if (stream->log != nullptr) stream->log->stop();
    if (stream->session != nullptr) stream->session->hangUp();
    stream->sink.close(Value());
  }
}

apiserver::ResourceMetrics KubeletServer::resourceMetrics() {
  apiserver::ResourceMetrics metrics;
  const SimTime now = simulator_.now();
  metrics.when = now;
  const ContainerRuntime& runtime = runtime_.containers();
  SimDuration cpu = runtime.endedCpu() + (now - started_) / 1000 * system_.cpuMilli;
  std::int64_t memory = system_.memoryMi * kMebibyte;
  for (const auto& [id, container] : runtime.containers()) {
    const auto sandbox = runtime.sandboxes().find(container.sandbox);
    if (container.state != ContainerRuntime::State::Running || sandbox == runtime.sandboxes().end()) continue;
    const ContainerRuntime::Usage used = runtime.usage(container);
    cpu += used.cpu;
    memory += used.memoryBytes;
    metrics.containers.push_back({sandbox->second.ns,
                                  sandbox->second.name,
                                  container.spec[keys::name],
                                  {static_cast<std::uint64_t>(used.cpu.count()),
                                   static_cast<std::uint64_t>(used.memoryBytes), container.started}});
  }
  metrics.node = {static_cast<std::uint64_t>(cpu.count()), static_cast<std::uint64_t>(memory), started_};
  return metrics;
}

}  // namespace pilothouse::kubelet
