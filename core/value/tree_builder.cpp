#include "core/value/tree_builder.hpp"

#include <algorithm>

#include "core/value/mutable_object.hpp"

namespace pilothouse {
namespace {

const Key kMerge = Key::intern("<<");
constexpr std::size_t kScanned = 32;  // larger objects find duplicate keys by a set

}  // namespace

SourceMap::NodeId TreeBuilder::addNode(SourcePosition at) {
  SourceMap& map = document_.positions;
  if (depth_ == 0) {
    document_.start = at;
    return map.addRoot(at);
  }
  const Frame& frame = frames_[depth_ - 1];
  if (!frame.object) return map.addItem(frame.node, at);
  return map.addMember(frame.node, frame.merging ? kMerge : frame.key, frame.keyAt, at);
}

TreeBuilder::Problem TreeBuilder::scalar(Value value, SourcePosition at) {
  if (++nodes_ > limits_.nodes) return Problem::TooMany;
  const SourceMap::NodeId node = addNode(at);
  return complete({std::move(value), 1, 1, node});
}

TreeBuilder::Problem TreeBuilder::alias(const Subtree& target, SourcePosition at) {
  nodes_ += target.nodes;
  if (nodes_ > limits_.nodes) return Problem::TooMany;
  if (depth_ + target.depth > limits_.depth) return Problem::TooDeep;
  Subtree subtree = target;
  subtree.node = addNode(at);
  document_.positions.setAlias(subtree.node, target.node);
  return complete(std::move(subtree));
}

TreeBuilder::Problem TreeBuilder::begin(bool object, SourcePosition at) {
  if (++nodes_ > limits_.nodes) return Problem::TooMany;
  if (depth_ + 1 > limits_.depth) return Problem::TooDeep;
  const SourceMap::NodeId node = addNode(at);
  if (depth_ == frames_.size()) frames_.emplace_back();
  Frame& frame = frames_[depth_++];
  frame.object = object;
  frame.keyed = false;
  frame.at = at;
  frame.node = node;
  frame.nodes = 1;
  frame.depth = 0;
  frame.items.clear();
  frame.members.clear();
  frame.merges.clear();
  frame.keys.clear();
  return Problem::None;
}

TreeBuilder::Problem TreeBuilder::end() {
  Frame& frame = frames_[--depth_];
  if (!frame.merges.empty()) applyMerges(frame);
  Value value = frame.object ? Value::object(std::span<const Value::Member>(frame.members))
                             : Value::array(std::span<const Value>(frame.items));
  return complete({std::move(value), frame.nodes, frame.depth + 1, frame.node});
}

TreeBuilder::Problem TreeBuilder::complete(Subtree subtree) {
  last_ = std::move(subtree);
  if (depth_ == 0) {
    document_.value = last_.value;
    return Problem::None;
  }
  Frame& frame = frames_[depth_ - 1];
  frame.nodes += last_.nodes;
  frame.depth = std::max(frame.depth, last_.depth);
  if (!frame.object) {
    frame.items.push_back(last_.value);
    return Problem::None;
  }
  frame.keyed = false;
  if (frame.skipping) return Problem::None;
  if (frame.merging) return merge(last_.value);
  frame.members.push_back({frame.key, last_.value});
  return Problem::None;
}

bool TreeBuilder::hasKey(Frame& frame, Key key) {
  if (frame.members.size() < kScanned) {
    return std::any_of(frame.members.begin(), frame.members.end(),
                       [key](const Value::Member& member) { return member.key == key; });
  }
  if (frame.keys.empty()) {
    for (const Value::Member& member : frame.members) frame.keys.insert(member.key.id());
  }
  return !frame.keys.insert(key.id()).second;
}

TreeBuilder::Problem TreeBuilder::key(Key key, SourcePosition at) {
  Frame& frame = frames_[depth_ - 1];
  if (hasKey(frame, key)) return Problem::DuplicateKey;
  frame.keyed = true;
  frame.merging = false;
  frame.skipping = false;
  frame.key = key;
  frame.keyAt = at;
  return Problem::None;
}

void TreeBuilder::skipDuplicate(SourcePosition at) {
  Frame& frame = frames_[depth_ - 1];
  frame.keyed = true;
  frame.merging = false;
  frame.skipping = true;
  frame.keyAt = at;
}

void TreeBuilder::mergeKey(SourcePosition at) {
  Frame& frame = frames_[depth_ - 1];
  frame.keyed = true;
  frame.merging = true;
  frame.skipping = false;
  frame.keyAt = at;
}

TreeBuilder::Problem TreeBuilder::merge(const Value& value) {
  std::vector<Value>& merges = frames_[depth_ - 1].merges;
  if (value.isObject()) {
    merges.push_back(value);
    return Problem::None;
  }
  if (!value.isArray()) return Problem::BadMerge;
  for (const Value& item : value.items()) {
    if (!item.isObject()) return Problem::BadMerge;
    merges.push_back(item);
  }
  return Problem::None;
}

void TreeBuilder::applyMerges(Frame& frame) const {
  MutableObject merged(Value::object(std::span<const Value::Member>(frame.members)));
  for (const Value& source : frame.merges) {
    for (std::size_t i = 0; i < source.size(); ++i) {
      const Key key = source.memberKeys()[i];
      if (merged.get(key) == nullptr) merged.set(key, source.memberValues()[i]);
    }
  }
  frame.members = merged.members();
}

std::string TreeBuilder::keyPath(Key key) const {
  std::string path;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Frame& frame = frames_[i];
    if (frame.object) {
      if (!path.empty()) path += '.';
      path += i + 1 == depth_ ? key.text() : frame.key.text();
    } else {
      path += "[" + std::to_string(frame.items.size()) + "]";
    }
  }
  return path;
}

Document TreeBuilder::take() {
  Document document = std::move(document_);
  document_ = {};
  last_ = {};
  depth_ = 0;
  nodes_ = 0;
  return document;
}

}  // namespace pilothouse
