#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/cluster/cluster.hpp"
#include "web/geometry.hpp"

namespace pilothouse::web {

/// Where a component stands in the scene and how its link to kube-apiserver runs, in scene units.
struct SceneRoom {
  std::string component;
  Rect rect;
  std::vector<ImVec2> link;  ///< from kube-apiserver to this room; empty when it has none
};

/// A worker's place. In a large cluster it is a tile without rooms.
struct SceneMachine {
  std::string name;
  Rect rect;
  Rect pods;
};

/// The scene as boxes: a pure function of the cluster's machines and the window's shape.
struct SceneLayout {
  Rect bounds;
  Rect user;
  Rect services;
  std::size_t serviceColumns = 1;
  std::size_t serviceRows = 1;
  Rect controlPlane;
  Rect apiServer;
  Rect waiting;  ///< pods without a node
  Rect workers;
  bool tiles = false;  ///< too many workers for rooms
  std::vector<SceneRoom> rooms;
  std::vector<SceneMachine> machines;  ///< workers
  /// Room of each component by ComponentId; kNoRoom for those that are not drawn, which stand at their
  /// machine.
  std::vector<std::uint32_t> roomOf;
  /// Index in `machines` by ComponentId; kNoRoom outside of them.
  std::vector<std::uint32_t> machineOf;
  static constexpr std::uint32_t kNoRoom = 0xFFFFFFFF;

  /// The way of a message between two components, in scene units; empty when it cannot be drawn.
  [[nodiscard]] std::vector<ImVec2> route(ComponentId from, ComponentId to) const;
  [[nodiscard]] ImVec2 place(ComponentId component) const;
};

/// What the layout is made of.
struct SceneContents {
  struct Component {
    std::string name;
    std::string host;
  };
  std::vector<Component> components;  ///< by ComponentId
  std::string controlPlane;           ///< the control-plane node's name, "" when there is none to draw
  std::vector<std::string> workers;
  std::size_t services = 0;
  std::size_t podsOnFullest = 0;  ///< pods of the worker that has most
};

inline constexpr std::size_t kRoomedWorkersMax = 12;

/// The layout whose boxes show largest in a window of that size.
SceneLayout layoutScene(const SceneContents& contents, ImVec2 window);

/// Columns and height that a worker's pods take: chips with names, or dots when there are many.
struct PodGrid {
  std::size_t columns = 1;
  float rowHeight = 28;
  bool chips = true;
};
PodGrid podGrid(std::size_t pods, float width);

}  // namespace pilothouse::web
