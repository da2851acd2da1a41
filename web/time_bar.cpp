#include <algorithm>
#include <cmath>

#include "web/describe.hpp"
#include "web/ui.hpp"

namespace pilothouse::web {

namespace {

std::string speedText(double speed) {
  const auto tenths = std::lround(speed * 10);
  std::string out = std::to_string(tenths / 10);
  if (tenths < 100 && tenths % 10 != 0) out += '.' + std::to_string(tenths % 10);
  return out;
}

std::string statusText(Ui& ui) {
  const cluster::Pace& pace = ui.world.pace();
  if (pace.paused()) return std::string(ui.t(T::paused));
  if (ui.world.waiting()) return std::string(ui.t(T::following));
  if (pace.achieved() < 0.95) return ui.t(T::achieved, {speedText(pace.speed() * pace.achieved())});
  return {};
}

void drawButtons(Ui& ui, ImVec2 at) {
  const float size = Widgets::controlHeight();
  const bool paused = ui.world.pace().paused();
  const struct {
    const char* id;
    Icon icon;
    T label;
    const char* key;
    Action::Kind action;
  } buttons[] = {{"time.play", paused ? Icon::Play : Icon::Pause, paused ? T::play : T::pause, "Space",
                  Action::Kind::TogglePause},
                 {"time.stepEvent", Icon::StepEvent, T::stepEvent, ".", Action::Kind::StepEvent},
                 {"time.stepMessage", Icon::StepMessage, T::stepMessage, ",", Action::Kind::StepMessage},
                 {"time.untilChange", Icon::UntilChange, T::untilChange, "N", Action::Kind::UntilChange}};
  for (const auto& button : buttons) {
    ImGui::SetCursorScreenPos(at);
    if (ui.w.iconButton(button.id, button.icon, ui.t(button.label), false)) ui.act(button.action);
    at.x += size + units(1);
  }
}

}  // namespace

void drawActivity(Ui& ui, const Rect& rect) {
  if (rect.width() < 60) return;
  const Palette& c = ui.colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const MessageFlow& flow = ui.world.flow();
  const std::int64_t last =
      std::chrono::duration_cast<std::chrono::milliseconds>(ui.cluster().elapsed()).count() / 250;
  const float step = 3;
  const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(rect.width() / step),
                                            static_cast<std::int64_t>(MessageFlow::kBuckets) - 1);
  draw.AddRectFilled(rect.min, rect.max, c.sunken, units(1));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t quarter = last - i;
    if (quarter < 0) break;
    const MessageFlow::Bucket& bucket = flow.bucket(quarter);
    if (bucket.quarter != quarter) continue;
    const float x = rect.max.x - toFloat(i + 1) * step;
    const auto bar = [&](float from, std::uint32_t n, ImU32 color) {
      const float height = n == 0 ? 0 : std::min(rect.height() - from, 2 + 4 * std::log2(toFloat(n) + 1));
      draw.AddRectFilled({x, rect.max.y - from - height}, {x + step - 1, rect.max.y - from}, color);
      return height;
    };
    const float base = bar(0, bucket.background, withAlpha(c.muted, 0.45F));
    bar(base, bucket.foreground, bucket.failure ? c.bad : c.accent);
    if (bucket.input)
      draw.AddTriangleFilled({x - 3, rect.min.y}, {x + 4, rect.min.y}, {x + 0.5F, rect.min.y + 5}, c.warning);
  }
  ImGui::SetCursorScreenPos(rect.min);
  ImGui::InvisibleButton("##activity", rect.size());
  if (ImGui::IsItemHovered()) {
    ui.w.tooltip(ui.t(T::activity, {std::to_string(count / 4) + "s"}));
  }
}

void drawTimeBar(Ui& ui) {
  const Palette& c = ui.colors();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Rect bar{ImGui::GetWindowPos(), ImGui::GetWindowPos() + ImGui::GetWindowSize()};
  draw.AddLine(bar.min, {bar.max.x, bar.min.y}, c.border);
  const float size = Widgets::controlHeight();
  const bool two = ui.layout.tallTime;
  const float rowY = two ? bar.min.y + units(2) : bar.center().y - size * 0.5F;
  float x = bar.min.x + units(3);
  drawButtons(ui, {x, rowY});
  x += 4 * (size + units(1)) + units(2);

  const std::string clock = clockText(ui.cluster().elapsed());
  const float clockWidth = 84;
  ui.w.textAt(draw, {x, rowY + size * 0.5F - pixels(TextSize::Title) * 0.5F}, clock, c.text, TextSize::Title,
              clockWidth, true);
  ui.w.describe("time.clock", "timer", ui.t(T::clock), rectAt(x, rowY, clockWidth, size), clock);
  x += clockWidth + units(2);

  // In a narrow bar the speed has a row of its own.
  const float speedY = two ? rowY + size + units(2) : rowY;
  if (two) x = bar.min.x + units(3);
  double speed = ui.world.pace().speed();
  const float sliderWidth = std::clamp(bar.width() * 0.18F, 84.0F, 200.0F);
  ImGui::SetCursorScreenPos({x, speedY});
  if (ui.w.logSlider("time.speed", ui.t(T::speed), speed, cluster::Pace::kSpeedMin, cluster::Pace::kSpeedMax,
                     sliderWidth)) {
    ui.world.pace().setSpeed(speed);
  }
  x += sliderWidth + units(1);
  ui.w.textAt(draw, {x, speedY + size * 0.5F - pixels(TextSize::Body) * 0.5F}, speedText(speed) + "×", c.text,
              TextSize::Body, 52);
  x += 52;
  ImGui::SetCursorScreenPos({x, speedY});
  if (ui.w.toggle("time.follow", ui.t(T::slowMotion), ui.follow))
    ui.platform.store("follow", ui.follow ? "1" : "0");
  if (ImGui::IsItemHovered()) ui.w.tooltip(ui.t(T::slowMotionHint));
  x += ui.fonts.width(ui.t(T::slowMotion), TextSize::Caption) + units(14);

  const std::string status = statusText(ui);
  const float statusX = two ? bar.min.x + units(3) + 4 * (size + units(1)) + units(2) + 92 : x;
  const float statusWidth = std::min(150.0F, bar.max.x - statusX - units(3));
  const float used = status.empty()
                         ? 0
                         : ui.w.textAt(draw, {statusX, rowY + size * 0.5F - pixels(TextSize::Caption) * 0.5F},
                                       status, c.muted, TextSize::Caption, statusWidth);
  if (!status.empty())
    ui.w.describe("time.status", "status", status, rectAt(statusX, rowY, statusWidth, size));
  const float left = two ? x : std::max(x + used + units(3), x + 60);
  if (ui.layout.log.empty() && two)
    drawActivity(
        ui, {{left, (two ? speedY : rowY) + 1}, {bar.max.x - units(3), (two ? speedY : rowY) + size - 1}});
}

}  // namespace pilothouse::web
