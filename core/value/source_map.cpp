#include <algorithm>

#include "core/value/document.hpp"
#include "core/value/number_text.hpp"

namespace pilothouse {
namespace {

const Key kMerge = Key::intern("<<");

/// True when `text` is the whole rest of the path or a delimiter follows it.
bool leads(std::string_view path, std::string_view text) {
  if (!path.starts_with(text)) return false;
  return path.size() == text.size() || path[text.size()] == '.' || path[text.size()] == '[';
}

/// "name" of "[name]" or "['name']" at the start of the path; false when there is no such thing.
bool takeBracket(std::string_view& path, std::string_view& content) {
  const std::size_t close = path.find(']');
  if (close == std::string_view::npos) return false;
  content = path.substr(1, close - 1);
  path.remove_prefix(close + 1);
  if (content.size() >= 2 && (content[0] == '\'' || content[0] == '"') && content.back() == content[0]) {
    content = content.substr(1, content.size() - 2);
  }
  return true;
}

}  // namespace

SourceMap::NodeId SourceMap::add(NodeId parent, SourcePosition keyAt, SourcePosition valueAt) {
  const auto id = static_cast<NodeId>(nodes_.size());
  Node node;
  node.parent = parent;
  node.keyAt = {static_cast<std::uint32_t>(keyAt.line), static_cast<std::uint32_t>(keyAt.column)};
  node.valueAt = {static_cast<std::uint32_t>(valueAt.line), static_cast<std::uint32_t>(valueAt.column)};
  nodes_.push_back(node);
  if (parent == kNone) return id;
  Node& above = nodes_[parent];
  (above.firstChild == kNone ? above.firstChild : nodes_[above.lastChild].nextSibling) = id;
  above.lastChild = id;
  return id;
}

SourceMap::NodeId SourceMap::addRoot(SourcePosition at) { return add(kNone, at, at); }

SourceMap::NodeId SourceMap::addMember(NodeId parent, Key key, SourcePosition keyAt, SourcePosition valueAt) {
  const NodeId id = add(parent, keyAt, valueAt);
  nodes_[id].key = key;
  return id;
}

SourceMap::NodeId SourceMap::addItem(NodeId parent, SourcePosition at) {
  const NodeId last = nodes_[parent].lastChild;
  const std::uint32_t index = last == kNone ? 0 : nodes_[last].index + 1;
  const NodeId id = add(parent, at, at);
  nodes_[id].index = index;
  return id;
}

/// The child that the start of the path names; of several keys that fit, the longest.
SourceMap::NodeId SourceMap::childOf(NodeId node, std::string_view& path) const {
  std::string_view rest = path;
  std::string_view content;
  if (rest.starts_with('[')) {
    if (!takeBracket(rest, content)) return kNone;
    const auto index = parseInt64(content);
    for (NodeId child = nodes_[node].firstChild; child != kNone; child = nodes_[child].nextSibling) {
      const Node& found = nodes_[child];
      if (found.index == kNone ? found.key.text() == content : index && found.index == *index) {
        path = rest;
        return child;
      }
    }
    return kNone;
  }
  if (rest.starts_with('.')) rest.remove_prefix(1);
  NodeId best = kNone;
  for (NodeId child = nodes_[node].firstChild; child != kNone; child = nodes_[child].nextSibling) {
    const Node& found = nodes_[child];
    if (found.index != kNone || !leads(rest, found.key.text())) continue;
    if (best == kNone || found.key.text().size() > nodes_[best].key.text().size()) best = child;
  }
  if (best != kNone) path = rest.substr(nodes_[best].key.text().size());
  return best;
}

/// The next node on the path, through an alias and then through merged objects.
SourceMap::NodeId SourceMap::step(NodeId from, std::string_view& path) const {
  if (nodes_[from].alias != kNone) from = nodes_[from].alias;
  if (const NodeId child = childOf(from, path); child != kNone) return child;
  for (NodeId child = nodes_[from].firstChild; child != kNone; child = nodes_[child].nextSibling) {
    if (!(nodes_[child].key == kMerge) || nodes_[child].index != kNone) continue;
    const NodeId merged = nodes_[child].alias != kNone ? nodes_[child].alias : child;
    if (const NodeId found = childOf(merged, path); found != kNone) return found;
    for (NodeId item = nodes_[merged].firstChild; item != kNone; item = nodes_[item].nextSibling) {
      const NodeId object = nodes_[item].alias != kNone ? nodes_[item].alias : item;
      if (nodes_[item].index == kNone) break;
      if (const NodeId found = childOf(object, path); found != kNone) return found;
    }
  }
  return kNone;
}

SourceMap::NodeId SourceMap::find(std::string_view path, bool orNearest) const {
  if (nodes_.empty()) return kNone;
  NodeId at = 0;
  while (!path.empty()) {
    const NodeId next = step(at, path);
    if (next == kNone) return orNearest ? at : kNone;
    at = next;
  }
  return at;
}

SourcePosition SourceMap::key(std::string_view path) const {
  const NodeId node = find(path, false);
  return node == kNone ? SourcePosition{} : position(nodes_[node].keyAt);
}

SourcePosition SourceMap::value(std::string_view path) const {
  const NodeId node = find(path, false);
  return node == kNone ? SourcePosition{} : position(nodes_[node].valueAt);
}

SourcePosition SourceMap::nearest(std::string_view path) const {
  const NodeId node = find(path, true);
  return node == kNone ? SourcePosition{} : position(nodes_[node].keyAt);
}

std::string SourceMap::pathAt(SourcePosition at) const {
  const auto after =
      std::upper_bound(nodes_.begin(), nodes_.end(), at, [](SourcePosition p, const Node& node) {
        return p.line != node.keyAt.line ? p.line < node.keyAt.line : p.column < node.keyAt.column;
      });
  if (after == nodes_.begin()) return {};
  std::vector<NodeId> chain;
  for (auto id = static_cast<NodeId>(after - nodes_.begin() - 1); id != kNone; id = nodes_[id].parent) {
    chain.push_back(id);
  }
  std::string path;
  for (std::size_t i = chain.size() - 1; i-- > 0;) {
    const Node& node = nodes_[chain[i]];
    const std::string_view key = node.key.text();
    if (node.index != kNone) {
      path += "[" + std::to_string(node.index) + "]";
    } else if (key.find_first_of(".[]/") != std::string_view::npos) {
      path += "[" + std::string(key) + "]";
    } else {
      if (!path.empty()) path += '.';
      path += key;
    }
  }
  return path;
}

}  // namespace pilothouse
