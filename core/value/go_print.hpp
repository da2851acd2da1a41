#pragma once

#include <string>

#include "core/value/value.hpp"

namespace pilothouse {

/// fmt's %v of unmarshalled JSON: "map[image:nginx ports:[80 443]]", "<nil>". Long texts are cut at 10 KiB.
std::string goPrint(const Value& value);

/// The name of the Go type that JSON is unmarshalled to: "map[string]interface {}", "int64".
const char* goTypeName(const Value& value);

}  // namespace pilothouse
