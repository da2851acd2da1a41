#pragma once

#include <string_view>

namespace pilothouse::api {

/// Whether a name is written as the IANA time zone database writes them, in one of its areas. The database
/// itself is not here, so that not every city is known to exist.
bool isTimeZone(std::string_view name);
/// No "..", no digits or signs that the database has not, no part over 14 characters.
bool isTimeZoneName(std::string_view name);

}  // namespace pilothouse::api
