#include "core/apiserver/managed_entries.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/api/keys.hpp"
#include "core/value/document.hpp"
#include "core/value/field_set.hpp"
#include "core/value/go_quote.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kMaxUpdateManagers = 10;  // DefaultMaxUpdateManagers
constexpr std::size_t kSharedNodes = 4096;      // a power of two

const Key kFieldsType = Key::intern("fieldsType");
const Key kFieldsV1 = Key::intern("fieldsV1");
const Key kManager = Key::intern("manager");
const Key kOperation = Key::intern("operation");
const Key kSubresource = Key::intern("subresource");
const Key kTime = Key::intern("time");

/// Nodes that were made lately, by their content: equal ones become one.
class SharedNodes {
 public:
  Value operator()(const Value& value) { return share(value).value; }

 private:
  struct Shared {
    Value value;
    std::uint64_t hash = 0;
  };

  static std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
    return (hash ^ more) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
  }

  Shared share(const Value& value) {
    if (value.isObject()) return shareObject(value);
    if (!value.isArray()) return {value, value.hash()};
    std::vector<Value> items;
    items.reserve(value.size());
    std::uint64_t hash = 2;
    for (const Value& item : value.items()) {
      Shared shared = share(item);
      hash = mix(hash, shared.hash);
      items.push_back(std::move(shared.value));
    }
    return found(
        hash, [&](const Value& slot) { return slot.isArray() && sameItems(slot.items(), items); },
        [&] { return Value::array(items); });
  }

  Shared shareObject(const Value& value) {
    if (value.empty()) return {field_set::leaf(), 1};
    std::vector<Value> members;
    members.reserve(value.size());
    std::uint64_t hash = 3;
    for (std::size_t i = 0; i < value.size(); ++i) {
      Shared shared = share(value.memberValues()[i]);
      hash = mix(mix(hash, value.memberKeys()[i].id()), shared.hash);
      members.push_back(std::move(shared.value));
    }
    const auto matches = [&](const Value& slot) {
      return slot.size() == members.size() && slot.isObject() && sameItems(slot.memberValues(), members) &&
             std::equal(slot.memberKeys().begin(), slot.memberKeys().end(), value.memberKeys().begin());
    };
    return found(hash, matches, [&] {
      std::vector<Value::Member> made;
      made.reserve(members.size());
      for (std::size_t i = 0; i < members.size(); ++i) made.push_back({value.memberKeys()[i], members[i]});
      return Value::object(std::span<const Value::Member>(made));
    });
  }

  // What lies below is shared already, except for long texts.
  static bool sameItems(std::span<const Value> a, std::span<const Value> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  template <typename Matches, typename Make>
  Shared found(std::uint64_t hash, Matches matches, Make make) {
    Value& slot = slots_[hash >> 20 & (kSharedNodes - 1)];
    if (!matches(slot)) slot = make();
    return {slot, hash};
  }

  std::vector<Value> slots_ = std::vector<Value>(kSharedNodes);
};

Value entryValue(const ManagedEntry& entry) {
  static const Value fieldsType("FieldsV1");
  static const Value apply("Apply");
  static const Value update("Update");
  std::vector<Value::Member> members;
  members.reserve(7);
  if (!entry.apiVersion.isNull()) members.push_back({keys::apiVersion, entry.apiVersion});
  members.push_back({kFieldsType, fieldsType});
  members.push_back({kFieldsV1, entry.fields.isNull() ? field_set::leaf() : entry.fields});
  if (!entry.manager.asString().empty()) members.push_back({kManager, entry.manager});
  members.push_back({kOperation, entry.apply ? apply : update});
  if (!entry.subresource.asString().empty()) members.push_back({kSubresource, entry.subresource});
  if (!entry.time.isNull()) members.push_back({kTime, entry.time});
  return Value::object(std::span<const Value::Member>(members));
}

bool olderEntry(const ManagedEntry& a, const ManagedEntry& b) {
  if (a.apply != b.apply) return a.apply;
  if (!(a.time == b.time)) return a.time.asString() < b.time.asString();
  if (a.manager.asString() != b.manager.asString()) return a.manager.asString() < b.manager.asString();
  if (!(a.apiVersion == b.apiVersion)) return a.apiVersion.asString() < b.apiVersion.asString();
  return a.subresource.asString() < b.subresource.asString();
}

}  // namespace

bool ManagedEntry::sameManager(const ManagedEntry& other) const {
  return apply == other.apply && manager.asString() == other.manager.asString() &&
         subresource.asString() == other.subresource.asString() && (apply || apiVersion == other.apiVersion);
}

std::string ManagedEntry::printed() const {
  std::string text = goQuote(manager.asString());
  if (!subresource.asString().empty()) text += " with subresource " + goQuote(subresource.asString());
  if (!apply) text += " using " + apiVersion.toString();
  return text;
}

std::string ManagedEntry::identifier() const {
  std::string text = "{";
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text.append(text.size() == 1 ? "\"" : ",\"").append(name).append("\":").append(goQuote(value));
  };
  add("manager", manager.asString());
  add("operation", apply ? "Apply" : "Update");
  if (!apply) add("apiVersion", apiVersion.asString());
  add("subresource", subresource.asString());
  return text + "}";
}

bool decodeManagedFields(const Value& list, ManagedEntries& entries, bool stored) {
  entries.clear();
  entries.reserve(list.size() + 1);
  for (const Value& source : list.items()) {
    const std::string_view operation = source[kOperation].asString();
    const Value& fields = source[kFieldsV1];
    if (operation != "Apply" && operation != "Update") return false;
    if (source[kFieldsType].asString() != "FieldsV1" || source[keys::apiVersion].asString().empty()) {
      return false;
    }
    if (!stored && !fields.isNull() && !field_set::isWellFormed(fields)) return false;
    ManagedEntry entry;
    entry.manager = source[kManager];
    entry.apply = operation == "Apply";
    entry.apiVersion = source[keys::apiVersion];
    entry.subresource = source[kSubresource];
    entry.time = source[kTime];
    entry.fields = fields.empty() ? Value() : fields;
    entry.source = source;
    const auto same = std::find_if(entries.begin(), entries.end(),
                                   [&](const ManagedEntry& e) { return e.sameManager(entry); });
    if (same != entries.end()) {
      *same = std::move(entry);
    } else {
      entries.push_back(std::move(entry));
    }
  }
  return true;
}

Value encodeManagedFields(ManagedEntries entries) {
  static SharedNodes shared;
  if (entries.empty()) return {};
  std::sort(entries.begin(), entries.end(), olderEntry);
  std::vector<Value> list;
  list.reserve(entries.size());
  for (const ManagedEntry& entry : entries) {
    list.push_back(entry.source.isNull() ? entryValue(entry) : entry.source);
  }
  return shared(Value::array(list));
}

void capUpdateManagers(ManagedEntries& entries) {
  static const Value ancient("ancient-changes");
  std::vector<std::size_t> updates;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].apply) updates.push_back(i);
  }
  if (updates.size() <= kMaxUpdateManagers) return;
  std::sort(updates.begin(), updates.end(),
            [&](std::size_t a, std::size_t b) { return olderEntry(entries[a], entries[b]); });
  std::size_t count = updates.size();
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < updates.size() && count > kMaxUpdateManagers; ++i) {
    ManagedEntry& entry = entries[updates[i]];
    // The first of its version lends its place to the bucket that takes the others in.
    ManagedEntry* first = nullptr;
    for (std::size_t j = 0; j < i && first == nullptr; ++j) {
      ManagedEntry& earlier = entries[updates[j]];
      const bool taken = std::find(gone.begin(), gone.end(), updates[j]) != gone.end();
      if (!taken && earlier.apiVersion == entry.apiVersion) first = &earlier;
    }
    if (first == nullptr) continue;
    first->manager = ancient;
    first->subresource = Value();
    first->fields = field_set::united(entry.fields, first->fields);
    first->time = entry.time;
    first->source = Value();
    gone.push_back(updates[i]);
    --count;
  }
  std::sort(gone.begin(), gone.end());
  for (auto at = gone.rbegin(); at != gone.rend(); ++at) {
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(*at));
  }
}

}  // namespace pilothouse::apiserver
