#pragma once

#include <string>
#include <string_view>

#include "core/value/go_quote.hpp"

namespace pilothouse::api {

/// Go's %q, short for error texts.
inline std::string quoted(std::string_view text) { return goQuote(text); }

}  // namespace pilothouse::api
