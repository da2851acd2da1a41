#include "core/kubelet/images/image_catalogue.hpp"

namespace pilothouse::kubelet {
namespace {

using Protocol = Image::Protocol;

// Online Boutique (GoogleCloudPlatform/microservices-demo), under each registry that published it.
constexpr std::string_view kTags = "latest v0.1..20";

ServerAnswer frontend(const ServerRequest& request) {
  if (request.path.substr(0, 9) == "/_healthz") return {200, "ok"};
  return {200,
          "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n    <title>Online Boutique</title>\n</head>\n<body>\n"
          "    <h3>Hot Products</h3>\n</body>\n</html>"};
}

constexpr Image kImages[] = {
    {.repository = "*/microservices-demo/adservice",
     .tags = kTags,
     .sizeBytes = 105'000'000,
     .startupMs = 2500,
     .ports = "9555",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/cartservice",
     .tags = kTags,
     .sizeBytes = 38'000'000,
     .startupMs = 700,
     .ports = "7070",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/checkoutservice",
     .tags = kTags,
     .sizeBytes = 24'000'000,
     .startupMs = 120,
     .ports = "5050",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/currencyservice",
     .tags = kTags,
     .sizeBytes = 58'000'000,
     .startupMs = 600,
     .ports = "7000",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/emailservice",
     .tags = kTags,
     .sizeBytes = 95'000'000,
     .startupMs = 1200,
     .ports = "8080",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/frontend",
     .tags = kTags,
     .sizeBytes = 27'000'000,
     .startupMs = 150,
     .ports = "8080",
     .portVariable = "PORT",
     .protocol = Protocol::Http,
     .answer = frontend},
    {.repository = "*/microservices-demo/loadgenerator",
     .tags = kTags,
     .sizeBytes = 65'000'000,
     .startupMs = 800,
     .ports = "8089",
     .portVariable = "PORT",
     .protocol = Protocol::Http},
    {.repository = "*/microservices-demo/paymentservice",
     .tags = kTags,
     .sizeBytes = 59'000'000,
     .startupMs = 600,
     .ports = "50051",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/productcatalogservice",
     .tags = kTags,
     .sizeBytes = 26'000'000,
     .startupMs = 120,
     .ports = "3550",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/recommendationservice",
     .tags = kTags,
     .sizeBytes = 94'000'000,
     .startupMs = 1200,
     .ports = "8080",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
    {.repository = "*/microservices-demo/shippingservice",
     .tags = kTags,
     .sizeBytes = 24'000'000,
     .startupMs = 120,
     .ports = "50051",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc},
};

}  // namespace

std::span<const Image> boutiqueImages() { return kImages; }

}  // namespace pilothouse::kubelet
