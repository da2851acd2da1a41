#include "core/http/protobuf_scalars.hpp"

#include <cstdint>
#include <vector>

#include "core/http/wire_reader.hpp"
#include "core/sim/time.hpp"
#include "core/value/duration.hpp"
#include "core/value/utf8.hpp"

namespace pilothouse::http::protobuf {
namespace {

using protobuf_table::Wire;

// The virtual clock counts nanoseconds in 64 bits: the years 1685 to 2255.
constexpr std::int64_t kFarthestSecond = 9'000'000'000;

Scalar time(Wire wire, WireReader& reader) {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;
  bool any = false;
  while (reader.next()) {
    any = true;
    if (reader.field() == 1) seconds = static_cast<std::int64_t>(reader.number());
    if (reader.field() == 2) nanoseconds = static_cast<std::int32_t>(reader.number());
  }
  if (!any || !reader.error().empty()) return {};
  if (seconds > kFarthestSecond || seconds < -kFarthestSecond) return {{}, "proto: time is out of range"};
  SimTime at{std::chrono::seconds(seconds)};
  if (wire == Wire::Time) return {timestamp(at), {}};
  return {microTimestamp(at + SimDuration(nanoseconds)), {}};
}

Scalar intOrString(WireReader& reader) {
  bool isText = false;
  std::int32_t number = 0;
  std::string words;
  while (reader.next()) {
    if (reader.field() == 1) isText = reader.number() == 1;
    if (reader.field() == 2) number = static_cast<std::int32_t>(static_cast<std::uint32_t>(reader.number()));
    if (reader.field() == 3) words = text(reader.bytes());
  }
  return {isText ? Value(words) : Value(number), {}};
}

Scalar texts(WireReader& reader) {
  std::vector<Value> items;
  while (reader.next()) {
    if (reader.field() == 1) items.emplace_back(text(reader.bytes()));
  }
  return {Value::array(items), {}};
}

Scalar messageScalar(Wire wire, WireReader& reader) {
  switch (wire) {
    case Wire::Time:
    case Wire::MicroTime:
      return time(wire, reader);
    case Wire::IntOrString:
      return intOrString(reader);
    case Wire::Strings:
      return texts(reader);
    case Wire::Quantity: {
      std::string words = "0";
      while (reader.next()) {
        if (reader.field() == 1) words = text(reader.bytes());
      }
      return {words, {}};
    }
    default: {
      std::int64_t nanoseconds = 0;
      while (reader.next()) {
        if (reader.field() == 1) nanoseconds = static_cast<std::int64_t>(reader.number());
      }
      return {durationText(SimDuration(nanoseconds)), {}};
    }
  }
}

}  // namespace

Scalar scalar(Wire wire, std::string_view bytes) {
  if (wire == Wire::String) return {text(bytes), {}};
  if (wire == Wire::Bytes) return {base64(bytes), {}};
  WireReader reader(bytes);
  Scalar made = messageScalar(wire, reader);
  if (!reader.error().empty()) made.error = std::string(reader.error());
  return made;
}

std::string text(std::string_view bytes) {
  if (utf8::firstInvalid(bytes) == std::string_view::npos) return std::string(bytes);
  std::string made;
  for (std::size_t at = 0; at < bytes.size();) {
    const utf8::Character character = utf8::next(bytes, at);
    utf8::append(made, character.valid ? character.code : 0xFFFD);
    at += character.size;
  }
  return made;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  made.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8) | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      made += i > left ? '=' : kDigits[(group >> (18 - 6 * i)) & 63];
    }
  }
  return made;
}

}  // namespace pilothouse::http::protobuf
