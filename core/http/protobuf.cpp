#include "core/http/protobuf.hpp"

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/quote.hpp"
#include "core/http/protobuf_scalars.hpp"
#include "core/http/protobuf_table.hpp"
#include "core/http/wire_reader.hpp"
#include "core/value/document.hpp"
#include "core/value/mutable_object.hpp"

namespace pilothouse::http {
namespace {

using protobuf_table::FieldRow;
using protobuf_table::MessageRow;
using protobuf_table::Wire;

constexpr std::string_view kPrefix("k8s\0", 4);
constexpr int kMaxDepth = 200;

const Key& fieldKey(const FieldRow& row) {
  static std::vector<Key> keys;
  static std::vector<bool> known;
  const auto at = static_cast<std::size_t>(&row - protobuf_table::fields);
  if (keys.size() <= at) {
    keys.resize(at + 1);
    known.resize(at + 1);
  }
  if (!known[at]) {
    keys[at] = Key::intern(row.name);
    known[at] = true;
  }
  return keys[at];
}

const FieldRow* findField(const MessageRow& message, std::uint32_t number) {
  for (std::size_t i = 0; i < message.count; ++i) {
    const FieldRow& row = protobuf_table::fields[message.first + i];
    if (row.number == number) return &row;
  }
  return nullptr;
}

const MessageRow* findMessage(std::string_view apiVersion, std::string_view kind) {
  const MessageRow* shared = nullptr;  // every group has the kinds of metav1 as its own
  for (std::size_t i = 0; i < protobuf_table::kindCount; ++i) {
    const protobuf_table::KindRow& row = protobuf_table::kinds[i];
    if (kind != row.kind) continue;
    if (apiVersion == row.apiVersion) return &protobuf_table::messages[row.type];
    if (std::string_view("meta.k8s.io/v1") == row.apiVersion) shared = &protobuf_table::messages[row.type];
  }
  return shared;
}

class Decoder {
 public:
  std::string error;

  /// Adds the fields of one message to `into`.
  bool message(const MessageRow& type, std::string_view bytes, MutableObject& into, int depth) {
    if (depth > kMaxDepth) return fail("the message is nested too deeply");
    std::vector<List> lists;
    WireReader reader(bytes);
    while (reader.next()) {
      const FieldRow* row = findField(type, reader.field());
      if (row != nullptr && !field(type, *row, reader, into, lists, depth)) return false;
    }
    if (!reader.error().empty()) return fail(std::string(reader.error()));
    for (List& list : lists) into.set(fieldKey(*list.row), Value::array(list.items));
    return true;
  }

  bool fail(std::string why) {
    if (error.empty()) error = std::move(why);
    return false;
  }

 private:
  struct List {
    const FieldRow* row;
    std::vector<Value> items;
  };

  static List& listOf(const FieldRow& row, std::vector<List>& lists, const MutableObject& into) {
    for (List& list : lists) {
      if (list.row == &row) return list;
    }
    lists.push_back({&row, {}});
    if (const Value* earlier = into.get(fieldKey(row))) {
      lists.back().items.assign(earlier->items().begin(), earlier->items().end());
    }
    return lists.back();
  }

  bool wrongType(const MessageRow& type, const FieldRow& row, const WireReader& reader) {
    return fail("proto: wrong wireType = " + std::to_string(static_cast<int>(reader.type())) + " for field " +
                row.name + " of " + type.name);
  }

  bool field(const MessageRow& type, const FieldRow& row, WireReader& reader, MutableObject& into,
             std::vector<List>& lists, int depth) {
    if ((row.flags & protobuf_table::kMap) != 0) {
      if (reader.type() != WireReader::Type::Bytes) return wrongType(type, row, reader);
      return mapEntry(type, row, reader.bytes(), into, depth);
    }
    if ((row.flags & protobuf_table::kRepeated) != 0) {
      List& list = listOf(row, lists, into);
      const bool packed =
          reader.type() == WireReader::Type::Bytes && (row.wire == Wire::Int32 || row.wire == Wire::Int64);
      if (packed) return packedNumbers(row, reader.bytes(), list.items);
      std::optional<Value> item = value(type, row, reader, Value(), depth);
      if (item) list.items.push_back(*std::move(item));
      return error.empty();
    }
    if ((row.flags & protobuf_table::kInline) != 0) {
      if (reader.type() != WireReader::Type::Bytes) return wrongType(type, row, reader);
      return message(protobuf_table::messages[row.type], reader.bytes(), into, depth + 1);
    }
    const Value* earlier = row.wire == Wire::Message ? into.get(fieldKey(row)) : nullptr;
    std::optional<Value> read = value(type, row, reader, earlier != nullptr ? *earlier : Value(), depth);
    if (!read) return false;
    if (!read->isNull() && !leftOut(row, *read)) into.set(fieldKey(row), *std::move(read));
    return true;
  }

  // Go writes zeros of plain fields; as JSON, the client would have left them out.
  static bool leftOut(const FieldRow& row, const Value& value) {
    if ((row.flags & protobuf_table::kOmitEmpty) == 0) return false;
    if (value.isString()) return value.asString().empty();
    return (value.isBool() && !value.asBool()) || (value.isNumber() && value.asDouble() == 0);
  }

  bool packedNumbers(const FieldRow& row, std::string_view bytes, std::vector<Value>& items) {
    WireReader packed(bytes);
    while (!packed.atEnd()) {
      std::uint64_t number = 0;
      if (!packed.takeVarint(number)) return fail(std::string(packed.error()));
      items.push_back(numberValue(row.wire == Wire::Int32, number));
    }
    return true;
  }

  static Value numberValue(bool narrow, std::uint64_t number) {
    if (narrow) return static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
    return static_cast<std::int64_t>(number);
  }

  bool mapEntry(const MessageRow& type, const FieldRow& row, std::string_view bytes, MutableObject& into,
                int depth) {
    std::string key;
    std::optional<Value> content = row.wire == Wire::Message ? Value::emptyObject() : Value("");
    WireReader entry(bytes);
    while (entry.next()) {
      if (entry.field() == 1) key = protobuf::text(entry.bytes());
      if (entry.field() != 2) continue;
      content = value(type, row, entry, Value(), depth);
      if (!content) return false;
    }
    if (!entry.error().empty()) return fail(std::string(entry.error()));
    const Value* earlier = into.get(fieldKey(row));
    const Value map = earlier != nullptr ? *earlier : Value::emptyObject();
    into.set(fieldKey(row), map.with(Key::intern(key), *std::move(content)));
    return true;
  }

  /// The content of the reader's field, null for a zero time; nothing after an error. A message is merged
  /// into `base`.
  std::optional<Value> value(const MessageRow& type, const FieldRow& row, const WireReader& reader,
                             const Value& base, int depth) {
    const auto want = row.wire == Wire::Bool || row.wire == Wire::Int32 || row.wire == Wire::Int64
                          ? WireReader::Type::Varint
                      : row.wire == Wire::Double ? WireReader::Type::Fixed64
                                                 : WireReader::Type::Bytes;
    if (reader.type() != want) {
      wrongType(type, row, reader);
      return std::nullopt;
    }
    switch (row.wire) {
      case Wire::Bool:
        return Value(reader.number() != 0);
      case Wire::Int32:
      case Wire::Int64:
        return numberValue(row.wire == Wire::Int32, reader.number());
      case Wire::Double: {
        double number = 0;
        const std::uint64_t bits = reader.number();
        std::memcpy(&number, &bits, sizeof number);
        return Value(number);
      }
      case Wire::Message: {
        MutableObject made(base.isObject() ? base : Value::emptyObject());
        if (!message(protobuf_table::messages[row.type], reader.bytes(), made, depth + 1))
          return std::nullopt;
        return made.build();
      }
      case Wire::Json:
        return embedded(reader.bytes(), depth);
      default: {
        protobuf::Scalar scalar = protobuf::scalar(row.wire, reader.bytes());
        if (scalar.error.empty()) return std::move(scalar.value);
        fail(std::move(scalar.error));
        return std::nullopt;
      }
    }
  }

  /// FieldsV1 and RawExtension: a message with JSON, or one more encoded object, in field 1.
  std::optional<Value> embedded(std::string_view bytes, int depth) {
    WireReader reader(bytes);
    Value made;
    while (reader.next()) {
      if (reader.field() != 1 || reader.bytes().empty()) continue;
      if (reader.bytes().substr(0, kPrefix.size()) == kPrefix) {
        ProtobufObject inner = object(reader.bytes(), depth + 1);
        made = std::move(inner.object);
        continue;
      }
      ReadLimits limits;
      limits.depth = static_cast<std::size_t>(depth >= kMaxDepth ? 1 : kMaxDepth - depth);
      Documents read = readJson(reader.bytes(), limits);
      if (read.error) fail(read.error->message);
      if (!read.documents.empty()) made = std::move(read.documents.front().value);
    }
    if (!reader.error().empty()) fail(std::string(reader.error()));
    if (!error.empty()) return std::nullopt;
    return made;
  }

 public:
  /// A whole object with its prefix.
  ProtobufObject object(std::string_view bytes, int depth) {
    ProtobufObject made;
    if (bytes.substr(0, kPrefix.size()) != kPrefix) {
      fail("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
      return made;
    }
    std::string_view raw;
    WireReader unknown(bytes.substr(kPrefix.size()));
    while (unknown.next()) {
      if (unknown.field() == 1) typeMeta(unknown.bytes(), made);
      if (unknown.field() == 2) raw = unknown.bytes();
    }
    if (!unknown.error().empty()) {
      fail(std::string(unknown.error()));
      return made;
    }
    const MessageRow* type = findMessage(made.apiVersion, made.kind);
    if (type == nullptr) {
      unknownKind(made);
      return made;
    }
    MutableObject fields;
    if (!message(*type, raw, fields, depth + 1)) return made;
    fields.set(keys::apiVersion, made.apiVersion);
    fields.set(keys::kind, made.kind);
    made.object = fields.build();
    return made;
  }

 private:
  void typeMeta(std::string_view bytes, ProtobufObject& made) {
    WireReader reader(bytes);
    while (reader.next()) {
      if (reader.field() == 1) made.apiVersion = protobuf::text(reader.bytes());
      if (reader.field() == 2) made.kind = protobuf::text(reader.bytes());
    }
    if (!reader.error().empty()) fail(std::string(reader.error()));
  }

  // runtime.NotRegisteredError, and the two errors of a body without type.
  void unknownKind(const ProtobufObject& made) {
    if (made.kind.empty()) {
      fail("Object 'Kind' is missing in protobuf data");
    } else if (made.apiVersion.empty()) {
      fail("Object 'apiVersion' is missing in protobuf data");
    } else {
      fail("no kind " + api::quoted(made.kind) + " is registered for version " +
           api::quoted(made.apiVersion) +
           " in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
    }
  }
};

}  // namespace

ProtobufObject decodeProtobuf(std::string_view bytes) {
  Decoder decoder;
  ProtobufObject made = decoder.object(bytes, 0);
  made.error = std::move(decoder.error);
  if (!made.error.empty()) made.object = Value();
  return made;
}

}  // namespace pilothouse::http
