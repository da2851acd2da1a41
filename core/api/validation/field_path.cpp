#include "core/api/validation/field_path.hpp"

namespace pilothouse::api {

std::string FieldPath::text() const {
  std::string text = parent_ == nullptr ? std::string() : parent_->text();
  if (!name_.empty()) {
    if (!text.empty()) text += '.';
    text += name_;
  }
  if (index_ == kKey) {
    text += '[';
    text += key_;
    text += ']';
  } else if (index_ != kNoIndex) {
    text += '[' + std::to_string(index_) + ']';
  }
  return text;
}

}  // namespace pilothouse::api
