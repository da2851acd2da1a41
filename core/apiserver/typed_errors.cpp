#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "core/apiserver/typed_fields.hpp"
#include "core/apiserver/typed_shape.hpp"
#include "core/value/go_print.hpp"

namespace pilothouse::apiserver::typed {
namespace {

using api::schema::Kind;
using Form = Shape::Form;

constexpr std::size_t kErrorsMax = 100;

/// Validates as structured-merge-diff's ValidatingWalker, which reads the object of an apply patch.
class Walker {
 public:
  void walk(const Shape& shape, const Value& value, const std::string& path) {
    if (value.isNull() || errors_.size() == kErrorsMax) return;
    switch (shape.type.kind()) {
      case Kind::Struct:
      case Kind::Map:
        return walkMap(shape, value, path);
      case Kind::List:
        return walkList(shape, value, path);
      case Kind::Bool:
        if (!value.isBool()) add(path, "expected boolean, got " + goPrint(value));
        return;
      case Kind::Int32:
      case Kind::Int64:
      case Kind::Float64:
        if (!value.isNumber()) {
          add(path, std::string("expected numeric (int or float), got ") + goTypeName(value));
        }
        return;
      case Kind::String:
      case Kind::Bytes:
      case Kind::Time:
      case Kind::MicroTime:
      case Kind::Duration:
        if (!value.isString()) {
          add(path, "expected string, got &value.valueUnstructured{Value:" + goPrint(value) + "}");
        }
        return;
      case Kind::Quantity:
      case Kind::IntOrString:
        if (value.isObject() || value.isArray()) add(path, "expected any scalar, got " + goPrint(value));
        return;
      case Kind::Any:
        return;
    }
  }

  [[nodiscard]] std::string text() const {
    if (errors_.empty()) return {};
    if (errors_.size() == 1) return errors_.front();
    std::string all = "errors:";
    for (const std::string& error : errors_) all += "\n  " + error;
    return all;
  }

 private:
  void add(const std::string& path, const std::string& message) {
    errors_.push_back(path.empty() ? message : path + ": " + message);
  }

  void walkMap(const Shape& shape, const Value& value, const std::string& path) {
    if (!value.isObject()) return add(path, "expected map, got " + described(value));
    const bool isMap = shape.type.kind() == Kind::Map;
    FieldCursor cursor(shape.type);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Key key = value.memberKeys()[i];
      const Shape member = isMap ? shape.item() : cursor(key);
      const std::string below = path + "." + std::string(key.text());
      if (!member.type) {
        add(below, "field not declared in schema");
      } else {
        walk(member, value.memberValues()[i], below);
      }
    }
  }

  void walkList(const Shape& shape, const Value& value, const std::string& path) {
    if (!value.isArray()) return add(path, "expected list, got " + described(value));
    const bool associative = shape.form() == Form::Associative;
    std::unordered_set<std::uint32_t> seen;  // never iterated
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Value& item = value.item(i);
      std::string below = path + "[" + std::to_string(i) + "]";
      if (associative) {
        Key element;
        if (!shape.element(item, element)) {
          add(path, "element " + std::to_string(i) + ": " + noElement(shape, item));
          continue;
        }
        const std::string text = elementPath(element);
        if (!seen.insert(element.id()).second) add(path, "duplicate entries for key " + text);
        below = path + text;
      }
      walk(shape.item(), item, below);
    }
  }

  static std::string elementPath(Key element) {
    std::string found;
    field_set::forEachPath(Value::object({{element, field_set::leaf()}}),
                           [&found](const std::string& path) { found = path; });
    return found;
  }

  static std::string noElement(const Shape& shape, const Value& item) {
    if (shape.keys().empty()) {
      if (item.isNull()) return "associative list without keys has an element that's an explicit null";
      return item.isArray() ? "not supported: associative list with lists as elements"
                            : "associative list without keys has an element that's a map type";
    }
    if (item.isNull()) return "associative list with keys may not have a null element";
    if (!item.isObject()) return "associative list with keys may not have non-map elements";
    std::string_view names = shape.keys();
    while (!names.empty()) {
      const std::string_view name = names.substr(0, names.find(','));
      names.remove_prefix(std::min(names.size(), name.size() + 1));
      if (!item.has(Key::intern(name))) {
        return "associative list with keys has an element that omits key field \"" + std::string(name) +
               "\" (and doesn't have default value)";
      }
    }
    return {};
  }

  static std::string described(const Value& value) {
    return "&{" + goPrint(value) + "}";  // Go prints the pointer to its wrapper
  }

  std::vector<std::string> errors_;
};

}  // namespace

std::string errors(api::schema::Type type, const Value& config) {
  Walker walker;
  walker.walk({type, {}}, config, {});
  return walker.text();
}

}  // namespace pilothouse::apiserver::typed
