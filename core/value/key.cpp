#include "core/value/key.hpp"

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace pilothouse {
namespace {

struct InternTable {
  std::deque<std::string> texts{std::string()};  // a deque, so that views stay valid while it grows
  std::vector<detail::KeyText> known{{texts.front(), 0}};
  std::unordered_map<std::string_view, std::uint32_t> ids{{std::string_view(texts.front()), 0}};
};

InternTable& table() {
  static InternTable interned;
  return interned;
}

std::uint64_t startOf(std::string_view text) {
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    start = start << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  }
  return start;
}

constexpr detail::KeyText kEmpty;

}  // namespace

namespace detail {

constinit const KeyText* keyTexts = &kEmpty;

}  // namespace detail

Key Key::intern(std::string_view text) {
  InternTable& t = table();
  if (const auto found = t.ids.find(text); found != t.ids.end()) return Key(found->second);
  const auto id = static_cast<std::uint32_t>(t.known.size());
  const std::string& kept = t.texts.emplace_back(text);
  t.known.push_back({kept, startOf(kept)});
  t.ids.emplace(std::string_view(kept), id);
  detail::keyTexts = t.known.data();
  return Key(id);
}

}  // namespace pilothouse
