#include "core/api/schema/decode.hpp"

#include <algorithm>
#include <utility>

#include "core/api/schema/scalars.hpp"
#include "core/value/go_quote.hpp"

namespace pilothouse::api::schema {
namespace {

constexpr std::size_t kProblemsMax = 100;  // as many strict errors as sigs.k8s.io/json collects

// Written even when absent: Go's omitempty does not leave out structs.
bool isAlwaysWritten(const Field& field) {
  return !field.pointer() && (field.type().kind() == Kind::Struct || field.type().kind() == Kind::Quantity);
}

Value zeroOf(Type type) {
  switch (type.kind()) {
    case Kind::Struct: {
      ObjectBuilder zero;
      for (std::size_t i = 0; i < type.fieldCount(); ++i) {
        const Field field = type.fieldAt(i);
        if (isAlwaysWritten(field)) zero.set(field.key(), zeroOf(field.type()));
      }
      return zero.build();
    }
    case Kind::String:
    case Kind::Bytes:
      return "";
    case Kind::Bool:
      return false;
    case Kind::Int32:
    case Kind::Int64:
    case Kind::Float64:
    case Kind::IntOrString:
      return 0;
    case Kind::Quantity:
      return "0";
    case Kind::Duration:
      return "0s";
    default:
      return {};
  }
}

bool isEmptyValue(const Value& value) {
  if (value.isString()) return value.asString().empty();
  if (value.isArray() || value.isObject()) return value.empty();
  if (value.isBool()) return !value.asBool();
  return value.isNumber() && value.asDouble() == 0;
}

bool isOmitted(const Field& field, const Value& value) {
  if (value.isNull()) return true;
  if (!field.omitEmpty() || field.pointer()) return false;
  switch (field.type().kind()) {
    case Kind::Struct:
    case Kind::IntOrString:
    case Kind::Quantity:
    case Kind::Any:
      return false;
    default:
      return isEmptyValue(value);
  }
}

// reflect.Kind of a value of an unstructured object.
std::string_view goKind(const Value& value) {
  switch (value.type()) {
    case Value::Type::Int:
      return "int64";
    case Value::Type::Double:
      return "float64";
    case Value::Type::Array:
      return "slice";
    case Value::Type::Object:
      return "map";
    default:
      return jsonKind(value);
  }
}

std::string converterError(Type type, const Value& value, std::string_view found, std::string_view wanted) {
  const std::string kind(goKind(value));
  switch (type.kind()) {
    case Kind::Struct:
      return "cannot restore struct from: " + kind;
    case Kind::List:
    case Kind::Bytes:
      return "cannot restore slice from " + kind;
    case Kind::Map:
      return "cannot restore map from " + kind;
    case Kind::String:
      // Go converts integers to strings, which the converter then refuses.
      return value.isInt() ? "cannot convert int64 to " + type.goName() : "unrecognized type: string";
    case Kind::Bool:
      return "unrecognized type: bool";
    case Kind::Int32:
    case Kind::Int64:
    case Kind::Float64:
      return (value.isNumber() ? "cannot convert " + kind + " to " : "unrecognized type: ") + type.goName();
    default:
      return "json: cannot unmarshal " + std::string(found) + " into Go value of type " + std::string(wanted);
  }
}

/// One reading. It never goes deeper than the types do, whatever the value is.
class Reader {
 public:
  Value read(Type type, const Value& value) {
    switch (type.kind()) {
      case Kind::Struct:
        return readStruct(type, value);
      case Kind::List:
        return readList(type, value);
      case Kind::Map:
        return readMap(type, value);
      default:
        return readLeaf(type, value);
    }
  }

  std::vector<Problem> takeProblems() { return std::move(problems_); }

 private:
  void add(Problem::Kind kind, std::string message, std::string converterMessage) {
    if (problems_.size() == 2 * kProblemsMax) return;
    problems_.push_back({kind, path_, std::move(message), std::move(converterMessage)});
  }

  void wrongType(Type type, const Value& value, std::string_view found, std::string_view wanted) {
    std::string message = "json: cannot unmarshal " + std::string(found) + " into Go ";
    if (struct_) {
      message.append("struct field ").append(struct_.name()).append(".").append(goPath_);
    } else {
      message += "value";
    }
    message.append(" of type ").append(wanted);
    add(Problem::Kind::WrongType, std::move(message), converterError(type, value, found, wanted));
  }

  Value readLeaf(Type type, const Value& value) {
    Scalar scalar = readScalar(type, value);
    if (!scalar.found.empty()) wrongType(type, value, scalar.found, scalar.wanted);
    if (!scalar.message.empty()) add(Problem::Kind::BadValue, scalar.message, scalar.message);
    return std::move(scalar.value);
  }

  // A field of the struct, with the paths moved on to it meanwhile.
  Value readField(Type owner, const Field& field, const Value& value) {
    if (value.isNull()) return isAlwaysWritten(field) ? zeroOf(field.type()) : Value();
    const std::size_t pathSize = path_.size();
    const std::size_t goPathSize = goPath_.size();
    const Type outer = std::exchange(struct_, owner);
    if (!path_.empty()) path_ += '.';
    path_ += field.name();
    if (!goPath_.empty()) goPath_ += '.';
    goPath_ += field.name();
    Value result = read(field.type(), value);
    path_.resize(pathSize);
    goPath_.resize(goPathSize);
    struct_ = outer;
    return result;
  }

  void unknownField(std::string_view name) {
    const std::size_t pathSize = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += name;
    const std::string message = "unknown field " + goQuote(path_);
    add(Problem::Kind::UnknownField, message, message);
    path_.resize(pathSize);
  }

  // Members and fields are both in order of name: one pass along both.
  Value readStruct(Type type, const Value& value) {
    if (!value.isObject()) {
      wrongType(type, value, jsonKind(value), type.goName());
      return {};
    }
    std::vector<Value::Member> members;
    members.reserve(value.size() + 2);
    bool changed = false;
    std::size_t next = 0;
    const auto missing = [&](const Field& field) {
      if (!isAlwaysWritten(field)) return;
      members.push_back({field.key(), zeroOf(field.type())});
      changed = true;
    };
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string_view name = value.memberKeys()[i].text();
      const Value& given = value.memberValues()[i];
      while (next < type.fieldCount() && type.fieldAt(next).name() < name) missing(type.fieldAt(next++));
      const Field field = type.fieldAt(next);
      if (!field || field.name() != name) {
        unknownField(name);
        changed = true;
        continue;
      }
      ++next;
      Value result = readField(type, field, given);
      const bool omitted = isOmitted(field, result);
      changed = changed || omitted || !result.sameAs(given);
      if (!omitted) members.push_back({field.key(), std::move(result)});
    }
    while (next < type.fieldCount()) missing(type.fieldAt(next++));
    return changed ? Value::object(members) : value;
  }

  Value readList(Type type, const Value& value) {
    if (!value.isArray()) {
      wrongType(type, value, jsonKind(value), type.goName());
      return {};
    }
    const Type element = type.element();
    std::vector<Value> items;
    bool changed = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Value& given = value.item(i);
      const std::size_t pathSize = path_.size();
      path_.append("[").append(std::to_string(i)).append("]");
      Value result = given.isNull() ? zeroOf(element) : read(element, given);
      path_.resize(pathSize);
      if (!changed && !result.sameAs(given)) {
        changed = true;
        items.assign(value.items().begin(), value.items().begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (changed) items.push_back(std::move(result));
    }
    return changed ? Value::array(items) : value;
  }

  Value readMap(Type type, const Value& value) {
    if (!value.isObject()) {
      wrongType(type, value, jsonKind(value), type.goName());
      return {};
    }
    const Type element = type.element();
    std::vector<Value::Member> members;
    bool changed = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Key key = value.memberKeys()[i];
      const Value& given = value.memberValues()[i];
      const std::size_t pathSize = path_.size();
      path_.append(path_.empty() ? "" : ".").append(key.text());
      Value result = given.isNull() ? zeroOf(element) : read(element, given);
      path_.resize(pathSize);
      changed = changed || !result.sameAs(given);
      members.push_back({key, std::move(result)});
    }
    return changed ? Value::object(members) : value;
  }

  std::vector<Problem> problems_;
  std::string path_;    ///< with the indexes of lists
  std::string goPath_;  ///< as json.UnmarshalTypeError has it: without indexes and keys of maps
  Type struct_;         ///< whose field is being read
};

}  // namespace

const Problem* Decoded::fatal() const {
  const auto found = std::find_if(problems.begin(), problems.end(),
                                  [](const Problem& p) { return p.kind != Problem::Kind::UnknownField; });
  return found == problems.end() ? nullptr : &*found;
}

std::vector<std::string> Decoded::strict() const {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) {
    if (problem.kind != Problem::Kind::UnknownField || texts.size() == kProblemsMax) continue;
    if (std::find(texts.begin(), texts.end(), problem.message) == texts.end()) {
      texts.push_back(problem.message);
    }
  }
  return texts;
}

Decoded decode(Type type, const Value& value) {
  Reader reader;
  Decoded result;
  result.value = reader.read(type, value);
  result.problems = reader.takeProblems();
  return result;
}

std::string strictDecodingError(const std::vector<std::string>& errors) {
  std::string text = "strict decoding error: ";
  for (std::size_t i = 0; i < errors.size(); ++i) text += (i == 0 ? "" : ", ") + errors[i];
  return text;
}

}  // namespace pilothouse::api::schema
