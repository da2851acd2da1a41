#pragma once

#include <memory>

#include "core/scheduler/framework.hpp"

/// The plugins by their upstream names (pkg/scheduler/framework/plugins), a file a plugin.
namespace pilothouse::scheduler::plugins {

std::unique_ptr<Plugin> schedulingGates();
std::unique_ptr<Plugin> nodeUnschedulable();
std::unique_ptr<Plugin> nodeName();
std::unique_ptr<Plugin> taintToleration();
std::unique_ptr<Plugin> nodeAffinity();
std::unique_ptr<Plugin> nodePorts();
std::unique_ptr<Plugin> nodeResourcesFit();
std::unique_ptr<Plugin> nodeResourcesBalancedAllocation();
std::unique_ptr<Plugin> podTopologySpread(const Listers& listers);
std::unique_ptr<Plugin> interPodAffinity(const Listers& listers);
std::unique_ptr<Plugin> imageLocality();

}  // namespace pilothouse::scheduler::plugins
