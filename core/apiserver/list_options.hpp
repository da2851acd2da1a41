#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/api/status.hpp"
#include "core/apiserver/request.hpp"

namespace pilothouse::apiserver {

/// metainternalversion/validation.ValidateListOptions: 422 of ListOptions.meta.k8s.io; code 0 when
/// well-formed.
api::Status validateListOptions(const RequestOptions& options, bool isWatch);

/// A resourceVersion in decimal; nothing when it is not one.
std::optional<std::uint64_t> parseVersion(std::string_view text);
/// `resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax`, as a GET or a watch
/// says it (a plain error: 500) and as a list does (400).
api::Status malformedVersion(std::string_view text);
api::Status malformedListVersion(std::string_view text);
/// 400 of a continue token that cannot be read.
api::Status malformedContinue(std::string_view token);
/// 410 of a list whose version is compacted. `after` is where the next page would begin, "" for the first:
/// with it comes a token that goes on from the newest state.
Value expiredList(std::string_view after);

}  // namespace pilothouse::apiserver
