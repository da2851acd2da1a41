#include "web/editor/yaml_colors.hpp"

#include <string>

#include "doctest/doctest.h"

using namespace pilothouse::web;

namespace {

/// One letter a byte: k key, s string, n number, c comment, m mark, . plain.
std::string colors(std::string_view line, YamlLineState& state) {
  std::vector<YamlRun> runs;
  state = colorYamlLine(line, state, &runs);
  std::string out(line.size(), '.');
  for (const YamlRun& run : runs) {
    for (std::size_t i = run.begin; i < run.end; ++i) out[i] = ".ksncm"[static_cast<std::size_t>(run.token)];
  }
  return out;
}

std::string colors(std::string_view line) {
  YamlLineState state;
  return colors(line, state);
}

}  // namespace

TEST_CASE("Keys, values and comments have colours of their own") {
  CHECK(colors("name: web") == "kkkkm.sss");
  CHECK(colors("  replicas: 3 # three") == "..kkkkkkkkm.nnccccccc");
  CHECK(colors("- name: x") == "m.kkkkm.s");
  CHECK(colors("image: gcr.io/x:v1") == "kkkkkm.sssssssssss");
  CHECK(colors("enabled: true") == "kkkkkkkm.nnnn");
  CHECK(colors("# note") == "cccccc");
  CHECK(colors("---") == "mmm");
}

TEST_CASE("A block scalar lasts as long as it is indented") {
  YamlLineState state;
  CHECK(colors("data: |", state) == "kkkkm.m");
  CHECK(state.block == 0);
  CHECK(colors("  key: not a key", state) == "..ssssssssssssss");
  CHECK(colors("", state).empty());
  CHECK(colors("  # not a comment", state) == "..sssssssssssssss");
  CHECK(colors("next: 1", state) == "kkkkm.n");
}

TEST_CASE("A quotation goes on over lines until it is closed") {
  YamlLineState state;
  CHECK(colors("a: \"one", state) == "km.ssss");
  CHECK(state.quote == '"');
  CHECK(colors("two # still\" ", state) == "ssssssssssss.");
  CHECK(state.quote == 0);
}

TEST_CASE("Any bytes are coloured without a fault") {
  for (int seed = 0; seed < 400; ++seed) {
    std::string line;
    unsigned x = static_cast<unsigned>(seed) * 2654435761U + 1;
    for (int i = 0; i < 40; ++i) {
      x = x * 1664525U + 1013904223U;
      line += ":#-'\"|>{[&*! \t\\ab\xEA\xB0\x80"[(x >> 16) % 19];
    }
    YamlLineState state;
    for (int again = 0; again < 3; ++again) CHECK(colors(line, state).size() == line.size());
  }
}
