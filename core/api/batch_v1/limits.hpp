#pragma once

#include <cstddef>
#include <cstdint>

namespace pilothouse::api {

/// Limits of Jobs (pkg/apis/batch/validation).
inline constexpr std::int64_t kIndexedParallelismMax = 100'000;
inline constexpr std::int64_t kFailedIndexesMax = 100'000;
inline constexpr std::int64_t kCompletionsSoftLimit = 100'000;
inline constexpr std::int64_t kParallelismOfManyCompletions = 10'000;
inline constexpr std::int64_t kFailedIndexesOfManyCompletions = 10'000;
inline constexpr std::size_t kPolicyRulesMax = 20;
inline constexpr std::size_t kExitCodesMax = 255;
inline constexpr std::size_t kConditionPatternsMax = 20;
inline constexpr std::size_t kManagedByMax = 63;
inline constexpr std::size_t kSucceededIndexesMax = 64 * 1024;
inline constexpr std::size_t kCronJobNameMax = 52;

}  // namespace pilothouse::api
