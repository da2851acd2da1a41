#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::http {

/// Puts a protobuf message together, field by field. What is empty is left out, as proto3 does.
class WireWriter {
 public:
  void text(std::uint32_t field, std::string_view bytes) {
    if (!bytes.empty()) message(field, bytes);
  }
  /// Also when it is empty.
  void message(std::uint32_t field, std::string_view bytes) {
    varint(field << 3 | 2);
    varint(bytes.size());
    bytes_ += bytes;
  }
  void flag(std::uint32_t field, bool on) {
    if (!on) return;
    varint(field << 3);
    varint(1);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>((number & 0x7F) | 0x80);
    bytes_ += static_cast<char>(number);
  }
  std::string bytes_;
};

}  // namespace pilothouse::http
