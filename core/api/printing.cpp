#include "core/api/printing.hpp"

#include <optional>
#include <string>

#include "core/api/object.hpp"
#include "core/value/duration.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::api::printing {
namespace {

Value textOfDuration(const Value& timestamp, SimTime now, bool ahead) {
  const std::optional<SimTime> at = parseTimestamp(timestamp.asString());
  if (!at) return kUnknown;
  return humanDuration(ahead ? *at - now : now - *at);
}

}  // namespace

Value since(const Value& timestamp, SimTime now) { return textOfDuration(timestamp, now, false); }

Value until(const Value& timestamp, SimTime now) { return textOfDuration(timestamp, now, true); }

Value age(const Value& object, SimTime now) { return since(meta(object)[keys::creationTimestamp], now); }

Value labels(const Value& labels) {
  std::string text;
  const auto keys = labels.memberKeys();
  const auto values = labels.memberValues();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) text += ',';
    text.append(keys[i].text()).append("=").append(values[i].asString());
  }
  return orElse(text);
}

Value selector(const Value& labelSelector) {
  const LabelSelector made = LabelSelector::fromObject(labelSelector);
  // A selector that is absent matches nothing as well, but is no mistake.
  if (made.matchesNothing() && !labelSelector.isNull()) return "<error>";
  return orElse(made.toString());
}

ContainerCells containers(const Value& containers) {
  std::string names;
  std::string images;
  bool first = true;
  for (const Value& container : containers.items()) {
    if (!first) {
      names += ',';
      images += ',';
    }
    first = false;
    names += container[keys::name].asString();
    images += container[keys::image].asString();
  }
  return {names, images};
}

Value joined(const Value& texts, std::string_view separator) {
  std::string all;
  bool first = true;
  for (const Value& text : texts.items()) {
    if (!first) all += separator;
    first = false;
    all += text.asString();
  }
  return all;
}

Value orElse(const Value& text, std::string_view fallback) {
  return text.asString().empty() ? Value(fallback) : text;
}

}  // namespace pilothouse::api::printing
