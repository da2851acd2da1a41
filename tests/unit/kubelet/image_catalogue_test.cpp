#include "core/kubelet/images/image_catalogue.hpp"

#include <doctest/doctest.h>

#include "core/kubelet/runtime/cni.hpp"

namespace pilothouse::kubelet {
namespace {

std::string nameOf(std::string_view text) { return parseImageReference(text).name(); }
std::string errorOf(std::string_view text) { return parseImageReference(text).error; }
bool canPull(std::string_view text) { return lookUpImage(parseImageReference(text)).image != nullptr; }
const Image& imageNamed(std::string_view text) { return imageOf(parseImageReference(text)); }

}  // namespace

TEST_CASE("image names are read as the registry's library reads them") {
  CHECK(nameOf("nginx") == "docker.io/library/nginx:latest");
  CHECK(nameOf("nginx:1.27") == "docker.io/library/nginx:1.27");
  CHECK(nameOf("bitnami/nginx") == "docker.io/bitnami/nginx:latest");
  CHECK(nameOf("registry.k8s.io/pause:3.10") == "registry.k8s.io/pause:3.10");
  CHECK(nameOf("localhost:5000/app") == "localhost:5000/app:latest");
  CHECK(nameOf("docker.io/nginx") == "docker.io/library/nginx:latest");
  const std::string digest = "sha256:" + std::string(64, 'a');
  CHECK(nameOf("nginx@" + digest) == "docker.io/library/nginx@" + digest);
  CHECK(errorOf("Nginx") == "invalid reference format: repository name (library/Nginx) must be lowercase");
  for (const char* bad : {"", ":latest", "nginx:", "nginx:la test", "a..b", "-a", "a/", "/a",
                          "nginx@sha256:12", "a//b", "a___b", "http://nginx"}) {
    CAPTURE(bad);
    CHECK_FALSE(errorOf(bad).empty());
  }
  CHECK_FALSE(errorOf(std::string(5000, 'a')).empty());
}

TEST_CASE("known repositories have their tags, unknown ones have any") {
  for (const char* good :
       {"nginx",
        "nginx:1.14.2",
        "nginx:1.27-alpine",
        "nginx:1.25.3-alpine3.18",
        "nginx:alpine",
        "nginx:stable-perl",
        "redis:7",
        "redis:6.0.5",
        "redis:7.2-alpine",
        "busybox:1.36",
        "postgres:16.3",
        "mysql:5.7",
        "httpd:2.4",
        "python:3.12-slim-bookworm",
        "ubuntu:22.04",
        "registry.k8s.io/redis:e2e",
        "gcr.io/google_samples/gb-redisslave:v1",
        "gcr.io/google-samples/gb-frontend:v5",
        "us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5",
        "k8s.gcr.io/echoserver:1.4",
        "gcr.io/google-samples/hello-app:2.0",
        "gcr.io/google-samples/cassandra:v14",
        "us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo/frontend:v0.10.6",
        "registry.k8s.io/hpa-example",
        "registry.k8s.io/pause:3.9",
        "example.com/whatever/app:v9"}) {
    CAPTURE(good);
    CHECK(canPull(good));
  }
  for (const char* bad :
       {"nginx:1.161", "nginx:1.27.999", "nginx:lastest", "redis:99", "busybox:2.0", "httpd:3",
        "gcr.io/google-samples/gb-frontend:v99", "registry.invalid/app", "a.b.invalid:5000/x:1"}) {
    CAPTURE(bad);
    CHECK_FALSE(canPull(bad));
  }
  CHECK(lookUpImage(parseImageReference("redis:99")).error ==
        "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/redis:99\": "
        "failed "
        "to resolve reference \"docker.io/library/redis:99\": docker.io/library/redis:99: not found");
}

TEST_CASE("rows tell what an image is") {
  CHECK(imageNamed("nginx:1.27").ports == "80");
  CHECK(imageNamed("k8s.gcr.io/pause:3.1").program == Image::Program::Pause);
  CHECK(imageNamed("gcr.io/google_containers/echoserver:1.4").ports == "8080 8443");
  CHECK(imageNamed("gcr.io/google_samples/gb-frontend:v3").ports == "80");
  CHECK(imageNamed("example.com/app").repository.empty());
  CHECK(imageDigest(parseImageReference("nginx:1.27")).size() == 7 + 64);
  CHECK(imageDigest(parseImageReference("nginx:1.27")) != imageDigest(parseImageReference("nginx:1.26")));
}

TEST_CASE("every row of the catalogue has a tag that can be pulled") {
  for (const auto& table : {webServerImages(), dataStoreImages(), toolImages(), exampleImages(),
                            boutiqueImages(), systemImages()}) {
    for (const Image& image : table) {
      CAPTURE(image.repository);
      std::string name(image.repository);
      if (name.front() == '*') name = "example.com/project" + name.substr(1);
      std::string tag(image.tags.substr(0, image.tags.find(' ')));
      if (tag == "*") tag = "latest";
      if (const std::size_t dots = tag.find(".."); dots != std::string::npos) tag = tag.substr(0, dots);
      CHECK(canPull(name + ":" + tag));
      CHECK(&imageNamed(name) == &image);  // no earlier row hides it
    }
  }
}

TEST_CASE("addresses of a node's range are given in turn, and not twice") {
  HostLocalIpam ipam("10.244.1.0/29");
  CHECK(ipv4Text(ipam.allocate().value()) == "10.244.1.2");
  CHECK(ipv4Text(ipam.allocate().value()) == "10.244.1.3");
  ipam.release(parseIpv4("10.244.1.2").value());
  CHECK(ipv4Text(ipam.allocate().value()) == "10.244.1.4");  // not the one just given back
  CHECK(ipv4Text(ipam.allocate().value()) == "10.244.1.5");
  CHECK(ipv4Text(ipam.allocate().value()) == "10.244.1.6");
  CHECK(ipv4Text(ipam.allocate().value()) == "10.244.1.2");
  CHECK_FALSE(ipam.allocate());
  CHECK_FALSE(HostLocalIpam("nonsense").allocate());
  CHECK_FALSE(parseIpv4("10.0.0.256"));
  CHECK_FALSE(parseIpv4("10.0.0"));
}

}  // namespace pilothouse::kubelet
