// Selectors and quantities: what is understood prints itself as something that means the same.
#include "core/value/quantity.hpp"
#include "core/value/selector.hpp"
#include "tests/fuzz/check.hpp"

using namespace pilothouse;

namespace {

void quantity(std::string_view text) {
  const auto parsed = Quantity::parse(text);
  fuzz::check(parsed.has_value() == Quantity::parseError(text).empty(), "refused with words, or not at all");
  fuzz::check(parsed.has_value() == Quantity::storedText(text).has_value(), "what is understood can be kept");
  if (!parsed) return;
  const std::string printed = parsed->toString();
  const auto again = Quantity::parse(printed);
  fuzz::check(again && again->compare(*parsed) == 0, "a quantity is as it prints itself", printed);
  fuzz::check(again->toString() == printed, "the canonical form is canonical", printed);
}

void labels(std::string_view text) {
  const ParsedLabelSelector parsed = parseLabelSelector(text);
  if (!parsed.error.empty()) return;
  const std::string printed = parsed.selector.toString();
  const ParsedLabelSelector again = parseLabelSelector(printed);
  fuzz::check(again.error.empty(), "a selector prints what can be parsed", printed);
  fuzz::check(again.selector.toString() == printed, "and prints that in the same way", printed);
}

// A field selector is requirements or an error, never both.
void fields(std::string_view text) {
  const ParsedFieldSelector parsed = parseFieldSelector(text);
  fuzz::check(parsed.error.empty() || parsed.requirements.empty(), "refused as a whole", parsed.error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::textOf(data, size);
  quantity(text);
  labels(text);
  fields(text);
  return 0;
}
