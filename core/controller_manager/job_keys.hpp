#pragma once

#include <string_view>

#include "core/api/keys.hpp"

/// Field names, labels and annotations of Jobs (pkg/apis/batch).
namespace pilothouse::controller_manager::job {

inline const Key kActive = Key::intern("active");
inline const Key kActiveDeadlineSeconds = Key::intern("activeDeadlineSeconds");
inline const Key kBackoffLimit = Key::intern("backoffLimit");
inline const Key kBackoffLimitPerIndex = Key::intern("backoffLimitPerIndex");
inline const Key kCompletedIndexes = Key::intern("completedIndexes");
inline const Key kCompletionMode = Key::intern("completionMode");
inline const Key kCompletionTime = Key::intern("completionTime");
inline const Key kCompletions = Key::intern("completions");
inline const Key kFailed = Key::intern("failed");
inline const Key kFailedIndexes = Key::intern("failedIndexes");
inline const Key kInitContainerStatuses = Key::intern("initContainerStatuses");
inline const Key kInitContainers = Key::intern("initContainers");
inline const Key kLastProbeTime = Key::intern("lastProbeTime");
inline const Key kManagedBy = Key::intern("managedBy");
inline const Key kMaxFailedIndexes = Key::intern("maxFailedIndexes");
inline const Key kParallelism = Key::intern("parallelism");
inline const Key kPodFailurePolicy = Key::intern("podFailurePolicy");
inline const Key kPodReplacementPolicy = Key::intern("podReplacementPolicy");
inline const Key kReady = Key::intern("ready");
inline const Key kSucceeded = Key::intern("succeeded");
inline const Key kSuccessPolicy = Key::intern("successPolicy");
inline const Key kSuspend = Key::intern("suspend");
inline const Key kTerminating = Key::intern("terminating");
inline const Key kUncountedTerminatedPods = Key::intern("uncountedTerminatedPods");

/// Annotation and label of the pods of Indexed Jobs.
inline const Key kCompletionIndex = Key::intern("batch.kubernetes.io/job-completion-index");
inline const Key kIndexFailureCount = Key::intern("batch.kubernetes.io/job-index-failure-count");
inline const Key kIndexIgnoredFailureCount =
    Key::intern("batch.kubernetes.io/job-index-ignored-failure-count");

inline constexpr std::string_view kTrackingFinalizer = "batch.kubernetes.io/job-tracking";
inline constexpr std::string_view kControllerName = "kubernetes.io/job-controller";

}  // namespace pilothouse::controller_manager::job
