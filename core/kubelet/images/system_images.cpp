#include "core/kubelet/images/image_catalogue.hpp"

namespace pilothouse::kubelet {
namespace {

using Program = Image::Program;
using Protocol = Image::Protocol;
using Userland = Image::Userland;

constexpr Image kImages[] = {
    {.repository = "registry.k8s.io/pause",
     .tags = "latest go 1.0..0 2.0..0 3 3.0..10",
     .sizeBytes = 320'368,
     .startupMs = 5,
     .programs = "pause",
     .program = Program::Pause,
     .userland = Userland::None},
    {.repository = "registry.k8s.io/coredns/coredns",
     .tags = "v1.6..13",
     .sizeBytes = 18'562'039,
     .startupMs = 200,
     .ports = "53 8080 8181 9153",
     .programs = "coredns",
     .log = ".:53\n[INFO] plugin/reload: Running configuration\nCoreDNS-1.12.0\nlinux/amd64, go1.23.3",
     .userland = Userland::None},
    {.repository = "registry.k8s.io/kube-proxy",
     .tags = "v1.20..36",
     .sizeBytes = 31'891'765,
     .programs = "kube-proxy"},
    {.repository = "registry.k8s.io/metrics-server/metrics-server",
     .tags = "v0.3..8",
     .sizeBytes = 19'500'000,
     .startupMs = 1500,
     .ports = "4443 10250",
     .userland = Userland::None},
    {.repository = "registry.k8s.io/ingress-nginx/controller",
     .tags = "v0.40..60 v1.0..14",
     .sizeBytes = 105'000'000,
     .startupMs = 1500,
     .ports = "80 443 8443 10254",
     .userland = Userland::Busybox},
    {.repository = "registry.k8s.io/etcd",
     .tags = "3.0..6",
     .variants = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
     .sizeBytes = 57'000'000,
     .startupMs = 800,
     .ports = "2379 2380 2381",
     .userland = Userland::None},
    {.repository = "docker.io/prom/prometheus",
     .tags = "latest main v1.0..8 v2.0..60 v3.0..8",
     .sizeBytes = 107'000'000,
     .startupMs = 800,
     .ports = "9090",
     .userland = Userland::Busybox},
    {.repository = "docker.io/grafana/grafana",
     .tags = "latest main 5..13",
     .variants = "ubuntu",
     .sizeBytes = 130'000'000,
     .startupMs = 3000,
     .ports = "3000",
     .userland = Userland::Busybox},
    {.repository = "quay.io/fluentd_elasticsearch/fluentd",
     .tags = "v2.4..9 v3.0..4 v4.0..0 v5.0..0",
     .sizeBytes = 65'000'000,
     .startupMs = 2500},
    {.repository = "docker.io/fluent/fluentd",
     .tags = "latest edge v0.12..14 v1.0..19",
     .variants = "debian alpine",
     .sizeBytes = 25'000'000,
     .startupMs = 2000,
     .ports = "24224"},
};

}  // namespace

std::span<const Image> systemImages() { return kImages; }

}  // namespace pilothouse::kubelet
