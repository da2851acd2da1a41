#include "core/kubelet/log_stream.hpp"

#include <algorithm>
#include <utility>

namespace pilothouse::kubelet {
namespace {

const Key kFollow = Key::intern("follow");
const Key kLimitBytes = Key::intern("limitBytes");
const Key kSinceSeconds = Key::intern("sinceSeconds");
const Key kSinceTime = Key::intern("sinceTime");
const Key kTailLines = Key::intern("tailLines");
const Key kTimestamps = Key::intern("timestamps");

constexpr SimDuration kLeastPause = std::chrono::milliseconds(1);
constexpr std::int64_t kLongest = 100LL * 365 * 86400;

// RFC3339NanoFixed: 2026-01-01T00:00:05.000000123Z
std::string nanoTimestamp(SimTime when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when.time_since_epoch());
  const auto nanoseconds = (when.time_since_epoch() - whole).count();
  std::string text = timestamp(when).toString();
  std::string fraction = std::to_string(nanoseconds);
  fraction.insert(0, 9 - std::min<std::size_t>(fraction.size(), 9), '0');
  text.pop_back();
  return text + "." + fraction + "Z";
}

}  // namespace

LogOptions LogOptions::read(const Value& options, SimTime now) {
  LogOptions wanted;
  wanted.follow = options[kFollow].asBool();
  wanted.timestamps = options[kTimestamps].asBool();
  if (options[kTailLines].isInt()) wanted.tailLines = options[kTailLines].asInt();
  if (options[kLimitBytes].isInt()) wanted.limitBytes = options[kLimitBytes].asInt();
  if (options[kSinceSeconds].isInt()) {
    wanted.since = now - std::chrono::seconds(std::min(options[kSinceSeconds].asInt(), kLongest));
  }
  if (options[kSinceTime].isString()) wanted.since = parseTimestamp(options[kSinceTime].asString());
  return wanted;
}

LogStream::LogStream(std::shared_ptr<ContainerRuntime> runtime, RuntimeId container, LogOptions options,
                     Handler handler)
    : runtime_(std::move(runtime)), container_(container), options_(options), handler_(std::move(handler)) {}

LogStream::~LogStream() { stop(); }

void LogStream::stop() {
  over_ = true;
  runtime_->simulator().cancel(std::exchange(timer_, TimerId::None));
}

void LogStream::skipPast() { static_cast<void>(runtime_->readLog(container_, cursor_)); }

void LogStream::start() {
  const auto self = shared_from_this();
  if (options_.follow) runtime_->follow(container_, self);
  read(true);
  if (over_) return;
  if (!options_.follow || !runtime_->isRunning(container_)) return finish();
  goOn();
}

std::string LogStream::format(const shell::LogLine& line) const {
  return options_.timestamps ? nanoTimestamp(line.when) + " " + line.text + "\n" : line.text + "\n";
}

void LogStream::read(bool first) {
  std::vector<shell::LogLine> lines = runtime_->readLog(container_, cursor_);
  if (first && options_.tailLines && static_cast<std::int64_t>(lines.size()) > *options_.tailLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(*options_.tailLines));
  }
  std::string text;
  for (const shell::LogLine& line : lines) {
    if (options_.since && line.when < *options_.since) continue;
    text += format(line);
  }
  bool full = false;
  if (options_.limitBytes) {
    full = static_cast<std::int64_t>(text.size()) >= *options_.limitBytes;
    if (full) text.resize(static_cast<std::size_t>(*options_.limitBytes));
    *options_.limitBytes -= static_cast<std::int64_t>(text.size());
  }
  if (!text.empty() && handler_.text) handler_.text(std::move(text));
  if (full) finish();
}

void LogStream::goOn() {
  const SimTime next = runtime_->nextWord(container_);
  if (next == SimTime::max()) return;
  const SimTime soonest = runtime_->simulator().now() + kLeastPause;
  timer_ = runtime_->simulator().at(std::max(next, soonest), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr || self->over_) return;
    self->timer_ = {};
    self->read(false);
    if (!self->over_) self->goOn();
  });
}

void LogStream::containerSpoke() {
  const auto self = shared_from_this();
  if (!over_) read(false);
}

void LogStream::containerEnded() {
  const auto self = shared_from_this();
  if (over_) return;
  read(false);
  if (!over_) finish();
}

void LogStream::finish() {
  stop();
  const auto self = shared_from_this();
  auto ended = std::move(handler_.ended);
  handler_ = {};
  if (ended) ended();
}

}  // namespace pilothouse::kubelet
