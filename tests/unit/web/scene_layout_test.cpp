#include "web/scene_layout.hpp"

#include <string>

#include "doctest/doctest.h"

using namespace pilothouse;
using namespace pilothouse::web;

namespace {

SceneContents contents(std::size_t workers, std::size_t pods = 3, std::size_t services = 4) {
  SceneContents out;
  out.controlPlane = "control-plane";
  for (const char* name :
       {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "coredns"}) {
    out.components.push_back({name, "control-plane"});
  }
  out.components.push_back({"user", "outside"});
  for (std::size_t i = 0; i < workers; ++i) {
    const std::string node = "worker-" + std::to_string(i + 1);
    for (const char* part : {"network/", "kubelet/", "containerd/", "kube-proxy/"}) {
      out.components.push_back({part + node, node});
    }
    out.workers.push_back(node);
  }
  out.services = services;
  out.podsOnFullest = pods;
  return out;
}

}  // namespace

TEST_CASE("Machines and rooms stand beside each other inside the scene, in any window") {
  for (const std::size_t workers : {1U, 3U, 5U, 12U, 40U, 700U}) {
    for (const ImVec2 window : {ImVec2(620, 620), ImVec2(390, 600), ImVec2(1300, 500), ImVec2(2, 2)}) {
      CAPTURE(workers);
      CAPTURE(window.x);
      const SceneLayout l = layoutScene(contents(workers), window);
      REQUIRE(l.machines.size() == workers);
      CHECK(l.tiles == (workers > kRoomedWorkersMax));
      for (std::size_t i = 0; i < l.machines.size(); ++i) {
        CHECK(l.machines[i].rect.max.x <= l.bounds.max.x);
        CHECK(l.machines[i].rect.max.y <= l.bounds.max.y);
        CHECK_FALSE(l.machines[i].rect.overlaps(l.controlPlane));
        CHECK_FALSE(l.machines[i].rect.overlaps(l.waiting));
        for (std::size_t k = i + 1; k < std::min(l.machines.size(), i + 80); ++k) {
          CHECK_FALSE(l.machines[i].rect.overlaps(l.machines[k].rect));
        }
      }
      for (std::size_t i = 0; i < l.rooms.size(); ++i) {
        for (std::size_t k = i + 1; k < l.rooms.size(); ++k)
          CHECK_FALSE(l.rooms[i].rect.overlaps(l.rooms[k].rect));
      }
    }
  }
}

TEST_CASE("A message to kube-apiserver goes the way of the answer, reversed") {
  const SceneLayout l = layoutScene(contents(3), {620, 620});
  const auto server = static_cast<ComponentId>(1);
  for (const std::uint32_t other : {0U, 2U, 3U, 4U, 5U, 7U, 9U, 11U}) {
    const auto there = l.route(server, static_cast<ComponentId>(other));
    auto back = l.route(static_cast<ComponentId>(other), server);
    REQUIRE(there.size() >= 2);
    REQUIRE(back.size() == there.size());
    CHECK(there.front().x == back.back().x);
    CHECK(there.back().y == back.front().y);
  }
  CHECK(l.route(server, server).empty());
  CHECK(l.route(static_cast<ComponentId>(9999), server).size() == 2);
}

TEST_CASE("Pods that do not fit as chips become dots") {
  CHECK(podGrid(3, 160).chips);
  CHECK(podGrid(12, 160).columns == 2);
  CHECK_FALSE(podGrid(110, 160).chips);
  CHECK(podGrid(110, 160).columns > 5);
}
