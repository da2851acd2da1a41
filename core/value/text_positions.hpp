#pragma once

// From byte offsets to lines and columns. Private to core/value.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/value/document.hpp"

namespace pilothouse {

/// Lines are made once; columns count characters, and asking for places from front to back costs no more than
/// one walk over the text.
class TextPositions {
 public:
  explicit TextPositions(std::string_view text) : text_(text) {
    lines_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      lines_.push_back(static_cast<std::uint32_t>(at + 1));
    }
  }

  [[nodiscard]] SourcePosition at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    if (offset < lines_[line_] || (line_ + 1 < lines_.size() && offset >= lines_[line_ + 1])) {
      line_ =
          static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), offset) - lines_.begin()) -
          1;
      counted_ = lines_[line_];
      column_ = 1;
    } else if (offset < counted_) {
      counted_ = lines_[line_];
      column_ = 1;
    }
    for (; counted_ < offset; ++counted_) {
      if ((static_cast<unsigned char>(text_[counted_]) & 0xC0) != 0x80) ++column_;
    }
    return {line_ + 1, column_};
  }

  [[nodiscard]] std::size_t lineStart(std::size_t line) const {
    return lines_[std::min(line, lines_.size()) - 1];
  }

 private:
  std::string_view text_;
  std::vector<std::uint32_t> lines_;  ///< offsets of their first bytes
  std::size_t line_ = 0;
  std::size_t counted_ = 0;  ///< bytes of the text that column_ counts
  std::size_t column_ = 1;
};

}  // namespace pilothouse
