#pragma once

#include <string>

#include "core/api/kind.hpp"
#include "tests/unit/api/objects.hpp"

/// What a kind makes of objects beyond defaults and validation: its strategy, warnings and cells.

/// The object after PrepareForCreate.
inline pilothouse::Value created(const pilothouse::api::Resource& resource, std::string_view text) {
  return pilothouse::api::kindOf(resource).prepareForCreate(defaulted(resource, text));
}

/// The object after PrepareForUpdate.
inline pilothouse::Value updated(const pilothouse::api::Resource& resource, const pilothouse::Value& stored,
                                 std::string_view text) {
  return pilothouse::api::kindOf(resource).prepareForUpdate(defaulted(resource, text), stored);
}

inline Texts warned(const pilothouse::api::Resource& resource, std::string_view text) {
  Texts warnings;
  pilothouse::api::kindOf(resource).warnings(warnings, defaulted(resource, text), pilothouse::Value());
  return warnings;
}

/// The cells as kubectl get -o wide shows them, with bars between them, ten minutes after the start.
inline std::string row(const pilothouse::api::Resource& resource, std::string_view text) {
  const pilothouse::api::Kind& kind = pilothouse::api::kindOf(resource);
  std::vector<pilothouse::Value> cells;
  kind.cells(cells, yaml(text), pilothouse::kSimulationStart + std::chrono::minutes(10));
  CHECK(cells.size() == kind.columns.size());
  std::string all;
  for (const pilothouse::Value& cell : cells) {
    if (!all.empty()) all += " | ";
    all += cell.isInt() ? std::to_string(cell.asInt()) : cell.toString();
  }
  return all;
}

/// Column names; a star marks those of -o wide.
inline std::string head(const pilothouse::api::Resource& resource) {
  std::string all;
  for (const pilothouse::api::Column& column : pilothouse::api::kindOf(resource).columns) {
    if (!all.empty()) all += " | ";
    all += column.name;
    if (column.priority > 0) all += "*";
  }
  return all;
}
