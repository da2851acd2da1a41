#pragma once

// What applying and making a strategic merge patch have in common. Private to core/value.

#include <cstdint>
#include <string>
#include <vector>

#include "core/value/patch.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::strategic {

extern const Key kDirective;   ///< "$patch"
extern const Key kRetainKeys;  ///< "$retainKeys"
inline constexpr std::string_view kDeleteListPrefix = "$deleteFromPrimitiveList";
inline constexpr std::string_view kSetOrderPrefix = "$setElementOrder";

using Items = std::vector<Value>;

/// Applying consumes the directives; joining two patches of one three-way patch keeps them.
enum class Mode : std::uint8_t { Apply, Join };

/// Positions of a list's items: by the merge key's value, or by the item itself where there is no merge key.
class ItemIndex {
 public:
  ItemIndex(const Items& items, Key mergeKey, bool ofObjects);
  void add(const Value& item);
  /// Index of the first item that is equal in its merge key, or npos.
  [[nodiscard]] std::size_t find(const Value& item) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  [[nodiscard]] const Value& identity(const Value& item) const { return ofObjects_ ? item[mergeKey_] : item; }
  Key mergeKey_;
  bool ofObjects_;
  void place(std::size_t at);
  [[nodiscard]] SlotTable::Id placed(const Value& identity, std::uint64_t hash) const;
  std::vector<Value> identities_;
  SlotTable table_;  ///< empty while the items are few
};

/// Merges patches into documents; after a false or a null result, `error` says why.
class Merger {
 public:
  Merger(const PatchSchema& schema, Mode mode) : schema_(schema), mode_(mode) {}

  Value mergeObjects(const Value& original, const Value& patch, const void* type);
  [[nodiscard]] bool failed() const { return !error_.empty(); }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  friend class ObjectMerge;
  Value mergeLists(const Value& original, const Value& patch, const PatchSchema::Field& field, bool deletes);
  Items mergeItems(const Items& original, const Items& patch, Key mergeKey, const void* type);
  bool takeSpecialItems(Items& original, Items& patch, Key mergeKey);
  /// `value` as it is stored where nothing was before: without items and members that are directives, and
  /// without nulls. False when nothing of it is to be kept.
  bool cleaned(const Value& value, Value& result) const;
  void fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
  }

  const PatchSchema& schema_;
  Mode mode_;
  std::string error_;
};

/// Sorts `items` as `order` has them; items with `$patch: delete` go to the end. An error when an item lacks
/// the merge key.
std::string sortAs(Items& items, const Items& order, Key mergeKey, bool ofObjects);
/// Splits into the items that `others` has too and the rest, then joins both: each part in its own order,
/// interleaved as `serverOrder` has them.
std::string orderItems(Items& merged, const Items& patchOrder, const Items& serverOrder, Key mergeKey,
                       bool ofObjects);
/// Whether all items of both lists are objects; an error when the items' types differ or are lists.
std::string elementType(const Items& a, const Items& b, bool& ofObjects);

std::string noMergeKey(const Value& item, Key mergeKey);
std::string badType(const char* expected, const Value& actual);
std::string unknownField(const PatchSchema& schema, const void* type, Key key);
Items itemsOf(const Value& list);

}  // namespace pilothouse::strategic
