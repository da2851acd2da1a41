#include "web/ui.hpp"

namespace pilothouse::web {

void drawTools(Ui& ui) {
  const Widgets::Tab tabs[] = {{"tab.manifest", ui.t(T::tabManifest)},
                               {"tab.inspector", ui.t(T::tabInspector)},
                               {"tab.etcd", ui.t(T::tabEtcd)},
                               {"tab.events", ui.t(T::tabEvents)},
                               {"tab.why", ui.t(T::tabWhy)}};
  int current = static_cast<int>(ui.tool);
  if (ui.w.tabs(tabs, current)) {
    ui.actions.push_back({.kind = Action::Kind::ShowTool, .number = current});
  }
  ui.w.separator();
  ui.w.gap(1);
  switch (ui.tool) {
    case Tool::Manifest:
      drawManifest(ui);
      break;
    case Tool::Inspector:
      drawInspector(ui);
      break;
    case Tool::Etcd:
      drawEtcd(ui);
      break;
    case Tool::Events:
      drawEvents(ui);
      break;
    case Tool::Why:
      drawWhy(ui);
      break;
  }
}

}  // namespace pilothouse::web
