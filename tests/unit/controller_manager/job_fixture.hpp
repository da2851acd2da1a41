#pragma once

#include "core/controller_manager/job_indexes.hpp"
#include "tests/unit/controller_manager/fixture.hpp"

namespace pilothouse::controller_manager {

/// A cluster for stories of Jobs: the test says how each pod ends.
struct JobFixture : Fixture {
  const api::Resource& jobs = *api::findResource("batch", "jobs");

  Value applyJob(std::string_view spec, std::string_view pod = "restartPolicy: Never",
                 std::string_view name = "work") {
    return apply(jobs, "{apiVersion: batch/v1, kind: Job, metadata: {name: " + std::string(name) +
                           "}, spec: {" + std::string(spec) + (spec.empty() ? "" : ", ") +
                           "template: {spec: {" + std::string(pod) +
                           ", containers: [{name: main, image: busybox}]}}}}");
  }
  Value job(std::string_view name = "work") { return get(jobs, name); }
  Value status(std::string_view field) { return job()[keys::status][field]; }

  void start(const Value& pod) { setReady(pod, true); }
  /// What the kubelet says when the container has ended.
  void end(const Value& pod, int exitCode) {
    const std::string now = timestamp(simulator.now()).toString();
    const std::string phase = exitCode == 0 ? "Succeeded" : "Failed";
    tryPatch(r::pods, api::name(pod),
             "{status: {phase: " + phase +
                 ", conditions: [{type: Ready, status: \"False\"}], containerStatuses: [{name: main, image: "
                 "busybox, imageID: \"\", ready: false, restartCount: 0, state: {terminated: {exitCode: " +
                 std::to_string(exitCode) + ", finishedAt: \"" + now + "\"}}}]}}",
             Key::intern("status"));
  }
  /// Pods that neither ended nor are being deleted.
  std::vector<Value> active() {
    std::vector<Value> found;
    for (const Value& pod : list(r::pods)) {
      if (api::isPodActive(pod)) found.push_back(pod);
    }
    return found;
  }
  std::vector<std::int64_t> activeIndexes() {
    std::vector<std::int64_t> indexes;
    for (const Value& pod : active()) indexes.push_back(completionIndex(pod));
    std::sort(indexes.begin(), indexes.end());
    return indexes;
  }
  Value activeWithIndex(std::int64_t index) {
    for (const Value& pod : active()) {
      if (completionIndex(pod) == index) return pod;
    }
    FAIL("no active pod of index " << index);
    return {};
  }
  /// "Complete True CompletionsReached: …" of every condition in order.
  Texts conditions() {
    Texts texts;
    const Value object = job();
    for (const Value& c : object[keys::status][keys::conditions].items()) {
      texts.push_back(c[keys::type].toString() + " " + c[keys::status].toString() + " " +
                      c[keys::reason].toString() + ": " + c[keys::message].toString());
    }
    return texts;
  }
};

}  // namespace pilothouse::controller_manager
