#pragma once

#include "core/api/node_selector.hpp"

namespace pilothouse::scheduler {

using api::NodeSelectorTerm;
using api::PreferredNodeTerm;
using api::preferredNodeTerms;
using api::requiredNodeAffinity;
using api::RequiredNodeAffinity;

}  // namespace pilothouse::scheduler
