#include <algorithm>

#include "core/value/document.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

constexpr std::size_t kKeysMax = 2000;

/// Reads the keys again only when something was written.
void refresh(Ui& ui) {
  EtcdState& s = ui.panels.etcd;
  const std::uint64_t revision = ui.cluster().revision();
  if (s.revision == revision && s.loadedPrefix == s.prefix && s.resets == ui.world.resets()) return;
  s.revision = revision;
  s.loadedPrefix = s.prefix;
  s.resets = ui.world.resets();
  s.entries = ui.cluster().etcd(s.prefix, kKeysMax);
}

const cluster::Cluster::EtcdEntry* chosen(const EtcdState& s) {
  const auto found =
      std::find_if(s.entries.begin(), s.entries.end(), [&](const auto& entry) { return entry.key == s.key; });
  return found == s.entries.end() ? nullptr : &*found;
}

void drawKey(Ui& ui, const cluster::Cluster::EtcdEntry& entry) {
  EtcdState& s = ui.panels.etcd;
  const Palette& c = ui.colors();
  Rect rect;
  if (ui.w.row("etcd." + entry.key, entry.key, entry.key == s.key, units(7), rect)) s.key = entry.key;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const std::string number = std::to_string(entry.modRevision);
  const float numberWidth = Fonts::measure(ui.fonts.mono(), pixels(TextSize::Caption), number).x;
  const float y = rect.center().y - pixels(TextSize::Caption) * 0.5F;
  // What was written lately stands out.
  const std::uint64_t past = s.revision > entry.modRevision ? s.revision - entry.modRevision : 0;
  const float fresh = past < 12 ? 1 - toFloat(past) / 12 : 0;
  if (fresh > 0) {
    draw.AddRectFilled({rect.min.x, rect.min.y + 5}, {rect.min.x + 3, rect.max.y - 5},
                       withAlpha(c.messages[5], fresh), 2);
  }
  ui.w.textAt(draw, {rect.min.x + units(2), y}, entry.key, c.text, TextSize::Caption,
              rect.width() - numberWidth - units(7), true);
  ui.w.textAt(draw, {rect.max.x - numberWidth - units(2), y}, number, fresh > 0 ? c.messages[5] : c.muted,
              TextSize::Caption, numberWidth + 1, true);
}

void drawValue(Ui& ui) {
  EtcdState& s = ui.panels.etcd;
  const cluster::Cluster::EtcdEntry* entry = chosen(s);
  if (entry == nullptr) {
    ui.w.caption(ui.t(s.key.empty() ? T::etcdChoose : T::gone), ui.colors().muted);
    return;
  }
  ui.w.caption(ui.t(T::etcdVersion, {std::to_string(entry->createRevision),
                                     std::to_string(entry->modRevision), std::to_string(entry->version)}),
               ui.colors().muted);
  if (s.valueRevision != entry->modRevision || s.valueKey != entry->key) {
    s.valueRevision = entry->modRevision;
    s.valueKey = entry->key;
    s.value.setText(writeYaml(entry->value));
  }
  const ImVec2 room = ImGui::GetContentRegionAvail();
  s.value.draw(ui.w, room, {.id = "etcd.value", .label = entry->key, .readOnly = true});
}

}  // namespace

void drawEtcd(Ui& ui) {
  EtcdState& s = ui.panels.etcd;
  refresh(ui);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  ui.w.textField("etcd.prefix", ui.t(T::etcdPrefix), ui.t(T::etcdPrefix), s.prefix, room.x);
  const std::string keys =
      s.entries.size() >= kKeysMax ? std::to_string(kKeysMax) + "+" : std::to_string(s.entries.size());
  ui.w.caption(ui.t(T::etcdRevision, {std::to_string(s.revision)}) + " · " + ui.t(T::etcdKeys, {keys}),
               ui.colors().muted);
  const float listHeight = std::max(100.0F, ImGui::GetContentRegionAvail().y * 0.42F);
  ImGui::BeginChild("keys", {room.x, listHeight});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(s.entries.size()), units(7));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
      drawKey(ui, s.entries[static_cast<std::size_t>(i)]);
  }
  ImGui::PopStyleVar();
  ImGui::EndChild();
  ui.w.separator();
  drawValue(ui);
}

}  // namespace pilothouse::web
