#include <algorithm>

#include "core/api/object.hpp"
#include "core/value/document.hpp"
#include "web/describe.hpp"
#include "web/inspector.hpp"
#include "web/scene_painter.hpp"

namespace pilothouse::web {

namespace {

const Key kRestartCount = Key::intern("restartCount");
const Key kState = Key::intern("state");
const Key kWaiting = Key::intern("waiting");
const Key kRunning = Key::intern("running");
const Key kTerminated = Key::intern("terminated");
const Key kTargetPort = Key::intern("targetPort");
const Key kNodePort = Key::intern("nodePort");
const Key kContainer = Key::intern("container");
const Key kPod = Key::intern("pod");
const Key kUrl = Key::intern("url");
const Key kLastApplied = Key::intern("kubectl.kubernetes.io/last-applied-configuration");
constexpr std::size_t kListMax = 64;

std::string scalarText(const Value& value) {
  if (value.isString()) return value.toString();
  if (value.isBool()) return value.asBool() ? "true" : "false";
  if (value.isInt()) return std::to_string(value.asInt());
  return {};
}

/// "app=web, tier=front".
std::string pairs(const Value& object) {
  std::string out;
  const auto names = object.memberKeys();
  const auto values = object.memberValues();
  for (std::size_t i = 0; i < names.size() && i < kListMax; ++i) {
    if (!out.empty()) out += ", ";
    out += std::string(names[i].text()) + '=' + scalarText(values[i]);
  }
  return out;
}

void drawOwner(Ui& ui, const Value& object) {
  const Value& owner = api::controllerOf(object);
  if (owner.isNull()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ui.w.textAt(*ImGui::GetWindowDrawList(), at, ui.t(T::controlledBy), ui.colors().muted, TextSize::Body,
              kFieldName - units(2));
  ImGui::SetCursorScreenPos({at.x + kFieldName, at.y});
  const std::string label = owner[keys::kind].toString() + ' ' + owner[keys::name].toString();
  if (ui.w.link("inspector.owner", label)) {
    Selection next = Selection::of(owner);
    next.ns = ui.selection.ns;
    ui.select(std::move(next));
  }
}

std::string containerState(Ui& ui, const Value& status) {
  const Value& state = status[kState];
  if (!state[kWaiting].isNull()) return state[kWaiting][keys::reason].toString();
  if (!state[kTerminated].isNull()) return state[kTerminated][keys::reason].toString();
  if (!state[kRunning].isNull()) return std::string(ui.t(T::running));
  return {};
}

void drawContainer(Ui& ui, const Value& container, const Value& status) {
  const Palette& c = ui.colors();
  const std::string name = container[keys::name].toString();
  ui.w.gap(1);
  ui.w.separator();
  ui.w.heading(name, TextSize::Body);
  ui.w.field(ui.t(T::image), container[keys::image].asString(), kFieldName);
  const std::string state = containerState(ui, status);
  const bool running = !status[kState][kRunning].isNull();
  const Value& waiting = status[kState][kWaiting];
  ui.w.field(ui.t(T::status), state.empty() ? ui.t(T::none) : std::string_view(state), kFieldName,
             running ? c.good : c.warning);
  if (!waiting[keys::message].asString().empty())
    ui.w.caption(waiting[keys::message].asString().substr(0, 500), c.muted);
  ui.w.field(ui.t(T::restarts), std::to_string(status[kRestartCount].asInt()), kFieldName);
  if (!running) return;
  if (ui.w.button("container.kill." + name, ui.t(T::killContainer), Look::Danger)) {
    ui.input("killContainer", Value::object({{keys::namespace_, Value(ui.selection.ns)},
                                             {kPod, Value(ui.selection.name)},
                                             {kContainer, Value(name)}}));
  }
  if (ImGui::IsItemHovered()) ui.w.tooltip(ui.t(T::killContainerHint));
}

void drawPod(Ui& ui, const Value& pod) {
  const PodState state = podState(pod);
  ui.w.field(ui.t(T::status), ui.t(stateText(state)), kFieldName, ui.theme.state(state));
  const std::string node = pod.get(keys::spec, keys::nodeName).toString();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (!node.empty()) {
    ui.w.textAt(*ImGui::GetWindowDrawList(), at, ui.t(T::node), ui.colors().muted, TextSize::Body,
                kFieldName - units(2));
    ImGui::SetCursorScreenPos({at.x + kFieldName, at.y});
    if (ui.w.link("inspector.node", node)) ui.select(Selection::object(api::resources::nodes, "", node));
  }
  const std::string_view ip = pod.get(keys::status, keys::podIP).asString();
  if (!ip.empty()) ui.w.field(ui.t(T::podIp), ip, kFieldName);
  const auto statuses = pod.get(keys::status, keys::containerStatuses).items();
  const Value none;
  for (const Value& container : pod.get(keys::spec, keys::containers).items()) {
    const auto same = std::find_if(statuses.begin(), statuses.end(),
                                   [&](const Value& s) { return s[keys::name] == container[keys::name]; });
    drawContainer(ui, container, same == statuses.end() ? none : *same);
  }
}

void drawReplicas(Ui& ui, const Value& object) {
  const Value& status = object[keys::status];
  const std::int64_t desired = object.get(keys::spec, keys::replicas).asInt(1);
  const bool deployment = ui.selection.resource == &api::resources::deployments;
  const Value& updated = deployment ? status[keys::updatedReplicas] : status[keys::replicas];
  const bool whole = status[keys::readyReplicas].asInt() == desired;
  ui.w.field(
      ui.t(T::replicas),
      ui.t(T::replicasOf, {std::to_string(desired), std::to_string(status[keys::readyReplicas].asInt()),
                           std::to_string(updated.asInt())}),
      kFieldName, whole ? ui.colors().good : ui.colors().warning);
  const std::string strategy = object.get(keys::spec, keys::strategy, keys::type).toString();
  if (!strategy.empty()) ui.w.field(ui.t(T::strategy), strategy, kFieldName);
  ui.w.field(ui.t(T::selector), pairs(object.get(keys::spec, keys::selector, keys::matchLabels)), kFieldName);
}

void drawRequest(Ui& ui, const Value& service) {
  InspectorState& s = ui.panels.inspector;
  const auto ports = service.get(keys::spec, keys::ports).items();
  if (s.url.empty()) {
    s.url = "http://" + ui.selection.name + '.' + ui.selection.ns + ".svc.cluster.local";
    const std::int64_t port = ports.empty() ? 80 : ports[0][keys::port].asInt(80);
    if (port != 80) s.url += ':' + std::to_string(port);
    s.url += '/';
  }
  ui.w.gap(2);
  ui.w.caption(ui.t(T::requestUrl), ui.colors().muted);
  bool submitted = false;
  ui.w.textField("service.url", ui.t(T::requestUrl), "http://…", s.url, ImGui::GetContentRegionAvail().x,
                 &submitted);
  if (ui.w.button("service.request", ui.t(T::sendRequest), Look::Primary) || submitted) {
    s.request = ui.world.input(Key::intern("request"), Value::object({{kUrl, Value(s.url)}}));
    ui.pending.push_back({s.request, 0});
  }
  const cluster::InputResult* result = s.request != 0 ? ui.cluster().result(s.request) : nullptr;
  if (result == nullptr) return;
  for (const cluster::Message& message : result->messages) {
    ui.w.paragraph(message.text.substr(0, 4000), message.error ? ui.colors().bad : 0);
  }
  if (!result->finished) ui.w.caption(ui.t(T::resultsWaiting), ui.colors().muted);
}

void drawService(Ui& ui, const Value& service) {
  ui.w.field("clusterIP", service.get(keys::spec, keys::clusterIP).asString(), kFieldName);
  std::string ports;
  for (const Value& port : service.get(keys::spec, keys::ports)
                               .items()
                               .first(std::min(kListMax, service.get(keys::spec, keys::ports).size()))) {
    if (!ports.empty()) ports += ", ";
    ports += std::to_string(port[keys::port].asInt()) + " → " + scalarText(port[kTargetPort]);
    if (port[kNodePort].asInt() != 0) ports += " (nodePort " + std::to_string(port[kNodePort].asInt()) + ')';
  }
  ui.w.field(ui.t(T::portsLabel), ports, kFieldName);
  ui.w.field(ui.t(T::selector), pairs(service.get(keys::spec, keys::selector)), kFieldName);
  const auto& all = ui.world.view().services();
  const auto found = all.find(ui.selection.ns + '/' + ui.selection.name);
  if (found != all.end()) {
    ui.w.field(ui.t(T::endpoints), std::to_string(found->second.ready), kFieldName,
               found->second.ready > 0 ? ui.colors().good : ui.colors().warning);
  }
  drawRequest(ui, service);
}

void drawNode(Ui& ui, const Value& node) {
  const NodeView* view = ui.world.view().node(ui.selection.name);
  ui.w.field(ui.t(T::podsLabel), std::to_string(view != nullptr ? view->pods.size() : 0), kFieldName);
  ui.w.field(ui.t(T::capacityLabel), pairs(node.get(keys::status, keys::capacity)), kFieldName);
  if (view == nullptr) return;
  ui.w.gap(1);
  for (std::size_t i = 0; i < std::min(kListMax, view->pods.size()); ++i) {
    const PodView& pod = *view->pods[i];
    Rect rect;
    const std::string name = pod.name.toString();
    if (ui.w.row("node.pod." + pod.ns.toString() + '/' + name, name, false, units(7), rect)) {
      ui.select(Selection::object(api::resources::pods, pod.ns.asString(), name));
    }
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    drawPodState(draw, pod.state, {rect.min.x + units(3), rect.center().y}, 7, ui.theme.state(pod.state),
                 ui.colors().surface);
    ui.w.textAt(draw, {rect.min.x + units(6.5F), rect.center().y - pixels(TextSize::Body) * 0.5F}, name,
                ui.colors().text, TextSize::Body, rect.width() - units(8));
  }
}

void drawConditions(Ui& ui, const Value& object) {
  const auto conditions = object.get(keys::status, keys::conditions).items();
  if (conditions.empty()) return;
  ui.w.gap(2);
  ui.w.separator();
  ui.w.caption(ui.t(T::conditions), ui.colors().muted);
  for (const Value& condition : conditions.first(std::min(kListMax, conditions.size()))) {
    std::string value = condition[keys::status].toString();
    const std::string_view reason = condition[keys::reason].asString();
    const std::string_view message = condition[keys::message].asString();
    if (!reason.empty()) value += " · " + std::string(reason);
    ui.w.field(condition[keys::type].asString(), value, 150);
    if (!message.empty()) ui.w.caption(message.substr(0, 400), ui.colors().muted);
  }
}

}  // namespace

void drawSummary(Ui& ui, const Value& object) {
  const api::Resource* resource = ui.selection.resource;
  if (!ui.selection.ns.empty()) ui.w.field(ui.t(T::namespaceLabel), ui.selection.ns, kFieldName);
  ui.w.field(ui.t(T::age), ageSince(api::meta(object)[keys::creationTimestamp], ui.simNow()), kFieldName);
  drawOwner(ui, object);
  const std::string labels = pairs(api::labels(object));
  if (!labels.empty()) ui.w.field(ui.t(T::labels), labels, kFieldName);
  if (resource == &api::resources::pods) drawPod(ui, object);
  if (resource == &api::resources::deployments || resource == &api::resources::replicaSets)
    drawReplicas(ui, object);
  if (resource == &api::resources::services) drawService(ui, object);
  if (resource == &api::resources::nodes) drawNode(ui, object);
  drawConditions(ui, object);
}

void drawObjectActions(Ui& ui, const Value& object) {
  const api::Resource* resource = ui.selection.resource;
  const bool scales = resource == &api::resources::deployments || resource == &api::resources::replicaSets;
  if (ui.w.button("object.why", ui.t(T::askWhy))) {
    ui.actions.push_back({.kind = Action::Kind::AskWhy, .selection = ui.selection});
  }
  const auto nextTo = [&](std::string_view label) {
    ImGui::SameLine();
    if (ImGui::GetContentRegionAvail().x < ui.w.buttonWidth(label)) ImGui::NewLine();
  };
  if (scales) {
    const std::int64_t replicas = object.get(keys::spec, keys::replicas).asInt(1);
    const auto scale = [&](std::int64_t to) {
      ui.input("scale", objectArguments(ui.selection).with(keys::replicas, Value(to)));
    };
    ImGui::SameLine();
    if (ui.w.iconButton("object.scaleDown", Icon::Minus, ui.t(T::scaleDown), false, replicas > 0))
      scale(replicas - 1);
    ImGui::SameLine();
    if (ui.w.iconButton("object.scaleUp", Icon::Plus, ui.t(T::scaleUp))) scale(replicas + 1);
  }
  const std::string applied = api::annotations(object)[kLastApplied].toString();
  if (!applied.empty()) {
    nextTo(ui.t(T::openInEditor));
    if (ui.w.button("object.edit", ui.t(T::openInEditor))) {
      const Documents read = readJson(applied);
      if (!read.documents.empty()) {
        ui.actions.push_back({.kind = Action::Kind::OpenManifest,
                              .name = ui.selection.name + ".yaml",
                              .text = writeYaml(read.documents.front().value)});
      }
    }
    if (ImGui::IsItemHovered()) ui.w.tooltip(ui.t(T::openInEditorHint));
  }
  nextTo(ui.t(T::deleteObject));
  if (ui.w.button("object.delete", ui.t(T::deleteObject), Look::Danger))
    ui.input("delete", objectArguments(ui.selection));
}

}  // namespace pilothouse::web
