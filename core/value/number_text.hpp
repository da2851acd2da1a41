#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilothouse {

/// The shortest decimal text that reads back as `number`, laid out as Go's encoding/json does: "0.5",
/// "1e+21", "1e-7". Infinities and NaN, which JSON cannot hold, give "null".
std::string doubleText(double number);

/// strconv.FormatFloat(number, 'g', -1, 64), as YAML shows numbers: "0.5", "1e+21", "1e-07", ".inf".
std::string doubleTextShort(double number);

/// strconv.ParseInt(text, 10, 64): an optional sign and digits, nothing else; nothing when out of range.
std::optional<std::int64_t> parseInt64(std::string_view text);

}  // namespace pilothouse
