// Runs a recorded session and prints the digest of everything that happened in it.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/cluster/cluster.hpp"
#include "core/sim/trace_line.hpp"
#include "core/value/document.hpp"

using namespace pilothouse;

namespace {

struct Arguments {
  std::int64_t seconds = 10000;
  std::string seed;        // "" for the session's own
  std::int64_t lines = 0;  // how many of the event log's first lines to print
  std::string file = "tests/fixtures/digest-session.json";
};

int usage() {
  std::fprintf(stderr, "usage: pilothouse_digest [--seconds N] [--seed N] [--lines N] [SESSION.json]\n");
  return 2;
}

std::string contents(const std::string& path) {
  std::string text;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  std::fclose(file);
  return text;
}

bool parse(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word.substr(0, 2) != "--") {
      arguments.file = word;
    } else if (i + 1 == count) {
      return false;
    } else if (word == "--seconds") {
      arguments.seconds = std::atoll(words[++i]);
    } else if (word == "--seed") {
      arguments.seed = words[++i];
    } else if (word == "--lines") {
      arguments.lines = std::atoll(words[++i]);
    } else {
      return false;
    }
  }
  return arguments.seconds >= 0;
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!parse(count, words, arguments)) return usage();
  const Documents read = readJson(contents(arguments.file));
  if (read.error || read.documents.empty()) {
    std::fprintf(stderr, "%s: %s\n", arguments.file.c_str(),
                 read.error ? read.error->message.c_str() : "empty");
    return 1;
  }
  Value recorded = read.documents.front().value;
  if (!arguments.seed.empty()) recorded = recorded.with(Key::intern("seed"), Value(arguments.seed));
  Session::Loaded loaded = Session::fromValue(recorded);
  if (loaded.session.empty()) {
    std::fprintf(stderr, "%s: %s\n", arguments.file.c_str(), loaded.error.c_str());
    return 1;
  }
  cluster::Cluster cluster(std::move(loaded.session.front()));
  cluster.simulator().runFor(std::chrono::seconds(arguments.seconds));
  for (std::int64_t id = 1; id <= arguments.lines; ++id) {
    const TraceRecord* record = cluster.trace().find(static_cast<CauseId>(id));
    if (record != nullptr) std::printf("%s\n", traceLine(*record, cluster.network()).c_str());
  }
  std::printf("%016llx %llu events\n", static_cast<unsigned long long>(cluster.trace().digest()),
              static_cast<unsigned long long>(cluster.simulator().eventsRun()));
  return 0;
}
