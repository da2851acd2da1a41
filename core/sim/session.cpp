#include "core/sim/session.hpp"

#include <cassert>
#include <utility>

#include "core/value/duration.hpp"

namespace pilothouse {
namespace {

const Key kArguments = Key::intern("arguments");
const Key kInputs = Key::intern("inputs");
const Key kPreset = Key::intern("preset");
const Key kSeed = Key::intern("seed");
const Key kStart = Key::intern("start");
const Key kVerb = Key::intern("verb");
const Key kWhen = Key::intern("when");

constexpr std::size_t kInputsMax = 100000;

Session::Loaded failed(std::string error) { return {{}, std::move(error)}; }

}  // namespace

Session::Session(std::uint64_t seed, std::string preset) : seed_(seed), preset_(std::move(preset)) {}

void Session::add(SessionInput input) {
  assert(inputs_.empty() || inputs_.back().when <= input.when);
  inputs_.push_back(std::move(input));
}

Value Session::toValue() const {
  std::vector<Value> inputs;
  inputs.reserve(inputs_.size());
  for (const SessionInput& input : inputs_) {
    inputs.push_back(Value::object({{kArguments, input.arguments},
                                    {kVerb, Value(input.verb.text())},
                                    {kWhen, Value(durationText(input.when))}}));
  }
  // JSON numbers lose bits beyond 2^53 in other readers: the seed is text.
  const Value session = Value::object(
      {{kInputs, Value::array(inputs)}, {kPreset, Value(preset_)}, {kSeed, Value(std::to_string(seed_))}});
  return start_ == kSimulationStart ? session : session.with(kStart, timestamp(start_));
}

Session::Loaded Session::fromValue(const Value& value) {
  if (!value.isObject()) return failed("a session must be an object");
  const std::string_view seedText = value[kSeed].asString();
  if (seedText.empty() || seedText.size() > 19) return failed("seed: must be a number written as text");
  std::uint64_t seed = 0;
  for (const char c : seedText) {
    if (c < '0' || c > '9') return failed("seed: must be a number written as text");
    seed = seed * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value[kPreset].asString().empty()) return failed("preset: must name a preset");
  if (!value[kInputs].isNull() && !value[kInputs].isArray()) return failed("inputs: must be a list");
  if (value[kInputs].size() > kInputsMax) return failed("inputs: too many");

  Session session(seed, value[kPreset].toString());
  if (value.has(kStart)) {
    const auto start = parseTimestamp(value[kStart].asString());
    if (!start || start->time_since_epoch().count() < 0) return failed("start: must be a date since 1970");
    session.setStart(*start);
  }
  SimDuration last{};
  for (std::size_t i = 0; i < value[kInputs].size(); ++i) {
    const Value& input = value[kInputs].item(i);
    const std::string where = "inputs[" + std::to_string(i) + "]";
    const auto when = parseDuration(input[kWhen].asString());
    if (!when || *when < last) return failed(where + ".when: must be a time that is not before the last one");
    if (input[kVerb].asString().empty()) return failed(where + ".verb: must be given");
    last = *when;
    session.add({*when, Key::intern(input[kVerb].asString()), input[kArguments]});
  }
  return {{std::move(session)}, {}};
}

}  // namespace pilothouse
