#include "core/api/core_v1/spec_difference.hpp"

#include <algorithm>

#include "core/api/validation/errors.hpp"
#include "core/value/document.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kDepthMax = 32;

class Difference {
 public:
  void compare(const std::string& label, const Value& before, const Value& now, std::size_t depth) {
    if (semanticallyEqual(before, now)) return;
    if (depth < kDepthMax && before.isObject() && now.isObject()) return members(label, before, now, depth);
    if (depth < kDepthMax && before.isArray() && now.isArray()) return items(label, before, now, depth);
    if (!isNothing(before)) line('-', depth, label + writeJson(before) + ",");
    if (!isNothing(now)) line('+', depth, label + writeJson(now) + ",");
  }
  void line(char sign, std::size_t depth, const std::string& text) {
    text_ += sign;
    text_ += ' ';
    text_.append(depth, '\t');
    text_ += text + '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  void members(const std::string& label, const Value& before, const Value& now, std::size_t depth) {
    std::vector<Key> all(before.memberKeys().begin(), before.memberKeys().end());
    for (const Key key : now.memberKeys()) {
      if (!before.has(key)) all.push_back(key);
    }
    std::sort(all.begin(), all.end(), textLess);
    line(' ', depth, label + "{");
    for (const Key key : all) {
      compare(std::string(key.text()) + ": ", before[key], now[key], depth + 1);
    }
    line(' ', depth, depth == 0 ? "}" : "},");
  }
  void items(const std::string& label, const Value& before, const Value& now, std::size_t depth) {
    line(' ', depth, label + "{");
    for (std::size_t i = 0; i < std::max(before.size(), now.size()); ++i) {
      compare("", before.item(i), now.item(i), depth + 1);
    }
    line(' ', depth, "},");
  }

  std::string text_;
};

}  // namespace

std::string specDifference(std::string_view typeName, const Value& before, const Value& now) {
  Difference difference;
  difference.compare(std::string(typeName), before, now, 0);
  return difference.take();
}

}  // namespace pilothouse::api
