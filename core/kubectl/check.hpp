#pragma once

#include <string_view>
#include <vector>

#include "core/kubectl/output.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::kubectl {

/// What `apply` of that manifest would be told about its text, all of it at once and with every place: what
/// does not parse, unknown kinds and fields, wrong types, invalid values. It is kube-apiserver's own decoding
/// and validation; nothing is sent. Names that are taken or missing are for the server to say.
std::vector<Message> check(std::string_view manifest, std::string_view ns, SimTime now);

}  // namespace pilothouse::kubectl
