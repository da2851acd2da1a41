#pragma once

// Builds a document from a reader's events, within limits. Private to core/value.

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "core/value/document.hpp"

namespace pilothouse {

class TreeBuilder {
 public:
  enum class Problem : std::uint8_t { None, TooDeep, TooMany, DuplicateKey, BadMerge };

  /// A finished subtree, to be used again for an alias.
  struct Subtree {
    Value value;
    std::size_t nodes = 0;
    std::size_t depth = 0;
    SourceMap::NodeId node = SourceMap::kNone;
  };

  explicit TreeBuilder(const ReadLimits& limits) : limits_(limits) {}

  Problem scalar(Value value, SourcePosition at);
  Problem alias(const Subtree& target, SourcePosition at);
  Problem begin(bool object, SourcePosition at);
  /// Ends the innermost object or list.
  Problem end();
  /// The key of the next value.
  Problem key(Key key, SourcePosition at);
  /// After DuplicateKey: reads on all the same, to find what else is wrong; the first value stays.
  void skipDuplicate(SourcePosition at);
  /// The next value is an object, or a list of objects, whose members are added where there are none.
  void mergeKey(SourcePosition at);

  [[nodiscard]] bool inObject() const { return depth_ > 0 && frames_[depth_ - 1].object; }
  [[nodiscard]] bool expectsKey() const { return inObject() && !frames_[depth_ - 1].keyed; }
  [[nodiscard]] std::size_t depth() const { return depth_; }
  [[nodiscard]] SourcePosition keyPosition() const { return frames_[depth_ - 1].keyAt; }
  /// Where the innermost open object or list begins.
  [[nodiscard]] SourcePosition openPosition() const { return frames_[depth_ - 1].at; }
  /// The subtree that the last event completed.
  [[nodiscard]] const Subtree& last() const { return last_; }
  /// The path of the member that the current key names.
  [[nodiscard]] std::string keyPath(Key key) const;

  /// The finished document; the builder is empty again.
  Document take();

 private:
  struct Frame {
    bool object = false;
    bool keyed = false;     ///< a key waits for its value
    bool merging = false;   ///< and it is a merge key
    bool skipping = false;  ///< or a duplicate
    Key key;
    SourcePosition keyAt;
    SourcePosition at;
    SourceMap::NodeId node = SourceMap::kNone;
    std::size_t nodes = 0;
    std::size_t depth = 0;  ///< of what is below
    std::vector<Value> items;
    std::vector<Value::Member> members;
    std::vector<Value> merges;
    std::unordered_set<std::uint32_t> keys;  ///< of large objects
  };
  SourceMap::NodeId addNode(SourcePosition at);
  Problem complete(Subtree subtree);
  Problem merge(const Value& value);
  void applyMerges(Frame& frame) const;
  static bool hasKey(Frame& frame, Key key);

  ReadLimits limits_;
  std::vector<Frame> frames_;  ///< the first depth_ are open; the others keep their memory for reuse
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
  Subtree last_;
  Document document_;
};

}  // namespace pilothouse
