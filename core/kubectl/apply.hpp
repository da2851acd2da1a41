#pragma once

#include <string>
#include <string_view>

#include "core/client/client.hpp"
#include "core/kubectl/output.hpp"

namespace pilothouse::kubectl {

/// `kubectl apply -f -` in its client-side form (k8s.io/kubectl/pkg/cmd/apply): each object is looked up,
/// then created with its last-applied annotation, or patched by the three-way difference.
///
/// A manifest that cannot be read whole sends nothing. `ns` is where objects without a namespace go, "" for
/// default. The client must outlive the command, or be destroyed with it.
void apply(client::Client& client, std::string_view manifest, std::string_view ns, Output output);

}  // namespace pilothouse::kubectl
