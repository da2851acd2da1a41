#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse {

/// An object while it is edited: look-ups stay fast for objects of any size, and when nothing has changed
/// build() gives the same node back.
class MutableObject {
 public:
  MutableObject() = default;
  explicit MutableObject(const Value& base) : base_(base), unchanged_(base.isObject()) {
    const auto keys = base.memberKeys();
    const auto values = base.memberValues();
    members_.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) members_.push_back({keys[i], values[i]});
  }

  /// The member's value, or nothing when there is none; valid until the next change.
  [[nodiscard]] const Value* get(Key key) const {
    const std::size_t at = find(key);
    return at == members_.size() ? nullptr : &members_[at].value;
  }

  void set(Key key, Value value) {
    const std::size_t at = find(key);
    if (at == members_.size()) {
      members_.push_back({key, std::move(value)});
      if (!index_.empty()) index_[key.id()] = at;
      unchanged_ = false;
    } else if (!members_[at].value.sameAs(value)) {
      members_[at].value = std::move(value);
      unchanged_ = false;
    }
  }

  void remove(Key key) {
    const std::size_t at = find(key);
    if (at == members_.size()) return;
    if (!index_.empty()) {
      index_[members_.back().key.id()] = at;
      index_.erase(key.id());
    }
    if (at + 1 != members_.size()) members_[at] = std::move(members_.back());
    members_.pop_back();
    unchanged_ = false;
  }

  [[nodiscard]] const std::vector<Value::Member>& members() const { return members_; }
  [[nodiscard]] bool empty() const { return members_.empty(); }

  [[nodiscard]] Value build() const {
    return unchanged_ ? base_ : Value::object(std::span<const Value::Member>(members_));
  }

 private:
  static constexpr std::size_t kScanned = 32;  ///< up to here a scan is faster than an index

  [[nodiscard]] std::size_t find(Key key) const {
    if (members_.size() <= kScanned && index_.empty()) {
      std::size_t at = 0;
      while (at < members_.size() && !(members_[at].key == key)) ++at;
      return at;
    }
    if (index_.empty()) {
      for (std::size_t i = 0; i < members_.size(); ++i) index_[members_[i].key.id()] = i;
    }
    const auto found = index_.find(key.id());
    return found == index_.end() ? members_.size() : found->second;
  }

  Value base_;
  bool unchanged_ = false;
  std::vector<Value::Member> members_;
  mutable std::unordered_map<std::uint32_t, std::size_t> index_;
};

}  // namespace pilothouse
