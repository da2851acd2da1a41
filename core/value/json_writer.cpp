#include <string>

#include "core/value/document.hpp"
#include "core/value/number_text.hpp"
#include "core/value/utf8.hpp"

namespace pilothouse {
namespace {

/// Writes as Go's encoding/json does, <, > and & escaped for embedding in HTML.
class JsonWriter {
 public:
  explicit JsonWriter(int indent) : indent_(indent) {}

  void write(const Value& value, int level) {
    switch (value.type()) {
      case Value::Type::Null:
        out_ += "null";
        return;
      case Value::Type::Bool:
        out_ += value.asBool() ? "true" : "false";
        return;
      case Value::Type::Int:
        out_ += std::to_string(value.asInt());
        return;
      case Value::Type::Double:
        out_ += doubleText(value.asDouble());
        return;
      case Value::Type::String:
        writeString(value.asString());
        return;
      case Value::Type::Array:
        writeArray(value, level);
        return;
      case Value::Type::Object:
        writeObject(value, level);
        return;
    }
  }

  std::string take() && { return std::move(out_); }

 private:
  void newLine(int level) {
    if (indent_ < 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(level), ' ');
  }

  void writeArray(const Value& value, int level) {
    out_ += '[';
    bool first = true;
    for (const Value& item : value.items()) {
      if (!first) out_ += ',';
      first = false;
      newLine(level + 1);
      write(item, level + 1);
    }
    if (!first) newLine(level);
    out_ += ']';
  }

  void writeObject(const Value& value, int level) {
    out_ += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out_ += ',';
      newLine(level + 1);
      writeString(value.memberKeys()[i].text());
      out_ += indent_ < 0 ? ":" : ": ";
      write(value.memberValues()[i], level + 1);
    }
    if (value.size() > 0) newLine(level);
    out_ += '}';
  }

  void writeString(std::string_view text) {
    out_ += '"';
    std::size_t plain = 0;  // start of what needs no escape
    for (std::size_t at = 0; at < text.size();) {
      const auto c = static_cast<unsigned char>(text[at]);
      if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') {
        ++at;
        continue;
      }
      const utf8::Character character = utf8::next(text, at);
      if (character.valid && character.code >= 0x80 && character.code != 0x2028 && character.code != 0x2029) {
        at += character.size;
        continue;
      }
      out_ += text.substr(plain, at - plain);
      escape(character);
      at += character.size;
      plain = at;
    }
    out_ += text.substr(plain);
    out_ += '"';
  }

  void escape(const utf8::Character& character) {
    if (!character.valid) {
      out_ += "\\ufffd";
      return;
    }
    switch (character.code) {
      case '"':
        out_ += "\\\"";
        return;
      case '\\':
        out_ += "\\\\";
        return;
      case '\b':
        out_ += "\\b";
        return;
      case '\f':
        out_ += "\\f";
        return;
      case '\n':
        out_ += "\\n";
        return;
      case '\r':
        out_ += "\\r";
        return;
      case '\t':
        out_ += "\\t";
        return;
      default:
        out_ += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) {
          out_ += "0123456789abcdef"[(character.code >> shift) & 15];
        }
    }
  }

  std::string out_;
  int indent_;
};

}  // namespace

std::string writeJson(const Value& value, int indent) {
  JsonWriter writer(indent);
  writer.write(value, 0);
  return std::move(writer).take();
}

}  // namespace pilothouse
