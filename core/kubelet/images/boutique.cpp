#include "core/kubelet/images/boutique.hpp"

#include "core/kubelet/images/image_catalogue.hpp"
#include "core/kubelet/images/program.hpp"

namespace pilothouse::kubelet {
namespace {

using Protocol = Image::Protocol;

// Online Boutique (GoogleCloudPlatform/microservices-demo), under each registry that published it.
constexpr std::string_view kTags = "latest v0.1..20";

constexpr Image kImages[] = {
    {.repository = "*/microservices-demo/adservice",
     .tags = kTags,
     .sizeBytes = 105'000'000,
     .startupMs = 2500,
     .ports = "9555",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveAd},
    {.repository = "*/microservices-demo/cartservice",
     .tags = kTags,
     .sizeBytes = 38'000'000,
     .startupMs = 700,
     .ports = "7070",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveCart},
    {.repository = "*/microservices-demo/checkoutservice",
     .tags = kTags,
     .sizeBytes = 24'000'000,
     .startupMs = 120,
     .ports = "5050",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveCheckout},
    {.repository = "*/microservices-demo/currencyservice",
     .tags = kTags,
     .sizeBytes = 58'000'000,
     .startupMs = 600,
     .ports = "7000",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveCurrency},
    {.repository = "*/microservices-demo/emailservice",
     .tags = kTags,
     .sizeBytes = 95'000'000,
     .startupMs = 1200,
     .ports = "8080",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveEmail},
    {.repository = "*/microservices-demo/frontend",
     .tags = kTags,
     .sizeBytes = 27'000'000,
     .startupMs = 150,
     .ports = "8080",
     .portVariable = "PORT",
     .protocol = Protocol::Http,
     .serve = boutique::serveFrontend},
    {.repository = "*/microservices-demo/loadgenerator",
     .tags = kTags,
     .sizeBytes = 65'000'000,
     .startupMs = 800,
     .ports = "8089",
     .log = "",
     .act = boutique::generateLoad},
    {.repository = "*/microservices-demo/paymentservice",
     .tags = kTags,
     .sizeBytes = 59'000'000,
     .startupMs = 600,
     .ports = "50051",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::servePayment},
    {.repository = "*/microservices-demo/productcatalogservice",
     .tags = kTags,
     .sizeBytes = 26'000'000,
     .startupMs = 120,
     .ports = "3550",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveProductCatalog},
    {.repository = "*/microservices-demo/recommendationservice",
     .tags = kTags,
     .sizeBytes = 94'000'000,
     .startupMs = 1200,
     .ports = "8080",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveRecommendation},
    {.repository = "*/microservices-demo/shippingservice",
     .tags = kTags,
     .sizeBytes = 24'000'000,
     .startupMs = 120,
     .ports = "50051",
     .portVariable = "PORT",
     .protocol = Protocol::Grpc,
     .serve = boutique::serveShipping},
};

}  // namespace

std::span<const Image> boutiqueImages() { return kImages; }

}  // namespace pilothouse::kubelet
