#pragma once

#include <string>
#include <string_view>

namespace pilothouse::api {

/// The text as Go's %q prints it: in double quotes, with \n, \t, \", \\, \xNN and \uNNNN escapes; printable
/// letters of any script stay.
std::string quoted(std::string_view text);

}  // namespace pilothouse::api
