// What a container leaves to be read after its end (kuberuntime getTerminationMessage).
#include "core/api/keys.hpp"
#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kTerminationMessagePath = Key::intern("terminationMessagePath");
const Key kTerminationMessagePolicy = Key::intern("terminationMessagePolicy");

constexpr std::string_view kDefaultPath = "/dev/termination-log";
constexpr std::size_t kMessageMax = 4096;
constexpr std::size_t kLogLines = 80;
constexpr std::size_t kLogMax = 2048;

}  // namespace

Value ContainerRuntime::terminationMessage(const Container& container) const {
  const auto sandbox = sandboxes_.find(container.sandbox);
  if (sandbox == sandboxes_.end()) return {};
  if (sandbox->second.files != nullptr) {
    const Value& path = container.spec[kTerminationMessagePath];
    const ContainerFiles files(sandbox->second.files.get(), container.spec);
    const auto text = files.read(path.isNull() ? kDefaultPath : path.asString());
    if (text && !text->empty()) return Value(text->substr(0, kMessageMax));
  }
  const bool fallsBack = container.spec[kTerminationMessagePolicy].asString() == "FallbackToLogsOnError";
  if (!fallsBack || container.exitCode == 0) return {};
  LogCursor cursor;
  const auto lines = logOf(container, cursor);
  std::string text;
  for (std::size_t i = lines.size() > kLogLines ? lines.size() - kLogLines : 0; i < lines.size(); ++i) {
    text += lines[i].text + "\n";
  }
  if (text.empty()) return {};
  return Value(text.size() > kLogMax ? text.substr(text.size() - kLogMax) : text);
}

}  // namespace pilothouse::kubelet
