#include "web/scene_layout.hpp"

#include <algorithm>
#include <cmath>

namespace pilothouse::web {

namespace {

constexpr float kMargin = 14;
constexpr float kGap = 14;
constexpr float kHeader = 30;
constexpr float kRoomHeight = 50;
constexpr float kCard = 44;
constexpr float kGutter = 18;
constexpr float kSmallRoom = 40;
constexpr float kPad = 10;
constexpr float kPartNarrow = 46;  ///< on screen: side by side they could not hold their names
constexpr std::size_t kChipsMax = 12;
/// Components that are no rooms of the control plane: they belong to a worker or stand outside.
constexpr const char* kControlPlaneOrder[] = {"etcd", "kube-controller-manager", "kube-scheduler"};

std::string_view kindOf(std::string_view name) { return name.substr(0, name.find('/')); }

bool isWorkerPart(std::string_view kind) {
  return kind == "kubelet" || kind == "kube-proxy" || kind == "runtime" || kind == "containerd";
}

/// Rows and sums for one choice of width and columns.
class Builder {
 public:
  /// `zoom` is about how large the scene will show: what has to hold words is made large enough for them.
  Builder(const SceneContents& contents, float width, std::size_t columns, float zoom)
      : contents_(contents), width_(width), columns_(columns), zoom_(zoom) {}

  SceneLayout build(float heightWanted) {
    collectRooms();
    placeOutside();
    placeControlPlane();
    placeWaiting();
    if (contents_.workers.size() > kRoomedWorkersMax) {
      placeTiles(heightWanted);
    } else {
      placeMachines();
    }
    out_.bounds = {{0, 0}, {width_, y_ + kMargin}};
    return std::move(out_);
  }

 private:
  void collectRooms() {
    out_.roomOf.assign(contents_.components.size(), SceneLayout::kNoRoom);
    out_.machineOf.assign(contents_.components.size(), SceneLayout::kNoRoom);
    for (const char* wanted : kControlPlaneOrder) {
      for (std::size_t i = 0; i < contents_.components.size(); ++i) {
        if (contents_.components[i].name == wanted) plane_.push_back(i);
      }
    }
    for (std::size_t i = 0; i < contents_.components.size(); ++i) {
      const auto& component = contents_.components[i];
      const std::string_view kind = kindOf(component.name);
      if (component.name == "kube-apiserver") {
        apiServer_ = i;
      } else if (component.host == "outside") {
        outside_.push_back(i);
      } else if (!contents_.controlPlane.empty() && component.host == contents_.controlPlane &&
                 isWorkerPart(kind)) {
        planeParts_.push_back(i);
      } else if (!isWorkerPart(kind) && kind != "network" &&
                 std::find(plane_.begin(), plane_.end(), i) == plane_.end()) {
        const bool worker = std::find(contents_.workers.begin(), contents_.workers.end(), component.host) !=
                            contents_.workers.end();
        if (!worker && plane_.size() < 8) plane_.push_back(i);
      }
    }
  }

  void addRoom(std::size_t component, const Rect& rect, std::vector<ImVec2> link) {
    if (component >= out_.roomOf.size()) return;
    out_.roomOf[component] = static_cast<std::uint32_t>(out_.rooms.size());
    out_.rooms.push_back({contents_.components[component].name, rect, std::move(link)});
  }

  void placeOutside() {
    const float userWidth = width_ < 480 ? 112.0F : 140.0F;
    const float right = width_ - kMargin;
    const float left = kMargin + userWidth + kGap;
    const float room = right - left;
    out_.serviceColumns = std::max<std::size_t>(1, static_cast<std::size_t>((room + 8) / 150));
    const std::size_t wanted = std::max<std::size_t>(1, contents_.services);
    const std::size_t rowsMax = width_ < 480 ? 4 : 2;
    out_.serviceRows =
        std::clamp<std::size_t>((wanted + out_.serviceColumns - 1) / out_.serviceColumns, 1, rowsMax);
    const float height = toFloat(out_.serviceRows) * (kCard + 8) - 8;
    y_ = kMargin + 22;
    out_.user = rectAt(kMargin, y_, userWidth, kCard);
    out_.services = rectAt(left, y_, room, height);
    y_ += height + kGap + 6;
  }

  /// The control-plane node has a kubelet, a runtime and a kube-proxy of its own: small, beside its title.
  void placePlaneParts(float right, float top) {
    const float width = width_ < 480 ? 74.0F : std::clamp(76 / zoom_, 84.0F, 124.0F);
    const float rail = right - kPad * 0.5F;
    float x = right - kPad - toFloat(planeParts_.size()) * (width + 6) + 6;
    for (const std::size_t component : planeParts_) {
      const Rect rect = rectAt(x, top, width, 22);
      std::vector<ImVec2> link;
      if (kindOf(contents_.components[component].name) != "containerd") {
        link = {{out_.apiServer.max.x, out_.apiServer.center().y},
                {rail, out_.apiServer.center().y},
                {rail, rect.max.y + 4},
                {rect.center().x, rect.max.y + 4},
                {rect.center().x, rect.max.y}};
      }
      addRoom(component, rect, std::move(link));
      x += width + 6;
    }
  }

  void placeControlPlane() {
    const float left = kMargin + 14;
    const float right = width_ - kMargin;
    const float inner = right - left - 2 * kPad;
    const std::size_t count = std::max<std::size_t>(1, plane_.size());
    const std::size_t perRow = inner / toFloat(count) < 118 ? (count + 1) / 2 : count;
    const std::size_t rows = (count + perRow - 1) / perRow;
    const float gap = 12;
    const float roomWidth = (inner - gap * toFloat(perRow - 1)) / toFloat(perRow);
    const float top = y_ + kHeader + 6;
    const float barTop = top + toFloat(rows) * (kRoomHeight + gap) + 12;
    out_.apiServer = rectAt(left + kPad, barTop, inner, 46);
    for (std::size_t i = 0; i < plane_.size(); ++i) {
      const std::size_t row = i / perRow;
      const Rect rect = rectAt(left + kPad + toFloat(i % perRow) * (roomWidth + gap),
                               top + toFloat(row) * (kRoomHeight + gap), roomWidth, kRoomHeight);
      std::vector<ImVec2> link;
      if (row + 1 == rows) {
        link = {{rect.center().x, barTop}, {rect.center().x, rect.max.y}};
      } else {
        // Past the rooms below, in the gap beside them.
        const bool last = i % perRow + 1 == perRow;
        const float x = last ? rect.min.x - gap * 0.5F : rect.max.x + gap * 0.5F;
        link = {{x, barTop}, {x, rect.center().y}, {last ? rect.min.x : rect.max.x, rect.center().y}};
      }
      addRoom(plane_[i], rect, std::move(link));
    }
    addRoom(apiServer_, out_.apiServer, {});
    placePlaneParts(right, y_ + 7);
    const float x = kMargin + 5;
    for (const std::size_t component : outside_) {
      addRoom(component, out_.user,
              {{out_.apiServer.min.x, out_.apiServer.center().y},
               {x, out_.apiServer.center().y},
               {x, out_.user.max.y}});
    }
    out_.controlPlane = {{left, y_}, {right, out_.apiServer.max.y + kPad}};
    y_ = out_.controlPlane.max.y + kGap;
  }

  void placeWaiting() {
    out_.waiting = rectAt(kMargin + 14, y_ + 4, width_ - 2 * kMargin - 14, 28);
    y_ = out_.waiting.max.y + 8;
  }

  void placeMachines() {
    const float left = kMargin + 14;
    const float inner = width_ - kMargin - left;
    const std::size_t columns = std::max<std::size_t>(1, columns_);
    const float cell = (inner - kGutter * toFloat(columns - 1)) / toFloat(columns);
    const PodGrid grid = podGrid(std::max<std::size_t>(3, contents_.podsOnFullest), cell - 2 * kPad);
    const std::size_t most = std::max<std::size_t>(3, contents_.podsOnFullest);
    const std::size_t rows = (most + grid.columns - 1) / grid.columns;
    const float podsHeight = toFloat(rows) * grid.rowHeight + 4;
    stacked_ = (cell - 2 * kPad - 12) / 3 * zoom_ < kPartNarrow;
    const float parts = stacked_ ? 3 * (partHeight() + 4) - 4 : kSmallRoom;
    const float height = kHeader + 8 + parts + 10 + podsHeight + kPad;
    out_.workers = {{left, y_}, {left + inner, y_}};
    for (std::size_t i = 0; i < contents_.workers.size(); ++i) {
      const float x = left + toFloat(i % columns) * (cell + kGutter);
      const float y = y_ + toFloat(i / columns) * (height + kGap);
      const Rect rect = rectAt(x, y, cell, height);
      SceneMachine machine{contents_.workers[i], rect, {}};
      const float roomsTop = y + kHeader + 8;
      machine.pods = {{x + kPad, roomsTop + parts + 10}, {x + cell - kPad, rect.max.y - kPad}};
      placeParts(machine, roomsTop);
      out_.machines.push_back(std::move(machine));
      out_.workers.max.y = rect.max.y;
    }
    y_ = out_.workers.max.y;
  }

  /// kubelet, runtime and kube-proxy of one machine, with their links along the gutter.
  void placeParts(const SceneMachine& machine, float top) {
    const auto index = static_cast<std::uint32_t>(out_.machines.size());
    const float inner = machine.rect.width() - 2 * kPad;
    const float third = (inner - 12) / 3;
    const float rail = top - 6;
    const float trunk = machine.rect.min.x - kGutter * 0.5F;
    for (std::size_t i = 0; i < contents_.components.size(); ++i) {
      if (contents_.components[i].host != machine.name) continue;
      out_.machineOf[i] = index;
      const std::string_view kind = kindOf(contents_.components[i].name);
      if (!isWorkerPart(kind)) continue;
      const float slot = kind == "kubelet" ? 0.0F : (kind == "kube-proxy" ? 2.0F : 1.0F);
      const float left = machine.rect.min.x + kPad;
      const Rect rect = stacked_ ? rectAt(left, top + slot * (partHeight() + 4), inner, partHeight())
                                 : rectAt(left + slot * (third + 6), top, third, kSmallRoom);
      std::vector<ImVec2> link;
      if (slot != 1) {
        const float start = std::clamp(trunk, out_.apiServer.min.x, out_.apiServer.max.x);
        const float level = out_.apiServer.max.y + kPad + kGap * 0.5F + 2;
        link = {{start, out_.apiServer.max.y},
                {start, level},
                {trunk, level},
                {trunk, rail},
                {rect.center().x, rail},
                {rect.center().x, rect.min.y}};
        if (stacked_) {
          link.resize(3);
          link.push_back({trunk, rect.center().y});
          link.push_back({rect.min.x, rect.center().y});
        }
      }
      addRoom(i, rect, std::move(link));
    }
  }

  void placeTiles(float heightWanted) {
    const float left = kMargin + 14;
    const float inner = width_ - kMargin - left;
    const float count = toFloat(contents_.workers.size());
    const float height = std::max(200.0F, heightWanted - y_ - kMargin);
    const float side = std::sqrt(inner * height / count);
    const float columns = std::max(1.0F, std::ceil(inner / side));
    const float cell = inner / columns;
    out_.tiles = true;
    for (std::size_t i = 0; i < contents_.workers.size(); ++i) {
      const float column = std::fmod(toFloat(i), columns);
      const float row = std::floor(toFloat(i) / columns);
      const Rect rect = rectAt(left + column * cell, y_ + row * cell, cell, cell).inset(cell * 0.06F);
      out_.machines.push_back({contents_.workers[i], rect, rect.inset(cell * 0.08F)});
    }
    const float rows = std::ceil(count / columns);
    out_.workers = {{left, y_}, {left + inner, y_ + rows * cell}};
    placeInTiles();
    y_ = out_.workers.max.y;
  }

  void placeInTiles() {
    std::vector<std::pair<std::string_view, std::uint32_t>> byName;
    byName.reserve(out_.machines.size());
    for (std::size_t i = 0; i < out_.machines.size(); ++i) {
      byName.emplace_back(out_.machines[i].name, static_cast<std::uint32_t>(i));
    }
    std::sort(byName.begin(), byName.end());
    for (std::size_t i = 0; i < contents_.components.size(); ++i) {
      const std::string_view host = contents_.components[i].host;
      const auto found = std::lower_bound(byName.begin(), byName.end(), std::pair(host, std::uint32_t{0}));
      if (found != byName.end() && found->first == host) out_.machineOf[i] = found->second;
    }
  }

  /// High enough for one line of the smallest words.
  [[nodiscard]] float partHeight() const { return std::max(20.0F, 19 / zoom_); }

  const SceneContents& contents_;
  float width_;
  std::size_t columns_;
  float zoom_;
  bool stacked_ = false;  ///< a worker's kubelet, runtime and kube-proxy stand one above the other
  float y_ = 0;
  std::vector<std::size_t> plane_;
  std::vector<std::size_t> planeParts_;
  std::vector<std::size_t> outside_;
  std::size_t apiServer_ = static_cast<std::size_t>(-1);
  SceneLayout out_;
};

}  // namespace

PodGrid podGrid(std::size_t pods, float width) {
  if (pods <= 5) return {1, 28, true};
  if (pods <= kChipsMax) return {2, 28, true};
  const auto columns = static_cast<std::size_t>(std::max(4.0F, width / 17));
  return {columns, 17, false};
}

SceneLayout layoutScene(const SceneContents& contents, ImVec2 window) {
  window = {std::max(100.0F, window.x), std::max(100.0F, window.y)};
  const bool tiles = contents.workers.size() > kRoomedWorkersMax;
  const std::size_t columnsMax = tiles ? 1 : std::clamp<std::size_t>(contents.workers.size(), 1, 6);
  SceneLayout best;
  float bestZoom = 0;
  for (const float width : {372.0F, 480.0F, 600.0F, 720.0F, 860.0F, 1040.0F, 1280.0F}) {
    for (std::size_t columns = 1; columns <= columnsMax; ++columns) {
      const float cell = (width - 2 * kMargin - 14) / toFloat(columns);
      if (!tiles && (cell < 176 || cell > 420) && columnsMax > 1) continue;
      const float guess = std::clamp(window.x / width, 0.4F, 1.3F);
      SceneLayout layout = Builder(contents, width, columns, guess).build(width * window.y / window.x);
      const float zoom =
          std::min({window.x / layout.bounds.width(), window.y / layout.bounds.height(), 1.3F});
      // A wider layout has longer names; it is taken when it costs nearly nothing.
      if (zoom > bestZoom * 0.985F) {
        bestZoom = std::max(zoom, bestZoom);
        best = std::move(layout);
      }
    }
  }
  return best;
}

ImVec2 SceneLayout::place(ComponentId component) const {
  const auto index = static_cast<std::size_t>(component);
  if (index >= roomOf.size()) return controlPlane.center();
  if (roomOf[index] != kNoRoom) return rooms[roomOf[index]].rect.center();
  if (machineOf[index] != kNoRoom) return machines[machineOf[index]].rect.center();
  return controlPlane.center();
}

std::vector<ImVec2> SceneLayout::route(ComponentId from, ComponentId to) const {
  const auto roomAt = [this](ComponentId id) -> const SceneRoom* {
    const auto index = static_cast<std::size_t>(id);
    if (index >= roomOf.size() || roomOf[index] == kNoRoom) return nullptr;
    return &rooms[roomOf[index]];
  };
  if (from == to) return {};
  const SceneRoom* a = roomAt(from);
  const SceneRoom* b = roomAt(to);
  if (a != nullptr && a->component == "kube-apiserver" && b != nullptr && !b->link.empty()) return b->link;
  if (b != nullptr && b->component == "kube-apiserver" && a != nullptr && !a->link.empty()) {
    return {a->link.rbegin(), a->link.rend()};
  }
  return {place(from), place(to)};
}

}  // namespace pilothouse::web
