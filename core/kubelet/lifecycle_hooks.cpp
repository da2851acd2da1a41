// Hooks of containers (pkg/kubelet/lifecycle/handlers.go).
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/pod_worker.hpp"
#include "core/value/go_quote.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kCommand = Key::intern("command");
const Key kExec = Key::intern("exec");
const Key kHost = Key::intern("host");
const Key kHttpGet = Key::intern("httpGet");
const Key kLifecycle = Key::intern("lifecycle");
const Key kPath = Key::intern("path");
const Key kPostStart = Key::intern("postStart");
const Key kScheme = Key::intern("scheme");
const Key kSeconds = Key::intern("seconds");
const Key kSleep = Key::intern("sleep");

constexpr SimDuration kHookTimeout = std::chrono::hours(1);

std::vector<std::string> wordsOf(const Value& command) {
  std::vector<std::string> words;
  for (const Value& word : command.items()) words.push_back(word.toString());
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

void PodWorker::postStart(std::size_t index) {
  stage_ = Stage::Hook;
  const Value& handler = records_[index].spec[kLifecycle][kPostStart];
  const RuntimeId container = records_[index].runtimeId;
  runHook(index, handler, kHookTimeout,
          [weak = weak(), index, container, epoch = epoch_](const std::string& error) {
            const auto self = weak.lock();
            if (self == nullptr || self->epoch_ != epoch) return;
            ContainerRecord& record = self->records_[index];
            if (record.runtimeId != container) return;
            if (error.empty()) return self->step();
            self->event(record, "Warning", "FailedPostStartHook", "PostStartHook failed");
            const std::string message = self->hookFailed(index, record.spec[kLifecycle][kPostStart], error);
            if (!record.running()) return self->startFailed(record, "PostStartHookError", message, "");
            record.stopping = true;
            self->event(record, "Normal", "Killing", "FailedPostStartHook");
            self->stopContainer(index, self->gracePeriod(), [weak, index, epoch, message] {
              const auto stopped = weak.lock();
              if (stopped == nullptr || stopped->epoch_ != epoch) return;
              stopped->startFailed(stopped->records_[index], "PostStartHookError", message, "");
            });
          });
}

void PodWorker::runHook(std::size_t index, const Value& handler, SimDuration timeout,
                        Function<void(std::string)> done) {
  const ContainerRecord& record = records_[index];
  if (const Value& exec = handler[kExec]; !exec.isNull()) {
    std::vector<std::string> words = wordsOf(exec[kCommand]);
    std::string line = joined(words);
    return context_.runtime.execSync(
        pod_, record.runtimeId, std::move(words), timeout,
        [done = std::move(done), line = std::move(line)](CriAnswer answer) mutable {
          if (answer.ok() && answer.number != 0) {
            answer.error =
                "command '" + line + "' exited with " + std::to_string(answer.number) + ": " + answer.output;
          }
          done(std::move(answer.error));
        });
  }
  if (const Value& sleep = handler[kSleep]; !sleep.isNull()) {
    const SimDuration wanted =
        std::chrono::seconds(std::clamp<std::int64_t>(sleep[kSeconds].asInt(), 0, 1 << 30));
    const bool cut = wanted > timeout;
    context_.simulator.after(cut ? timeout : wanted, [weak = weak(), cut, done = std::move(done)]() mutable {
      if (weak.lock() != nullptr) done(cut ? "container terminated before sleep hook finished" : "");
    });
    return;
  }
  const Value& get = handler[kHttpGet];
  if (get.isNull()) return done("invalid handler");
  const Value& host = get[kHost];
  std::string address = host.asString().empty() ? podIp_.toString() : host.toString();
  const std::int64_t port = portOf(record, get[keys::port]);
  std::string path = get[kPath].toString();
  if (path.empty() || path.front() != '/') path.insert(0, "/");
  const std::string target = address + ":" + std::to_string(port);
  const std::string scheme = get[kScheme].asString() == "HTTPS" ? "https" : "http";
  const std::string refused =
      "Get \"" + scheme + "://" + target + path + "\": dial tcp " + target + ": connect: connection refused";
  context_.runtime.probe(pod_, std::move(address), port, std::move(path), timeout,
                         [done = std::move(done), refused](ProbeAnswer answer) mutable {
                           done(answer.connected ? "" : refused);
                         });
}

// The words of handlerRunner.Run.
std::string PodWorker::hookFailed(std::size_t index, const Value& handler, const std::string& error) const {
  const std::string about = " for Container \"" + records_[index].spec[keys::name].toString() +
                            "\" in Pod \"" + podFullName() + "\" failed - error: " + error;
  if (const Value& exec = handler[kExec]; !exec.isNull()) {
    const std::size_t output = error.find(": ");
    const std::string said = error.rfind("command '", 0) == 0 && output != std::string::npos
                                 ? error.substr(output + 2)
                                 : std::string();
    return "Exec lifecycle hook ([" + joined(wordsOf(exec[kCommand])) + "])" + about +
           ", message: " + goQuote(said);
  }
  if (const Value& sleep = handler[kSleep]; !sleep.isNull()) {
    return "Sleep lifecycle hook (" + std::to_string(sleep[kSeconds].asInt()) + ")" + about;
  }
  if (const Value& get = handler[kHttpGet]; !get.isNull()) {
    return "HTTP lifecycle hook (" + get[kPath].toString() + ")" + about;
  }
  return "Cannot run handler: " + error;
}

}  // namespace pilothouse::kubelet
