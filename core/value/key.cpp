#include "core/value/key.hpp"

#include <cassert>
#include <deque>
#include <string>
#include <unordered_map>

namespace pilothouse {
namespace {

struct InternTable {
  std::deque<std::string> texts{std::string()};  // a deque, so that views stay valid while it grows
  std::unordered_map<std::string_view, std::uint32_t> ids{{std::string_view(texts.front()), 0}};
};

InternTable& table() {
  static InternTable interned;
  return interned;
}

}  // namespace

Key Key::intern(std::string_view text) {
  InternTable& t = table();
  if (const auto found = t.ids.find(text); found != t.ids.end()) return Key(found->second);
  const auto id = static_cast<std::uint32_t>(t.texts.size());
  const std::string& kept = t.texts.emplace_back(text);
  t.ids.emplace(std::string_view(kept), id);
  return Key(id);
}

std::string_view Key::text() const {
  assert(id_ < table().texts.size());
  return table().texts[id_];
}

}  // namespace pilothouse
