#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::web {

/// What a link asks for, after '#': "lesson=03-desired-state&lang=ko", "preset=scale-100&seed=7",
/// "example=guestbook/guestbook-all-in-one.yaml". Unknown words and malformed numbers are ignored.
struct Address {
  std::string lesson;
  std::string language;
  std::string preset;
  std::string example;
  std::optional<std::uint64_t> seed;

  static Address parse(std::string_view hash);
};

}  // namespace pilothouse::web
