#pragma once

#include <cstdint>
#include <string_view>

namespace pilothouse::http {

/// Takes protobuf's wire format apart. After a failure `error` says why and nothing more is read.
class WireReader {
 public:
  enum class Type : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  /// The next field's tag, then its content into number() or bytes(); false at the end and after an error.
  bool next();
  [[nodiscard]] std::uint32_t field() const { return field_; }
  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// A varint inside bytes(), for packed lists.
  bool takeVarint(std::uint64_t& number);

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }
  [[nodiscard]] std::string_view error() const { return error_; }

 private:
  bool takeFixed(int size);
  bool fail(const char* why);

  std::string_view rest_;
  std::string_view error_;
  std::uint32_t field_ = 0;
  Type type_{};
  std::uint64_t number_ = 0;
  std::string_view bytes_;
};

}  // namespace pilothouse::http
