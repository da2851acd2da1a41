#pragma once

#include <string>
#include <string_view>

namespace pilothouse {

/// strconv.Quote, Go's %q of a string: "a\nb".
std::string goQuote(std::string_view text);

}  // namespace pilothouse
