#include "web/mirror.hpp"

#include <cmath>

#include "web/utf8.hpp"

namespace pilothouse::web {

void appendJsonString(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
      ++i;
    } else {
      const Utf8Char decoded = decodeUtf8(text, i);
      if (decoded.valid) {
        out += text.substr(i, decoded.bytes);
      } else {
        out += "\xEF\xBF\xBD";
      }
      i += decoded.bytes;
    }
  }
  out += '"';
}

void Mirror::add(Element element, const Rect& clip) {
  element.rect = intersect(element.rect, clip);
  if (element.rect.empty()) return;
  elements_.push_back(std::move(element));
}

std::optional<std::string> Mirror::take() {
  std::string json = "[";
  for (const Element& e : elements_) {
    if (json.size() > 1) json += ',';
    json += "{\"id\":";
    appendJsonString(json, e.id);
    json += ",\"role\":";
    appendJsonString(json, e.role);
    json += ",\"label\":";
    appendJsonString(json, e.label);
    json += ",\"rect\":[";
    const float numbers[] = {e.rect.min.x, e.rect.min.y, e.rect.width(), e.rect.height()};
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) json += ',';
      json += std::to_string(std::lround(numbers[i]));
    }
    json += ']';
    if (e.value) {
      json += ",\"value\":";
      appendJsonString(json, *e.value);
    }
    if (e.checked) json += *e.checked ? ",\"checked\":true" : ",\"checked\":false";
    if (e.disabled) json += ",\"disabled\":true";
    json += '}';
  }
  json += ']';
  if (json == last_) return std::nullopt;
  last_ = json;
  return json;
}

}  // namespace pilothouse::web
