#include "core/api/schema/schema.hpp"

#include <vector>

#include "core/api/schema/table.hpp"

namespace pilothouse::api::schema {
namespace {

std::string_view pooled(std::uint16_t offset) { return table::pool + offset; }

// The fields' names as keys, row by row.
const std::vector<Key>& fieldKeys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> made;
    made.reserve(table::fieldCount);
    for (std::size_t i = 0; i < table::fieldCount; ++i)
      made.push_back(Key::intern(pooled(table::fields[i].name)));
    return made;
  }();
  return keys;
}

const table::MergeRow& mergeOf(const table::FieldRow* row) { return table::merges[row->merge]; }

bool isScalar(Kind kind) { return kind != Kind::Struct && kind != Kind::List && kind != Kind::Map; }

}  // namespace

Kind Type::kind() const { return row_->kind; }

std::string_view Type::name() const { return pooled(row_->name); }

std::string Type::goName() const {
  if (row_->goName != 0) return std::string(pooled(row_->goName));
  if (kind() == Kind::List) return "[]" + element().goName();
  return "map[" + std::string(pooled(row_->count)) + "]" + element().goName();
}

std::string Type::text() const {
  switch (kind()) {
    case Kind::Struct:
      return std::string(name());
    case Kind::List:
      return "[]" + element().text();
    case Kind::Map:
      return "map[string]" + element().text();
    case Kind::Bool:
      return "boolean";
    case Kind::Int32:
    case Kind::Int64:
      return "integer";
    case Kind::Float64:
      return "number";
    case Kind::Quantity:
      return "Quantity";
    case Kind::IntOrString:
      return "IntOrString";
    case Kind::Time:
      return "Time";
    case Kind::MicroTime:
      return "MicroTime";
    case Kind::Duration:
      return "Duration";
    case Kind::Any:
      return "Object";
    case Kind::String:
    case Kind::Bytes:
      break;
  }
  return "string";
}

std::size_t Type::fieldCount() const { return kind() == Kind::Struct ? row_->count : 0; }

Field Type::fieldAt(std::size_t index) const {
  return index < fieldCount() ? Field(table::fields + row_->first + index) : Field();
}

Field Type::field(Key name) const {
  const std::vector<Key>& keys = fieldKeys();
  for (std::size_t i = 0; i < fieldCount(); ++i) {
    if (keys[row_->first + i] == name) return fieldAt(i);
  }
  return {};
}

Field Type::field(std::string_view name) const {
  for (std::size_t i = 0; i < fieldCount(); ++i) {
    if (const Field found = fieldAt(i); found.name() == name) return found;
  }
  return {};
}

Type Type::element() const {
  const bool has = kind() == Kind::List || kind() == Kind::Map;
  return has ? Type(table::types + row_->first) : Type();
}

std::size_t Type::enumCount() const { return kind() == Kind::String ? row_->count : 0; }

std::string_view Type::enumAt(std::size_t index) const {
  return index < enumCount() ? pooled(table::enums[row_->first + index]) : std::string_view();
}

Key Field::key() const { return fieldKeys()[static_cast<std::size_t>(row_ - table::fields)]; }
std::string_view Field::name() const { return pooled(row_->name); }
Type Field::type() const { return Type(table::types + row_->type); }
bool Field::required() const { return (row_->flags & table::kRequired) != 0; }
bool Field::omitEmpty() const { return (row_->flags & table::kOmitEmpty) != 0; }
bool Field::pointer() const { return (row_->flags & table::kPointer) != 0; }
bool Field::mergeList() const { return mergeOf(row_).merge; }
bool Field::retainKeys() const { return mergeOf(row_).retainKeys; }
std::string_view Field::mergeKey() const { return pooled(mergeOf(row_).mergeKey); }
ListType Field::listType() const { return static_cast<ListType>(mergeOf(row_).listType); }
std::string_view Field::listMapKeys() const { return pooled(mergeOf(row_).mapKeys); }

bool Type::atomic() const { return row_->atomic; }

bool Field::atomic() const {
  if ((row_->flags & table::kAtomic) != 0) return true;
  return (row_->flags & table::kGranular) == 0 && type().kind() == Kind::Struct && type().atomic();
}

std::size_t Field::index() const { return static_cast<std::size_t>(row_ - table::fields); }

std::size_t fieldTotal() { return table::fieldCount; }

Type findType(std::string_view apiVersion, std::string_view kind) {
  for (std::size_t i = 0; i < table::kindCount; ++i) {
    const table::KindRow& row = table::kinds[i];
    if (pooled(row.kind) == kind && pooled(row.apiVersion) == apiVersion)
      return Type(table::types + row.type);
  }
  return {};
}

Type findStruct(std::string_view name) {
  for (std::size_t i = 0; i < table::typeCount; ++i) {
    const Type type(table::types + i);
    if (type.kind() == Kind::Struct && type.name() == name) return type;
  }
  return {};
}

Walked walk(Type type, std::string_view path) {
  Walked at{type, {}};
  while (!path.empty() && at.type) {
    if (path.front() == '.') {
      path.remove_prefix(1);
    } else if (path.front() == '[') {
      const std::size_t end = path.find(']');
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
      at = {at.type.element(), {}};
    } else {
      const std::string_view name = path.substr(0, path.find_first_of(".["));
      path.remove_prefix(name.size());
      if (at.type.kind() == Kind::List) at.type = at.type.element();
      at.field = at.type.field(name);
      const bool isMap = at.type.kind() == Kind::Map;
      at.type = at.field ? at.field.type() : isMap ? at.type.element() : Type();
    }
  }
  return at;
}

namespace {

class TableSchema final : public PatchSchema {
 public:
  [[nodiscard]] Field field(const void* type, Key key) const override {
    if (type == nullptr) return {};
    const Type owner(static_cast<const table::TypeRow*>(type));
    Field made;
    if (owner.kind() == Kind::Map) {
      made.known = true;
      made.type = compound(owner.element());
      return made;
    }
    const schema::Field found = owner.field(key);
    if (!found) return made;
    made.known = true;
    const Type of = found.type();
    made.type = compound(of.kind() == Kind::List ? of.element() : of);
    made.mergeList = found.mergeList();
    made.retainKeys = found.retainKeys();
    made.mergeKey = found.mergeKey();
    return made;
  }

  [[nodiscard]] std::string_view typeName(const void* type) const override {
    return type == nullptr ? std::string_view() : Type(static_cast<const table::TypeRow*>(type)).name();
  }

 private:
  static const void* compound(Type type) { return isScalar(type.kind()) ? nullptr : type.row(); }
};

}  // namespace

const PatchSchema& patchSchema() {
  static const TableSchema schema;
  return schema;
}

}  // namespace pilothouse::api::schema
