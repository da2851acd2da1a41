#include "core/value/go_print.hpp"

#include "core/value/number_text.hpp"

namespace pilothouse {
namespace {

constexpr std::size_t kMost = 10 << 10;

void append(std::string& out, const Value& value) {
  if (out.size() > kMost) return;
  switch (value.type()) {
    case Value::Type::Null:
      out += "<nil>";
      return;
    case Value::Type::Bool:
      out += value.asBool() ? "true" : "false";
      return;
    case Value::Type::Int:
      out += std::to_string(value.asInt());
      return;
    case Value::Type::Double:
      out += doubleText(value.asDouble());
      return;
    case Value::Type::String:
      out += value.asString().substr(0, kMost);
      return;
    case Value::Type::Array: {
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ' ';
        append(out, value.items()[i]);
      }
      out += ']';
      return;
    }
    case Value::Type::Object: {
      out += "map[";
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ' ';
        out += value.memberKeys()[i].text();
        out += ':';
        append(out, value.memberValues()[i]);
      }
      out += ']';
      return;
    }
  }
}

}  // namespace

std::string goPrint(const Value& value) {
  std::string out;
  append(out, value);
  if (out.size() > kMost) out.resize(kMost);
  return out;
}

const char* goTypeName(const Value& value) {
  switch (value.type()) {
    case Value::Type::Null:
      return "<nil>";
    case Value::Type::Bool:
      return "bool";
    case Value::Type::Int:
      return "int64";
    case Value::Type::Double:
      return "float64";
    case Value::Type::String:
      return "string";
    case Value::Type::Array:
      return "[]interface {}";
    case Value::Type::Object:
      return "map[string]interface {}";
  }
  return "<nil>";
}

}  // namespace pilothouse
