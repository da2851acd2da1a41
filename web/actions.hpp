#pragma once

#include <string>
#include <vector>

#include "core/value/value.hpp"
#include "web/selection.hpp"

namespace pilothouse::web {

/// The tabs of the tools panel, in order.
enum class Tool : int { Manifest, Inspector, Etcd, Events, Why };

/// What a panel wants done; App does it after the frame was drawn, in order.
struct Action {
  enum class Kind : unsigned char {
    Select,        ///< `selection`; shows the inspector when `text` is "show"
    AskWhy,        ///< `selection` and its message, in the why panel
    Input,         ///< `verb` with `arguments` into the cluster
    Apply,         ///< the manifest in the editor
    OpenManifest,  ///< `text` into the editor, under the name `name`
    OpenExample,   ///< the boot file `name`
    ShowTool,      ///< tab `number`
    ToggleLanguage,
    ToggleTheme,
    ToggleLesson,
    ToggleTools,
    ToggleLog,
    TogglePause,
    StepEvent,
    StepMessage,
    UntilChange,
    NewCluster,
    OpenLesson,     ///< the lesson `name`, where it was left
    RestartLesson,  ///< the lesson `name`, from its beginning
    CloseLesson,
    PickFile,
    SaveFile,
    OpenLink  ///< `text`
  };
  Kind kind{};
  Selection selection = {};
  Key verb = {};
  Value arguments = {};
  std::string name = {};
  std::string text = {};
  int number = 0;
};

/// `number` of an OpenManifest that must not take a narrow window away from the lesson.
inline constexpr int kQuietly = 1;

using Actions = std::vector<Action>;

}  // namespace pilothouse::web
