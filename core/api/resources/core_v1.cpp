#include "core/api/resources/groups.hpp"

namespace pilothouse::api {
namespace {

using Names = std::string_view;

constexpr Names kAll[] = {"all"};
constexpr Names kCm[] = {"cm"};
constexpr Names kEp[] = {"ep"};
constexpr Names kEv[] = {"ev"};
constexpr Names kFinalizeStatus[] = {"finalize", "status"};
constexpr Names kNo[] = {"no"};
constexpr Names kNs[] = {"ns"};
constexpr Names kPo[] = {"po"};
constexpr Names kPodSubresources[] = {"binding", "status"};
constexpr Names kStatus[] = {"status"};
constexpr Names kSvc[] = {"svc"};

Key key(std::string_view text) { return Key::intern(text); }

}  // namespace

namespace resources {

const Resource configMaps{"", "v1", key("configmaps"), "configmap", "ConfigMap", true, kCm, {}, {}};
const Resource endpoints{"", "v1", key("endpoints"), "endpoints", "Endpoints", true, kEp, {}, {}};
const Resource events{"", "v1", key("events"), "event", "Event", true, kEv, {}, {}};
const Resource namespaces{"",  "v1", key("namespaces"), "namespace", "Namespace", false,
                          kNs, {},   kFinalizeStatus};
const Resource nodes{"", "v1", key("nodes"), "node", "Node", false, kNo, {}, kStatus};
const Resource pods{"", "v1", key("pods"), "pod", "Pod", true, kPo, kAll, kPodSubresources};
const Resource secrets{"", "v1", key("secrets"), "secret", "Secret", true, {}, {}, {}};
const Resource services{"", "v1", key("services"), "service", "Service", true, kSvc, kAll, kStatus};

}  // namespace resources

ResourceList coreV1Resources() {
  using namespace resources;
  static constexpr const Resource* kList[] = {&configMaps, &endpoints, &events,  &namespaces,
                                              &nodes,      &pods,      &secrets, &services};
  return kList;
}

}  // namespace pilothouse::api
