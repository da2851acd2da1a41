#pragma once

#include <cstdint>

#include "core/sim/time.hpp"

namespace pilothouse::controller_manager {

/// The constants of pkg/controller/job/job_controller.go.
struct JobControllerOptions {
  int concurrentJobSyncs = 5;                                   ///< --concurrent-job-syncs
  SimDuration syncJobBatchPeriod = std::chrono::seconds(1);     ///< pod events of this time are one sync
  SimDuration jobApiBackOff = std::chrono::seconds(1);          ///< DefaultJobApiBackOff, doubled …
  SimDuration maxJobApiBackOff = std::chrono::minutes(1);       ///< … up to MaxJobApiBackOff
  SimDuration jobPodFailureBackOff = std::chrono::seconds(10);  ///< DefaultJobPodFailureBackOff, doubled …
  SimDuration maxJobPodFailureBackOff = std::chrono::minutes(10);  ///< … up to MaxJobPodFailureBackOff
  std::int64_t maxUncountedPods = 500;
  std::int64_t maxPodCreateDeletePerSync = 500;
};

/// Of pkg/controller/cronjob.
struct CronJobControllerOptions {
  int concurrentCronJobSyncs = 5;  ///< --concurrent-cron-job-syncs
  SimDuration nextScheduleDelta =
      std::chrono::milliseconds(100);      ///< later than the schedule, for clock skew
  std::int64_t manyMissedSchedules = 100;  ///< beyond: TooManyMissedTimes
};

/// Of pkg/controller/ttlafterfinished.
struct TtlAfterFinishedOptions {
  int concurrentTtlSyncs = 5;  ///< --concurrent-ttl-after-finished-syncs
};

/// Of pkg/controller/podautoscaler; each named as its flag --horizontal-pod-autoscaler-….
struct HorizontalPodAutoscalerOptions {
  int concurrentSyncs = 5;  ///< --concurrent-horizontal-pod-autoscaler-syncs
  SimDuration syncPeriod = std::chrono::seconds(15);
  SimDuration downscaleStabilization = std::chrono::minutes(5);
  double tolerance = 0.1;  ///< a ratio of usage to target this near to 1 changes nothing
  SimDuration cpuInitializationPeriod = std::chrono::minutes(5);
  SimDuration initialReadinessDelay = std::chrono::seconds(30);
};

}  // namespace pilothouse::controller_manager
