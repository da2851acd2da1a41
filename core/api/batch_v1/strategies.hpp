#pragma once

#include <string>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/registry/batch/{job,cronjob}/strategy.go.

/// Unless the selector is the client's business (manualSelector), it selects the Job's uid, which the
/// template carries as a label, as it does the Job's name.
Value prepareJobCreate(const Value& job);
Value prepareCronJobCreate(const Value& cronJob);

void jobWarnings(std::vector<std::string>& warnings, const Value& job, const Value& stored);
void cronJobWarnings(std::vector<std::string>& warnings, const Value& cronJob, const Value& stored);

}  // namespace pilothouse::api
