#include <algorithm>

#include "web/describe.hpp"
#include "web/inspector.hpp"

namespace pilothouse::web {

namespace {

const Key kComponent = Key::intern("component");
const Key kName = Key::intern("name");
const Key kState = Key::intern("state");
const Key kPod = Key::intern("pod");

/// What the component is for, in a sentence; nothing for an unknown one.
std::optional<T> about(std::string_view kind) {
  if (kind == "kube-apiserver") return T::aboutApiServer;
  if (kind == "etcd") return T::aboutEtcd;
  if (kind == "kube-controller-manager") return T::aboutControllerManager;
  if (kind == "kube-scheduler") return T::aboutScheduler;
  if (kind == "coredns") return T::aboutDns;
  if (kind == "kubelet") return T::aboutKubelet;
  if (kind == "kube-proxy") return T::aboutProxy;
  if (kind == "containerd") return T::aboutRuntime;
  if (kind == "user") return T::aboutUser;
  return std::nullopt;
}

/// Containers as the runtime knows them, whatever etcd says.
void drawRuntimeContainers(Ui& ui, std::string_view node) {
  ui.w.gap(2);
  ui.w.caption(ui.t(T::containers), ui.colors().muted);
  const Value containers = ui.cluster().containers(node);
  if (containers.empty()) ui.w.paragraph(ui.t(T::none), ui.colors().muted);
  constexpr std::size_t kShown = 200;
  std::size_t shown = 0;
  for (const Value& container : containers.items()) {
    if (++shown > kShown) break;
    const std::string line =
        container[kName].toString() + "  " + container[kState].toString() + "  " + container[kPod].toString();
    ui.w.paragraph(line, 0, TextSize::Caption);
  }
}

/// Who it has spoken with last.
void drawRecentMessages(Ui& ui, ComponentId component) {
  ui.w.gap(2);
  ui.w.caption(ui.t(T::logTitle), ui.colors().muted);
  const auto& log = ui.world.flow().log();
  constexpr std::size_t kShown = 30;
  constexpr std::size_t kLookedAt = 2000;
  std::size_t shown = 0;
  std::size_t looked = 0;
  for (auto at = log.rbegin(); at != log.rend() && shown < kShown && looked < kLookedAt; ++at, ++looked) {
    const TraceRecord* record = ui.cluster().trace().find(*at);
    if (record == nullptr || (record->from != component && record->to != component)) continue;
    const std::string words = describe(*record, ui.cluster().network(), ui.language);
    Rect rect;
    if (ui.w.row("component.message." + std::to_string(static_cast<std::uint64_t>(*at)), words, false,
                 units(6), rect)) {
      Selection next = Selection::of(record->object);
      next.message = *at;
      ui.actions.push_back({.kind = Action::Kind::AskWhy, .selection = std::move(next)});
    }
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddCircleFilled({rect.min.x + units(2), rect.center().y}, 4,
                         ui.theme.message(record->kind, record->verb, record->code), 14);
    ui.w.textAt(draw, {rect.min.x + units(5), rect.center().y - pixels(TextSize::Caption) * 0.5F}, words,
                ui.colors().text, TextSize::Caption, rect.width() - units(6));
    ++shown;
  }
  if (shown == 0) ui.w.caption(ui.t(T::logEmptyList), ui.colors().muted);
}

}  // namespace

void drawComponent(Ui& ui) {
  const Network& network = ui.cluster().network();
  const auto id = network.find(ui.selection.name);
  if (!id) {
    ui.w.paragraph(ui.t(T::gone), ui.colors().muted);
    return;
  }
  const std::string_view kind = componentKind(ui.selection.name);
  const bool up = network.isUp(*id);
  if (kind != "user") {
    const Value arguments = Value::object({{kComponent, Value(ui.selection.name)}});
    if (up && ui.w.button("component.stop", ui.t(T::stopComponent), Look::Danger))
      ui.input("stop", arguments);
    if (!up && ui.w.button("component.start", ui.t(T::startComponent), Look::Primary))
      ui.input("start", arguments);
  }
  ImGui::BeginChild("component");
  if (const auto words = about(kind)) ui.w.paragraph(ui.t(*words));
  ui.w.gap(1);
  ui.w.field(ui.t(T::status), ui.t(up ? T::running : T::componentDown), kFieldName,
             up ? ui.colors().good : ui.colors().bad);
  ui.w.field(ui.t(T::host), network.host(*id), kFieldName);
  if (kind == "containerd") drawRuntimeContainers(ui, network.host(*id));
  drawRecentMessages(ui, *id);
  ImGui::EndChild();
}

}  // namespace pilothouse::web
