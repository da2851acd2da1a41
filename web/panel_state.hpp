#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "web/editor/text_editor.hpp"
#include "web/scene_layout.hpp"
#include "web/selection.hpp"

namespace pilothouse::web {

struct SceneState {
  SceneLayout layout;
  std::uint64_t structure = 0;  ///< of the view, when the layout was made
  std::uint64_t resets = 0;
  std::size_t components = 0;
  std::size_t fullest = 0;  ///< pods of the fullest worker that the layout has room for
  ImVec2 window;
  bool moved = false;  ///< the person panned or zoomed: the view is not fitted any more
  float zoom = 1;
  ImVec2 offset;  ///< of the scene's origin in the window
  bool legend = false;
  bool clicked = false;  ///< the canvas was clicked in this frame
  // Pods behind the selected Service, looked up once a change.
  std::uint64_t endpointsVersion = 0;
  std::string endpointsOf;
  std::vector<std::pair<std::string, std::string>> endpoints;  ///< namespace and name
};

struct ManifestState {
  TextEditor editor;
  std::string fileName = "manifest.yaml";
  std::uint64_t checkedVersion = 0;
  std::uint64_t changedVersion = 0;
  double changedAt = 0;
  std::uint64_t applied = 0;  ///< input id of the last apply, 0 for none
  std::uint64_t appliedVersion = 0;
};

/// Objects of one kind in the list of all.
struct ObjectGroup {
  const api::Resource* resource = nullptr;
  std::size_t count = 0;  ///< of all, shown or not
  std::vector<Value> objects;
};

struct InspectorState {
  int section = 0;
  Selection shown;
  std::string container;
  TextEditor yaml;
  Value yamlOf;
  std::string url;
  std::uint64_t request = 0;  ///< input id of the last request
  std::string filter;
  std::string listFilter;
  std::vector<ObjectGroup> list;
  std::uint64_t listVersion = 0;
  double listedAt = 0;
};

struct EtcdState {
  std::string prefix = "/registry/";
  std::uint64_t revision = 0;
  std::uint64_t resets = 0;
  std::string loadedPrefix;
  std::vector<cluster::Cluster::EtcdEntry> entries;
  std::string key;
  TextEditor value;
  std::string valueKey;  ///< what `value` shows, and of which revision
  std::uint64_t valueRevision = 0;
};

struct EventsState {
  bool warningsOnly = false;
};

struct WhyState {
  CauseId message = CauseId::None;  ///< whose chain is shown
  std::string target;
  std::vector<TraceRecord> chain;  ///< nearest first
  std::vector<CauseId> recent;
  std::uint64_t version = 0;
};

struct LogState {
  CauseId chosen = CauseId::None;
  bool follow = true;
};

struct PanelStates {
  SceneState scene;
  ManifestState manifest;
  InspectorState inspector;
  EtcdState etcd;
  EventsState events;
  WhyState why;
  LogState log;
};

}  // namespace pilothouse::web
