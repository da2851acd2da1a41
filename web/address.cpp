#include "web/address.hpp"

#include <algorithm>
#include <charconv>

namespace pilothouse::web {

Address Address::parse(std::string_view hash) {
  Address out;
  if (!hash.empty() && hash.front() == '#') hash.remove_prefix(1);
  hash = hash.substr(0, 2000);
  while (!hash.empty()) {
    const std::size_t end = std::min(hash.find('&'), hash.size());
    const std::string_view part = hash.substr(0, end);
    hash.remove_prefix(std::min(end + 1, hash.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (name == "lesson") out.lesson = value;
    if (name == "lang") out.language = value;
    if (name == "preset") out.preset = value;
    if (name == "example") out.example = value;
    if (name == "seed") {
      std::uint64_t seed = 0;
      const auto read = std::from_chars(value.data(), value.data() + value.size(), seed);
      if (read.ec == std::errc() && read.ptr == value.data() + value.size()) out.seed = seed;
    }
  }
  return out;
}

}  // namespace pilothouse::web
