#include "core/http/health.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/api/quote.hpp"
#include "core/http/encode.hpp"

namespace pilothouse::http {
namespace {

// The checks that kube-apiserver 1.33 runs, in its order.
constexpr std::string_view kChecks[] = {"ping",
                                        "log",
                                        "etcd",
                                        "etcd-readiness",
                                        "informer-sync",
                                        "poststarthook/start-apiserver-admission-initializer",
                                        "poststarthook/generic-apiserver-start-informers",
                                        "poststarthook/priority-and-fairness-config-consumer",
                                        "poststarthook/priority-and-fairness-filter",
                                        "poststarthook/storage-object-count-tracker-hook",
                                        "poststarthook/start-apiextensions-informers",
                                        "poststarthook/start-apiextensions-controllers",
                                        "poststarthook/crd-informer-synced",
                                        "poststarthook/start-system-namespaces-controller",
                                        "poststarthook/start-cluster-authentication-info-controller",
                                        "poststarthook/start-kube-apiserver-identity-lease-controller",
                                        "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
                                        "poststarthook/start-legacy-token-tracking-controller",
                                        "poststarthook/start-service-ip-repair-controllers",
                                        "poststarthook/rbac/bootstrap-roles",
                                        "poststarthook/scheduling/bootstrap-system-priority-classes",
                                        "poststarthook/priority-and-fairness-config-producer",
                                        "poststarthook/bootstrap-controller",
                                        "poststarthook/start-kubernetes-service-cidr-controller",
                                        "poststarthook/aggregator-reload-proxy-client-cert",
                                        "poststarthook/start-kube-aggregator-informers",
                                        "poststarthook/apiservice-status-local-available-controller",
                                        "poststarthook/apiservice-status-remote-available-controller",
                                        "poststarthook/apiservice-registration-controller",
                                        "poststarthook/apiservice-discovery-controller",
                                        "poststarthook/kube-apiserver-autoregistration",
                                        "autoregister-completion",
                                        "poststarthook/apiservice-openapi-controller",
                                        "poststarthook/apiservice-openapiv3-controller",
                                        "shutdown"};

constexpr std::string_view kEndpoints[] = {"/healthz", "/livez", "/readyz"};

bool runs(std::string_view check, std::string_view endpoint) {
  const bool readiness = check == "etcd-readiness" || check == "informer-sync" || check == "shutdown";
  return !readiness || endpoint == "readyz";
}

bool passes(std::string_view check, bool etcdHealthy) {
  return etcdHealthy || (check != "etcd" && check != "etcd-readiness");
}

// "/readyz/etcd" is "readyz" and "etcd".
std::string_view endpointOf(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

std::string unmatched(const std::vector<std::string_view>& excluded) {
  std::string names;
  for (const std::string_view name : excluded) {
    if (std::find(std::begin(kChecks), std::end(kChecks), name) != std::end(kChecks)) continue;
    names.append(names.empty() ? "" : ",").append(api::quoted(name));
  }
  return names;
}

}  // namespace

bool isHealthPath(std::string_view path) {
  return std::any_of(std::begin(kEndpoints), std::end(kEndpoints), [path](std::string_view endpoint) {
    return path.substr(0, endpoint.size()) == endpoint &&
           (path.size() == endpoint.size() || path[endpoint.size()] == '/');
  });
}

HttpResponse answerHealth(std::string_view path, const Query& query, bool etcdHealthy) {
  const std::string_view endpoint = endpointOf(path);
  const std::string_view single = path.substr(std::min(path.size(), endpoint.size() + 2));
  if (!single.empty()) {
    const bool known = std::find(std::begin(kChecks), std::end(kChecks), single) != std::end(kChecks);
    if (!known || !runs(single, endpoint)) return plainText(404, "404 page not found\n");
    if (passes(single, etcdHealthy)) return plainText(200, "ok");
    return plainText(500, "internal server error: reason withheld\n");
  }
  const auto excluded = query.all("exclude");
  std::string report;
  bool healthy = true;
  for (const std::string_view check : kChecks) {
    if (!runs(check, endpoint)) continue;
    const bool isExcluded = std::find(excluded.begin(), excluded.end(), check) != excluded.end();
    if (isExcluded) {
      report.append("[+]").append(check).append(" excluded: ok\n");
    } else if (passes(check, etcdHealthy)) {
      report.append("[+]").append(check).append(" ok\n");
    } else {
      healthy = false;
      report.append("[-]").append(check).append(" failed: reason withheld\n");
    }
  }
  const std::string unknown = unmatched(excluded);
  if (!unknown.empty())
    report.append("warn: some health checks cannot be excluded: no matches for ")
        .append(unknown)
        .append("\n");
  if (!healthy) return plainText(500, report.append(endpoint).append(" check failed\n"));
  if (!query.has("verbose")) return plainText(200, "ok");
  return plainText(200, report.append(endpoint).append(" check passed\n"));
}

}  // namespace pilothouse::http
