#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::http {

/// The parameters after '?', decoded, in their order (net/url.ParseQuery; malformed ones are left out).
class Query {
 public:
  explicit Query(std::string_view text);
  [[nodiscard]] bool has(std::string_view name) const;
  /// The first of that name, or "".
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

/// A request's target taken apart; nothing when it is malformed.
struct Url {
  std::string path;  ///< decoded
  std::string query;
};
std::optional<Url> parseTarget(std::string_view target);

/// %XX becomes its byte, and '+' a space when `plusIsSpace`; nothing for a broken escape.
std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace);

}  // namespace pilothouse::http
