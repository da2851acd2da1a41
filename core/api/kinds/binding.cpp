#include "core/api/kind.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kVerbs[] = {"create"};

const Resource kResource{"", "v1", Key::intern("bindings"), "binding", "Binding", true, {}, {}, {}};

}  // namespace

namespace kinds {

/// The old way to say which node a pod runs on; pods/binding is the newer one. It changes the pod.
extern const Kind binding;
const Kind binding{
    .resource = &kResource,
    .storedAs = &resources::pods,
    .stored = false,
    .verbs = kVerbs,
};

}  // namespace kinds

}  // namespace pilothouse::api
