// Random faults on a small cluster, and what must hold all the same.
//
//   pilothouse_chaos [--seeds N] [--first SEED] [--minutes M] [--preset NAME] [--session FILE]
//
// A seed that breaks something is printed with what broke; --session writes its inputs to a file that
// pilothouse_digest and the page can play again.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/document.hpp"
#include "core/value/duration.hpp"
#include "tests/chaos/faults.hpp"
#include "tests/chaos/invariants.hpp"

using namespace pilothouse;
using namespace pilothouse::chaos;
using namespace std::chrono_literals;

namespace {

struct Arguments {
  std::uint64_t seeds = 1;
  std::uint64_t first = 1;
  std::int64_t minutes = 10;
  std::string preset = "learning";
  std::string session;
};

// Time for back-offs of five minutes and for pods on machines that were lost.
constexpr SimDuration kQuietMax = 12min;

bool parse(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; i += 2) {
    if (i + 1 == count) return false;
    const std::string_view word = words[i];
    const char* value = words[i + 1];
    if (word == "--seeds") {
      arguments.seeds = std::strtoull(value, nullptr, 10);
    } else if (word == "--first") {
      arguments.first = std::strtoull(value, nullptr, 10);
    } else if (word == "--minutes") {
      arguments.minutes = std::atoll(value);
    } else if (word == "--preset") {
      arguments.preset = value;
    } else if (word == "--session") {
      arguments.session = value;
    } else {
      return false;
    }
  }
  return arguments.minutes > 0;
}

class Run {
 public:
  Run(std::uint64_t seed, const std::string& preset)
      : cluster_(Session(seed, preset)), invariants_(cluster_), faults_(cluster_, seed) {}

  // What broke, in words; empty when all held.
  std::vector<std::string> go(SimDuration length) {
    advance(40s);
    faults_.begin();
    while (cluster_.elapsed() < length && holds()) advance(faults_.step());
    faults_.repair();
    const SimDuration stopped = cluster_.elapsed();
    std::vector<std::string> left;
    // Settled means: still so a little later.
    for (int quiet = 0; quiet < 2 && holds();) {
      advance(10s);
      left = unsettled(cluster_);
      quiet = left.empty() ? quiet + 1 : 0;
      if (!left.empty() && cluster_.elapsed() - stopped > kQuietMax) break;
    }
    std::vector<std::string> broken = invariants_.broken();
    broken.insert(broken.end(), left.begin(), left.end());
    for (std::string& lost : faults_.lostWrites()) broken.push_back(std::move(lost));
    return broken;
  }

  [[nodiscard]] const cluster::Cluster& cluster() const { return cluster_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] SimDuration elapsed() { return cluster_.elapsed(); }

 private:
  [[nodiscard]] bool holds() const { return invariants_.broken().empty(); }

  // Event by event, up to a wake-up that ends it; the runtimes are asked once a second.
  void advance(SimDuration time) {
    bool over = false;
    cluster_.simulator().after(time, [&over] { over = true; });
    while (!over && holds()) {
      if (!cluster_.simulator().step()) break;
      ++events_;
      if (cluster_.simulator().now() >= nextLook_) {
        invariants_.checkRuntimes();
        nextLook_ = cluster_.simulator().now() + 1s;
      }
    }
    if (!over) cluster_.simulator().runFor(time);
  }

  cluster::Cluster cluster_;
  Invariants invariants_;
  Faults faults_;
  SimTime nextLook_{};
  std::uint64_t events_ = 0;
};

void save(const std::string& file, const cluster::Cluster& cluster) {
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) return;
  const std::string text = writeJson(cluster.session().toValue());
  std::fwrite(text.data(), 1, text.size(), out);
  std::fclose(out);
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!parse(count, words, arguments)) {
    std::fprintf(
        stderr,
        "usage: pilothouse_chaos [--seeds N] [--first N] [--minutes M] [--preset NAME] [--session FILE]\n");
    return 2;
  }
  std::uint64_t failed = 0;
  std::uint64_t events = 0;
  double minutes = 0;
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.seeds; ++seed) {
    Run run(seed, arguments.preset);
    const std::vector<std::string> broken = run.go(std::chrono::minutes(arguments.minutes));
    events += run.events();
    minutes += std::chrono::duration<double>(run.elapsed()).count() / 60;
    if (broken.empty()) continue;
    ++failed;
    std::printf("seed %llu:\n", static_cast<unsigned long long>(seed));
    for (const std::string& what : broken) std::printf("  %s\n", what.c_str());
    if (!arguments.session.empty()) save(arguments.session, run.cluster());
  }
  std::printf("{\"chaos\":\"%s\",\"seeds\":%llu,\"failed\":%llu,\"simulatedMinutes\":%.0f,\"events\":%llu}\n",
              arguments.preset.c_str(), static_cast<unsigned long long>(arguments.seeds),
              static_cast<unsigned long long>(failed), minutes, static_cast<unsigned long long>(events));
  return failed == 0 ? 0 : 1;
}
