#pragma once

#include <cstdint>

/// The generated table of protobuf messages (generate_protobuf.py): every type of the published Kubernetes
/// APIs, with the field numbers of its tags.
namespace pilothouse::http::protobuf_table {

enum class Wire : std::uint8_t {
  Message,  ///< `type` is its number
  String,
  Bytes,  ///< base64 text in JSON
  Bool,
  Int32,
  Int64,
  Double,
  Quantity,
  IntOrString,
  Time,
  MicroTime,
  Duration,
  Json,    ///< FieldsV1, RawExtension: bytes that are JSON
  Strings  ///< a message that holds nothing but texts ("repeated string items = 1"): a list in JSON
};

enum FieldFlag : std::uint8_t {
  kRepeated = 1,
  kMap = 2,        ///< keys are texts; the wire is that of the values
  kOmitEmpty = 4,  ///< JSON leaves a zero out
  kInline = 8      ///< the message's members are the owner's own
};

struct FieldRow {
  std::uint8_t number;
  Wire wire;
  std::uint8_t flags;
  std::uint16_t type;  ///< of a Message
  const char* name;    ///< as in JSON
};

struct MessageRow {
  const char* name;  ///< "v1.PodSpec", for errors
  std::uint16_t first;
  std::uint16_t count;
};

struct KindRow {
  const char* apiVersion;
  const char* kind;
  std::uint16_t type;
};

extern const FieldRow fields[];
extern const MessageRow messages[];
extern const KindRow kinds[];
extern const std::uint16_t kindCount;

}  // namespace pilothouse::http::protobuf_table
