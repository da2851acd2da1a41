#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value/key.hpp"
#include "core/value/patch.hpp"

/// What the published Kubernetes types say about the served kinds: fields, types, enums, merge keys. The data
/// is a table made at build time (generate.py); handles into it are pointers and live for ever.
namespace pilothouse::api::schema {

namespace table {
struct TypeRow;
struct FieldRow;
}  // namespace table

enum class Kind : std::uint8_t {
  Struct,
  List,
  Map,
  String,
  Bool,
  Int32,
  Int64,
  Float64,
  Bytes,  ///< base64 text
  Quantity,
  IntOrString,
  Time,
  MicroTime,
  Duration,
  Any  ///< FieldsV1, RawExtension: taken as it is
};
enum class ListType : std::uint8_t { None, Atomic, Set, Map };

class Field;

/// A type of the table, or none.
class Type {
 public:
  Type() = default;
  explicit Type(const table::TypeRow* row) : row_(row) {}
  explicit operator bool() const { return row_ != nullptr; }
  friend bool operator==(Type a, Type b) { return a.row_ == b.row_; }

  [[nodiscard]] Kind kind() const;
  /// "PodSpec"; "" for anything but a struct.
  [[nodiscard]] std::string_view name() const;
  /// As Go prints the type in errors: "v1.PodSpec", "[]v1.Container", "map[string]string", "int32".
  [[nodiscard]] std::string goName() const;
  /// As kubectl explain prints it: "<[]Container>" is "[]Container"; "map[string]string", "integer",
  /// "Quantity".
  [[nodiscard]] std::string text() const;

  /// Struct: fields in order of name.
  [[nodiscard]] std::size_t fieldCount() const;
  [[nodiscard]] Field fieldAt(std::size_t index) const;
  [[nodiscard]] Field field(Key name) const;
  [[nodiscard]] Field field(std::string_view name) const;
  /// List and Map: the type of an item or value; none otherwise.
  [[nodiscard]] Type element() const;
  /// String: what an enum may be; none for open texts.
  [[nodiscard]] std::size_t enumCount() const;
  [[nodiscard]] std::string_view enumAt(std::size_t index) const;

  /// Struct: its fields have one owner, together (+structType=atomic).
  [[nodiscard]] bool atomic() const;

  [[nodiscard]] const table::TypeRow* row() const { return row_; }

 private:
  const table::TypeRow* row_ = nullptr;
};

/// A field of a struct, or none.
class Field {
 public:
  Field() = default;
  explicit Field(const table::FieldRow* row) : row_(row) {}
  explicit operator bool() const { return row_ != nullptr; }

  [[nodiscard]] Key key() const;
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] Type type() const;
  /// Neither +optional nor omitempty: validation wants it.
  [[nodiscard]] bool required() const;
  [[nodiscard]] bool omitEmpty() const;
  [[nodiscard]] bool pointer() const;  ///< absent differs from zero
  [[nodiscard]] bool mergeList() const;
  [[nodiscard]] bool retainKeys() const;
  [[nodiscard]] std::string_view mergeKey() const;
  [[nodiscard]] ListType listType() const;
  [[nodiscard]] std::string_view listMapKeys() const;  ///< "containerPort,protocol"
  /// A struct or map that has one owner (+mapType=atomic, or its type's +structType=atomic).
  [[nodiscard]] bool atomic() const;
  /// Its number among all fields of the table, from 0.
  [[nodiscard]] std::size_t index() const;

 private:
  const table::FieldRow* row_ = nullptr;
};

/// How many fields the table has.
std::size_t fieldTotal();

/// The type of a kind ("apps/v1", "Deployment"); none when it is not served. Options and bodies of
/// subresources are found too ("meta.k8s.io/v1" "DeleteOptions", "v1" "Binding", "autoscaling/v1" "Scale").
Type findType(std::string_view apiVersion, std::string_view kind);
/// A struct by its own name ("PodSpec"), the first in the table.
Type findStruct(std::string_view name);

/// Follows "spec.template.spec.containers[0].name" from `type`; indexes may be left out. The type and, when
/// the last step was a struct's field, that field.
struct Walked {
  Type type;
  Field field;
};
Walked walk(Type type, std::string_view path);

/// For strategic merge patches; types are given as Type::row(). A map's member has the type of its values.
const PatchSchema& patchSchema();

}  // namespace pilothouse::api::schema
