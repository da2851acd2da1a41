#include "core/http/wire_reader.hpp"

namespace pilothouse::http {

bool WireReader::fail(const char* why) {
  error_ = why;
  rest_ = {};
  return false;
}

bool WireReader::takeVarint(std::uint64_t& number) {
  number = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return fail("unexpected EOF");
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return fail("proto: integer overflow");
}

bool WireReader::takeFixed(int size) {
  number_ = 0;
  if (rest_.size() < static_cast<std::size_t>(size)) return fail("unexpected EOF");
  for (int i = size - 1; i >= 0; --i) {
    number_ = (number_ << 8) | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
  }
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

bool WireReader::next() {
  if (rest_.empty()) return false;
  std::uint64_t tag = 0;
  if (!takeVarint(tag)) return false;
  const std::uint64_t field = tag >> 3;
  if (field == 0 || field > 0x1FFFFFFF) return fail("proto: illegal tag");
  field_ = static_cast<std::uint32_t>(field);
  type_ = static_cast<Type>(tag & 7);
  number_ = 0;
  bytes_ = {};
  switch (type_) {
    case Type::Varint:
      return takeVarint(number_);
    case Type::Fixed64:
      return takeFixed(8);
    case Type::Fixed32:
      return takeFixed(4);
    case Type::Bytes: {
      std::uint64_t size = 0;
      if (!takeVarint(size)) return false;
      if (size > rest_.size()) return fail("unexpected EOF");
      bytes_ = rest_.substr(0, static_cast<std::size_t>(size));
      rest_.remove_prefix(static_cast<std::size_t>(size));
      return true;
    }
  }
  return fail("proto: illegal wireType");
}

}  // namespace pilothouse::http
