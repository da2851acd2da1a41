// The input `node`: a command line on a machine.
#include "core/cluster/input_verbs.hpp"

namespace pilothouse::cluster {
namespace {

using State = Cluster::State;

const Key kCommand = Key::intern("command");
const Key kNode = Key::intern("node");

// Blanks divide words, quotes hold them together.
std::vector<std::string> wordsOf(std::string_view line) {
  std::vector<std::string> words;
  bool open = false;
  char quote = 0;
  for (const char c : line) {
    if (quote == 0 && (c == ' ' || c == '\t')) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      words.back() += c;
    }
  }
  return words;
}

void onNode(State& state, std::uint64_t id, const Value& arguments) {
  const std::string name = arguments[kNode].toString();
  Node* node = state.node(name);
  if (node == nullptr) return state.reply(id, true, "error: host \"" + name + "\" not found");
  const std::vector<std::string> words = wordsOf(arguments[kCommand].asString());
  if (words.empty()) return state.finish(id);
  for (const auto table : {serviceCommands(), runtimeCommands()}) {
    for (const NodeCommand& command : table) {
      if (command.name == words.front()) return command.run(state, id, *node, words);
    }
  }
  state.reply(id, true, "-bash: " + words.front() + ": command not found");
}

constexpr InputVerb kVerbs[] = {{"node", onNode}};

}  // namespace

std::span<const InputVerb> nodeVerbs() { return kVerbs; }

}  // namespace pilothouse::cluster
