#pragma once

#include <string_view>

namespace pilothouse::apiserver {

/// The default roles and bindings as lines of text; the file of the text says how to read them.
extern const std::string_view kBootstrapPolicy;

}  // namespace pilothouse::apiserver
