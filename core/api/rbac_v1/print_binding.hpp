#pragma once

#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// printRoleBinding: Name, Role, Age, Users, Groups, ServiceAccounts.
void roleBindingCells(std::vector<Value>& cells, const Value& binding, SimTime now);

}  // namespace pilothouse::api
