#pragma once

#include <string>

#include "core/apiserver/outcome.hpp"
#include "core/apiserver/pod_streams.hpp"

namespace pilothouse::apiserver {

/// ValidatePodLogOptions, ValidatePodExecOptions, ValidatePodAttachOptions of a stream's request; code 0 when
/// they hold.
api::Status validateStreamOptions(const Request& request);

/// The container that is meant (validateContainer of pkg/registry/core/pod): the one asked for, or the only
/// one. `error` when there is none or a choice.
Outcome chooseContainer(const Value& pod, std::string_view asked);

/// Where a node's kubelet listens, by the address types InternalIP, ExternalIP and Hostname.
Outcome kubeletAddress(const Value& node);
std::int64_t kubeletPort(const Value& node);

/// `"https://172.18.0.3:10250/containerLogs/default/web/nginx?follow=true"`, quoted as errors show it.
std::string kubeletUrl(const StreamTarget& target);
/// `dial tcp 172.18.0.3:10250: connect: connection refused`, or its i/o timeout.
std::string dialError(const StreamTarget& target, bool refused);

}  // namespace pilothouse::apiserver
