#include "core/kubelet/shell/pattern.hpp"

namespace pilothouse::kubelet::shell {
namespace {

// One element of the pattern at `p` against a character; `next` is behind it.
bool matchesOne(std::string_view pattern, std::size_t p, char c, std::size_t& next) {
  next = p + 1;
  if (pattern[p] == '?') return true;
  if (pattern[p] == '\\' && p + 1 < pattern.size()) {
    next = p + 2;
    return pattern[p + 1] == c;
  }
  const std::size_t close = pattern[p] == '[' ? pattern.find(']', p + 2) : std::string_view::npos;
  if (close == std::string_view::npos) return pattern[p] == c;
  next = close + 1;
  std::string_view set = pattern.substr(p + 1, close - p - 1);
  const bool inverted = set.front() == '!' || set.front() == '^';
  if (inverted) set.remove_prefix(1);
  bool inside = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      inside = inside || (c >= set[i] && c <= set[i + 2]);
      i += 2;
    } else {
      inside = inside || c == set[i];
    }
  }
  return inside != inverted;
}

}  // namespace

bool matchesPattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    std::size_t next = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && matchesOne(pattern, p, text[t], next)) {
      p = next;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace pilothouse::kubelet::shell
