#include <utility>

#include "core/cluster/input_verbs.hpp"

namespace pilothouse::cluster {

// An input comes one nanosecond after what has happened, before anything else of that instant: a replayed
// session then finds everything as it was.
std::uint64_t Cluster::input(Key verb, Value arguments) {
  State& s = *state_;
  s.inputIds.push_back(s.inputIds.size() + 1);
  s.schedule(s.inputIds.back(), s.simulator.now() + SimDuration(1), verb, std::move(arguments));
  return s.inputIds.back();
}

void Cluster::State::schedule(std::uint64_t id, SimTime when, Key verb, Value arguments) {
  InputResult& result = results[id];
  result.id = id;
  result.verb = verb;
  simulator.atFirst(when, [this, id, verb, arguments = std::move(arguments)] { run(id, verb, arguments); });
}

const InputResult* Cluster::result(std::uint64_t input) const {
  const auto at = state_->results.find(input);
  return at == state_->results.end() ? nullptr : &at->second;
}

const std::vector<std::uint64_t>& Cluster::inputs() const { return state_->inputIds; }

void Cluster::State::say(std::uint64_t id, Message message) {
  InputResult& result = results[id];
  result.ok = result.ok && !message.error;
  result.messages.push_back(std::move(message));
}

void Cluster::State::finish(std::uint64_t id) { results[id].finished = true; }

void Cluster::State::reply(std::uint64_t id, bool error, std::string text) {
  say(id, {error, std::move(text), 0, 0, ""});
  finish(id);
}

kubectl::Output Cluster::State::outputOf(std::uint64_t id) {
  return {[this, id](kubectl::Message said) {
            say(id, {said.error, std::move(said.text), said.at.line, said.at.column, std::move(said.field)});
          },
          [this, id] { finish(id); }};
}

void Cluster::State::run(std::uint64_t id, Key verb, const Value& arguments) {
  session.add({simulator.now() - session.start(), verb, arguments});
  const CauseId cause = network.record(userId, {MessageKind::Input, 0, verb, {}, arguments});
  const CauseScope scope(simulator, cause);
  for (const auto table : {objectVerbs(), faultVerbs(), podVerbs(), nodeVerbs()}) {
    for (const InputVerb& known : table) {
      if (known.verb == verb.text()) return known.run(*this, id, arguments);
    }
  }
  reply(id, true, "error: unknown input \"" + std::string(verb.text()) + "\"");
}

}  // namespace pilothouse::cluster
