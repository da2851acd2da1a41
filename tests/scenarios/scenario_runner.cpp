#include <functional>

#include "core/api/object.hpp"
#include "core/cluster/cluster.hpp"
#include "core/value/duration.hpp"
#include "tests/scenarios/scenario.hpp"
#include "tests/scenarios/transcript.hpp"

namespace pilothouse::scenario {
namespace {

using namespace std::chrono_literals;

constexpr SimDuration kResultMax = 5min;  // longer than any command takes
constexpr SimDuration kSettled = 5s;     // when nothing was stored by then, nothing comes

const Key kFile = Key::intern("file");
const Key kManifest = Key::intern("manifest");
const Key kSelector = Key::intern("selector");

/// A cluster as checks look at it.
class ClusterWorld final : public lesson::World {
 public:
  explicit ClusterWorld(cluster::Cluster& cluster) : cluster_(cluster) {}
  void forEach(std::string_view group, std::string_view plural, std::string_view ns,
               const std::function<void(const Value&)>& visit) override {
    const api::Resource* resource = api::findResource(group, plural);
    if (resource == nullptr) return;
    cluster_.forEach(*resource, ns, [&visit](const Value& object) {
      visit(object);
      return true;
    });
  }
  std::uint64_t revision() override { return cluster_.revision(); }
  SimDuration elapsed() override { return cluster_.elapsed(); }
  std::uint64_t input(Key verb, const Value& arguments) override { return cluster_.input(verb, arguments); }
  void setSpeed(double) override {}
  void reset(std::string_view, std::uint64_t) override {}
  void openManifest(std::string_view, std::string_view) override {}
  void highlight(std::string_view) override {}

 private:
  cluster::Cluster& cluster_;
};

class Runner {
 public:
  explicit Runner(const Scenario& scenario)
      : scenario_(scenario), cluster_(Session(scenario.seed, scenario.preset)), world_(cluster_) {}

  std::string run(const std::string& file) {
    for (const Step& step : scenario_.steps) {
      begun_ = cluster_.elapsed();
      const std::string wrong = runStep(step);
      if (!wrong.empty()) {
        return file + ":" + std::to_string(step.line) + ": " + step.path + ", after " +
               durationText(cluster_.elapsed()) + " of \"" + scenario_.title + "\"\n" + wrong;
      }
    }
    return "";
  }

 private:
  std::string runStep(const Step& step) {
    std::vector<lesson::Baseline> before;
    for (const Expectation& expectation : step.expect) {
      before.push_back(lesson::takeBaseline(expectation.check, world_));
    }
    std::string wrong;
    if (step.run > SimDuration()) cluster_.simulator().runFor(step.run);
    if (!step.verb.text().empty()) wrong = act(step);
    for (std::size_t i = 0; wrong.empty() && i < step.expect.size(); ++i) {
      wrong = meets(step.expect[i], before[i]);
    }
    if (wrong.empty() && step.events) wrong = difference(*step.events, cluster_);
    return wrong;
  }

  std::string act(const Step& step) {
    std::string error;
    const Value arguments = resolved(step.arguments, error);
    if (!error.empty()) return error;
    std::vector<std::string> stored;
    const auto stop =
        cluster_.onChange([&](const api::Resource& resource, const Value& old, const Value& now) {
          // Heart-beats go on.
          if (resource.plural.text() == "leases" || resource.plural.text() == "nodes") return;
          stored.push_back(resource.groupResource() + " " + api::namespacedName(now.isNull() ? old : now));
        });
    const cluster::InputResult* result = cluster_.result(cluster_.input(step.verb, arguments));
    const SimTime limit = cluster_.simulator().now() + kResultMax;
    while (!result->finished && cluster_.simulator().runSome(limit, 1) == 1) {
    }
    if (step.storesNothing) cluster_.simulator().runFor(kSettled);
    stop();
    if (!result->finished) return "    no answer within " + durationText(kResultMax) + "\n";
    if (step.result) error = difference(*step.result, result->messages);
    if (!step.result && !result->ok) error = difference(std::vector<ExpectedMessage>(), result->messages);
    if (step.storesNothing && !stored.empty()) error += "    something was stored: " + stored.front() + "\n";
    return error;
  }

  // A selector stands for the first object in order of name that it finds, a file for its text.
  Value resolved(const Value& arguments, std::string& error) {
    if (arguments.has(kFile)) {
      const auto text = readFile(arguments[kFile].toString());
      if (!text) error = "    no such file: " + arguments[kFile].toString() + "\n";
      return arguments.without(kFile).with(kManifest, Value(text.value_or("")));
    }
    if (!arguments.has(kSelector)) return arguments;
    const LabelSelector selector = parseLabelSelector(arguments[kSelector].asString()).selector;
    const Value& ns = arguments[keys::namespace_];
    Value name;
    world_.forEach(arguments["group"].asString(), arguments["resource"].asString(),
                   ns.isNull() ? "default" : ns.asString(), [&](const Value& object) {
                     if (!name.isNull() || api::isBeingDeleted(object)) return;
                     if (selector.matches(api::labels(object))) name = api::meta(object)[keys::name];
                   });
    if (name.isNull()) error = "    nothing has " + arguments[kSelector].toString() + "\n";
    return arguments.without(kSelector).with(keys::name, name);
  }

  std::string meets(const Expectation& expectation, const lesson::Baseline& before) {
    if (!runUntilIt(expectation.check, before, true, begun_ + expectation.within)) {
      return "    " + expectation.path + " does not hold" +
             (expectation.within > SimDuration() ? " within " + durationText(expectation.within) : " now") +
             "\n" + whyNot(expectation.check, world_);
    }
    const SimDuration took = cluster_.elapsed() - begun_;
    if (took < expectation.notBefore) {
      return "    " + expectation.path + " holds after " + durationText(took) + " already\n" +
             whyNot(expectation.check, world_);
    }
    const SimDuration& keeps = expectation.check.holdsFor;
    if (keeps > SimDuration() && runUntilIt(expectation.check, before, false, cluster_.elapsed() + keeps)) {
      return "    " + expectation.path + " held after " + durationText(took) + " and no longer after " +
             durationText(cluster_.elapsed() - begun_) + "\n" + whyNot(expectation.check, world_);
    }
    return "";
  }

  // Looks after every change until the check's answer is that one; false when it never was.
  bool runUntilIt(const lesson::Check& check, const lesson::Baseline& before, bool answer,
                  SimDuration until) {
    const SimTime limit = kSimulationStart + until;
    std::uint64_t looked = 0;
    while (true) {
      if (looked != cluster_.revision()) {
        looked = cluster_.revision();
        if (lesson::holds(check, world_, before) == answer) return true;
      }
      if (cluster_.simulator().now() >= limit || cluster_.simulator().runSome(limit, 1) == 0) return false;
    }
  }

  const Scenario& scenario_;
  cluster::Cluster cluster_;
  ClusterWorld world_;
  SimDuration begun_{};
};

}  // namespace

std::string runScenario(const Scenario& scenario, const std::string& file) {
  return Runner(scenario).run(file);
}

}  // namespace pilothouse::scenario
