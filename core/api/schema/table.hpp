#pragma once

#include <cstdint>

#include "core/api/schema/schema.hpp"

/// The generated table (generate.py). All texts are offsets into one pool; 0 is the empty text.
namespace pilothouse::api::schema::table {

struct TypeRow {
  Kind kind;
  std::uint16_t goName;  ///< "v1.PodSpec"; 0 for lists and maps without a name of their own
  std::uint16_t first;  ///< Struct: its first field; List and Map: the element's type; String: its first enum
  std::uint16_t count;  ///< Struct: fields; Map: the key's type name; String: enum values
  std::uint16_t name;   ///< Struct: "PodSpec"
  bool atomic;          ///< Struct: +structType=atomic
};

enum FieldFlag : std::uint8_t { kRequired = 1, kOmitEmpty = 2, kPointer = 4, kAtomic = 8, kGranular = 16 };

/// A struct's fields are sorted by name, inlined structs' among them.
struct FieldRow {
  std::uint16_t name;
  std::uint16_t type;
  std::uint8_t flags;
  std::uint8_t merge;
};

struct MergeRow {
  std::uint16_t mergeKey;
  std::uint16_t mapKeys;
  bool merge;
  bool retainKeys;
  std::uint8_t listType;
};

struct KindRow {
  std::uint16_t apiVersion;
  std::uint16_t kind;
  std::uint16_t type;
};

extern const TypeRow types[];
extern const FieldRow fields[];
extern const MergeRow merges[];
extern const KindRow kinds[];
extern const std::uint16_t enums[];
extern const std::uint16_t typeCount;
extern const std::uint16_t fieldCount;
extern const std::uint16_t kindCount;
extern const char pool[];

}  // namespace pilothouse::api::schema::table
