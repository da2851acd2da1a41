#pragma once

#include "core/value/value.hpp"

namespace pilothouse::api {

/// pkg/apis/events/v1/conversion.go: an Event of events.k8s.io/v1 as one of v1, under whose name it is kept.
Value eventAsCore(const Value& event);
Value eventFromCore(const Value& event);

}  // namespace pilothouse::api
