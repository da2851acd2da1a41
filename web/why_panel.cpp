#include <algorithm>

#include "core/api/object.hpp"
#include "web/describe.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr std::size_t kRecent = 12;

/// Looks the chain up again when the question or, for an object's latest, the object changed.
void refresh(Ui& ui) {
  WhyState& s = ui.panels.why;
  const std::string target = ui.selection.target();
  const std::uint64_t version = ui.cluster().revision() + (ui.world.resets() << 48);
  if (s.target == target && s.message == ui.selection.message && s.version == version) return;
  s.target = target;
  s.message = ui.selection.message;
  s.version = version;
  s.chain.clear();
  s.recent.clear();
  if (ui.selection.kind == Selection::Kind::Object) {
    const Value object = ui.cluster().find(*ui.selection.resource, ui.selection.ns, ui.selection.name);
    const std::string_view uid = api::uid(object);
    if (!uid.empty()) s.recent = ui.cluster().trace().about(uid);
  }
  CauseId of = s.message;
  if (of == CauseId::None && !s.recent.empty()) of = s.recent.back();
  if (of != CauseId::None) s.chain = ui.cluster().trace().why(of);
}

/// One step of the chain: a dot on a line, and the words.
void drawStep(Ui& ui, const TraceRecord& record, std::string_view id, bool first, bool last, bool chosen) {
  const Palette& c = ui.colors();
  const float height = pixels(TextSize::Body);
  const std::string words = describe(record, ui.cluster().network(), ui.language);
  const std::string time = clockText(record.sent - kSimulationStart, true);
  const float wrap = std::max(units(10), ImGui::GetContentRegionAvail().x - units(10));
  const float tall =
      ui.w.wrapped(nullptr, {}, words, 0, TextSize::Body, wrap).y + pixels(TextSize::Caption) + units(3.5F);
  Rect rect;
  if (ui.w.row(id, words, chosen, tall, rect)) {
    Selection next = Selection::of(record.object);
    next.message = record.id;
    ui.actions.push_back({.kind = Action::Kind::AskWhy, .selection = std::move(next)});
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImU32 color = ui.theme.message(record.kind, record.verb, record.code);
  const ImVec2 dot{rect.min.x + units(4), rect.min.y + units(1.5F) + height * 0.5F};
  if (!first) draw.AddLine({dot.x, rect.min.y}, {dot.x, dot.y - 7}, c.borderStrong, 1.5F);
  if (!last) draw.AddLine({dot.x, dot.y + 7}, {dot.x, rect.max.y}, c.borderStrong, 1.5F);
  draw.AddCircleFilled(dot, 5, color, 16);
  const float left = rect.min.x + units(8);
  ui.w.wrapped(&draw, {left, rect.min.y + units(1.5F)}, words, c.text, TextSize::Body, wrap);
  ui.w.textAt(draw, {left, rect.max.y - pixels(TextSize::Caption) - units(1.25F)}, time, c.muted,
              TextSize::Caption, units(30));
}

}  // namespace

void drawWhy(Ui& ui) {
  refresh(ui);
  const WhyState& s = ui.panels.why;
  if (ui.selection.kind == Selection::Kind::Nothing && s.message == CauseId::None) {
    ui.w.paragraph(ui.t(T::whyHint), ui.colors().muted);
    return;
  }
  if (ui.selection.kind == Selection::Kind::Object) {
    ui.w.heading(std::string(ui.selection.resource->kind) + ' ' + ui.selection.name);
  }
  ImGui::BeginChild("why");
  if (s.chain.empty()) {
    ui.w.paragraph(ui.t(T::whyNothing), ui.colors().muted);
    ImGui::EndChild();
    return;
  }
  ui.w.caption(ui.t(T::whyTitle), ui.colors().muted);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  const TraceRecord& root = s.chain.back();
  if (root.cause != CauseId::None) {
    ui.w.caption(ui.t(T::whyForgotten), ui.colors().muted);
  } else if (root.kind != MessageKind::Input) {
    ui.w.caption(ui.t(T::whyTimer), ui.colors().muted);
  }
  for (std::size_t i = s.chain.size(); i-- > 0;) {
    drawStep(ui, s.chain[i], "why.step." + std::to_string(s.chain.size() - 1 - i), i + 1 == s.chain.size(),
             i == 0, i == 0);
  }
  if (s.recent.size() > 1) {
    ui.w.gap(3);
    ui.w.caption(ui.t(T::whyRecent), ui.colors().muted);
    const std::size_t count = std::min(kRecent, s.recent.size());
    for (std::size_t i = 0; i < count; ++i) {
      const TraceRecord* record = ui.cluster().trace().find(s.recent[s.recent.size() - 1 - i]);
      if (record != nullptr) {
        drawStep(ui, *record, "why.recent." + std::to_string(i), i == 0, i + 1 == count,
                 record->id == s.chain.front().id);
      }
    }
  }
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

}  // namespace pilothouse::web
