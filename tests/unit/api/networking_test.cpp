#include <string>

#include "core/api/kind.hpp"
#include "tests/unit/api/objects.hpp"

using namespace pilothouse;
using namespace pilothouse::api;

namespace {

const Resource& resource(std::string_view plural) { return *findResource("networking.k8s.io", plural); }

Texts policy(std::string_view flow) {
  return wrong(resource("networkpolicies"),
               "metadata: {name: p, namespace: default}\nspec: {" + std::string(flow) + "}");
}

Texts ingress(std::string_view flow) {
  return wrong(resource("ingresses"),
               "metadata: {name: site, namespace: default}\nspec: {" + std::string(flow) + "}");
}

Texts path(std::string_view flow) {
  return ingress("rules: [{http: {paths: [{" + std::string(flow) + "}]}}]");
}

std::string cellsOf(std::string_view plural, std::string_view text) {
  const Kind& kind = kindOf(resource(plural));
  std::vector<Value> cells;
  kind.cells(cells, yaml(text), kSimulationStart);
  std::string row;
  for (const Value& cell : cells) row += cell.toString() + "|";
  CHECK(cells.size() == kind.columns.size());
  return row;
}

}  // namespace

TEST_CASE("a NetworkPolicy says which direction it is about") {
  const auto types = [](std::string_view flow) {
    return writeJson(defaulted(
        resource("networkpolicies"),
        "metadata: {name: p}\nspec: {podSelector: {}, " + std::string(flow) + "}")["spec"]["policyTypes"]);
  };
  CHECK(types("ingress: []") == R"(["Ingress"])");
  CHECK(types("egress: [{}]") == R"(["Ingress","Egress"])");
  CHECK(types("policyTypes: [Egress]") == R"(["Egress"])");
  CHECK(defaulted(resource("networkpolicies"), "spec: {ingress: [{ports: [{port: 80}]}]}")["spec"]["ingress"]
            .items()[0]["ports"]
            .items()[0]["protocol"] == Value("TCP"));
}

TEST_CASE("ports and peers of a NetworkPolicy") {
  CHECK(policy("ingress: [{ports: [{port: 80, endPort: 90}], from: [{podSelector: {}}]}]") == Texts{});
  CHECK(
      policy("ingress: [{ports: [{port: 80, endPort: 70}]}]") ==
      Texts{"spec.ingress[0].ports[0].endPort: Invalid value: 70: must be greater than or equal to `port`"});
  CHECK(policy("egress: [{ports: [{endPort: 70}]}]") ==
        Texts{"spec.egress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is not "
              "specified"});
  CHECK(policy("ingress: [{from: [{}]}]") ==
        Texts{"spec.ingress[0].from[0]: Required value: must specify a peer"});
  CHECK(policy("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]") ==
        Texts{"spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer"});
  CHECK(policy("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 11.0.0.0/16]}}]}]") ==
        Texts{"spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: \"11.0.0.0/16\": must be a strict "
              "subset of `cidr`"});
  CHECK(
      policy("policyTypes: [Inward]") ==
      Texts{"spec.policyTypes[0]: Unsupported value: \"Inward\": supported values: \"Ingress\", \"Egress\""});
}

TEST_CASE("an Ingress leads somewhere") {
  CHECK(ingress("") ==
        Texts{"spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"});
  CHECK(ingress("defaultBackend: {service: {name: web, port: {number: 80}}}") == Texts{});
  CHECK(path("path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}") == Texts{});
  CHECK(path("path: /, backend: {service: {name: web, port: {number: 80}}}") ==
        Texts{"spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"});
  CHECK(path("path: a//b, pathType: Exact, backend: {service: {name: web, port: {}}}") ==
        Texts{"spec.rules[0].http.paths[0].path: Invalid value: \"a//b\": must be an absolute path",
              "spec.rules[0].http.paths[0].path: Invalid value: \"a//b\": must not contain '//'",
              "spec.rules[0].http.paths[0].backend: Required value: port name or number is required"});
  CHECK(path("path: /, pathType: Some, backend: {}") ==
        Texts{"spec.rules[0].http.paths[0].pathType: Unsupported value: \"Some\": supported values: "
              "\"Exact\", \"ImplementationSpecific\", \"Prefix\"",
              "spec.rules[0].http.paths[0].backend: Invalid value: \"\": resource or service backend is "
              "required"});
  CHECK(ingress("rules: [{host: 10.0.0.1}]") ==
        Texts{"spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address"});
  CHECK(ingress("rules: [{host: '*.example.com'}]") == Texts{});
  CHECK(ingress("rules: [{host: 'a.*.com'}]").size() == 1);
}

TEST_CASE("an IngressClass keeps its controller") {
  const Resource& classes = resource("ingressclasses");
  CHECK(wrong(classes, "metadata: {name: c}\nspec: {controller: nginx}") ==
        Texts{"spec.controller: Invalid value: \"nginx\": must be a domain-prefixed path (such as "
              "\"acme.io/foo\")"});
  CHECK(wrong(classes,
              "metadata: {name: c}\nspec: {controller: a.io/b, parameters: {kind: K, name: x, scope: "
              "Namespace}}") ==
        Texts{"spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"});
  CHECK(wrongUpdate(classes, "metadata: {name: c, resourceVersion: '1'}\nspec: {controller: a.io/b}",
                    "metadata: {name: c, resourceVersion: '1'}\nspec: {controller: a.io/c}") ==
        Texts{"spec.controller: Invalid value: \"a.io/c\": field is immutable"});
}

TEST_CASE("what kubectl get prints of networking") {
  CHECK(
      cellsOf(
          "ingresses",
          "{metadata: {name: site}, spec: {ingressClassName: nginx, tls: [{}], rules: [{host: a}, {host: b}, "
          "{host: c}, {host: d}]}, status: {loadBalancer: {ingress: [{ip: 1.2.3.4}, {hostname: lb}]}}}") ==
      "site|nginx|a,b,c + 1 more...|1.2.3.4,lb|80, 443|<unknown>|");
  CHECK(cellsOf("ingresses", "{metadata: {name: bare}, spec: {rules: [{}]}}") ==
        "bare|<none>|*||80|<unknown>|");
  CHECK(cellsOf(
            "ingressclasses",
            "{metadata: {name: c}, spec: {controller: a.io/b, parameters: {apiGroup: k8s.io, kind: K, name: "
            "x}}}") == "c|a.io/b|K.k8s.io/x|<unknown>|");
  CHECK(cellsOf("networkpolicies", "{metadata: {name: p}, spec: {podSelector: {matchLabels: {app: db}}}}") ==
        "p|app=db|<unknown>|");
}

TEST_CASE("an Ingress begins without an address, and warns of the old way to name its class") {
  const Kind& kind = kindOf(resource("ingresses"));
  const Value old = yaml("metadata: {annotations: {kubernetes.io/ingress.class: nginx}}");
  CHECK(writeJson(kind.prepareForCreate(old)["status"]) == R"({"loadBalancer":{}})");
  Texts warnings;
  kind.warnings(warnings, old, Value());
  CHECK(warnings == Texts{"annotation \"kubernetes.io/ingress.class\" is deprecated, please use "
                          "'spec.ingressClassName' instead"});
}
