#pragma once

#include "web/ui.hpp"

namespace pilothouse::web {

/// The inspector's parts, each in its own file.
void drawObjectList(Ui& ui);
void drawComponent(Ui& ui);
void drawSummary(Ui& ui, const Value& object);
/// Buttons for what can be done to the object.
void drawObjectActions(Ui& ui, const Value& object);

/// Arguments that name an object to an input: resource, group, namespace, name.
Value objectArguments(const Selection& selection);
inline constexpr float kFieldName = 108;

}  // namespace pilothouse::web
