#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pilothouse::web {

/// What a run of characters is, for its colour.
enum class YamlToken : std::uint8_t { Plain, Key, String, Number, Comment, Mark };

struct YamlRun {
  std::size_t begin = 0;  ///< byte offsets in the line
  std::size_t end = 0;
  YamlToken token{};
};

/// What a line inherits from the lines above it.
struct YamlLineState {
  int block = -1;  ///< indentation of the key whose block scalar (| or >) goes on, -1 for none
  char quote = 0;  ///< an open quotation, ' or "
  friend bool operator==(const YamlLineState&, const YamlLineState&) = default;
};

/// Colours one line and returns what the next one inherits. Runs are in order and cover what is not Plain.
/// It is a guess for the eye, never a verdict: the API server's reader says what is wrong.
YamlLineState colorYamlLine(std::string_view line, YamlLineState state, std::vector<YamlRun>* runs);

}  // namespace pilothouse::web
