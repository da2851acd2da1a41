#include "core/value/value.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>

#include "core/value/slot_table.hpp"

namespace pilothouse {

// One allocation a node: this header, then size bytes (string), Values (array), or Keys and Values (object).
// The keys come first: what is looked for is found in the line of memory that the header is in.
struct alignas(8) Value::Node {
  std::uint32_t references;
  std::uint32_t size;

  static Node* allocate(std::size_t payload, std::size_t size) {
    void* raw = std::malloc(sizeof(Node) + payload);
    if (raw == nullptr) throw std::bad_alloc();
    return new (raw) Node{1, static_cast<std::uint32_t>(size)};
  }
  static Node* array(std::size_t size) { return allocate(size * sizeof(Value), size); }
  static Node* object(std::size_t size) { return allocate(keyBytes(size) + size * sizeof(Value), size); }
  static constexpr std::size_t keyBytes(std::size_t size) { return (size * sizeof(Key) + 7) / 8 * 8; }

  char* text() { return reinterpret_cast<char*>(this + 1); }
  Value* items() { return reinterpret_cast<Value*>(this + 1); }
  Key* keys() { return reinterpret_cast<Key*>(this + 1); }
  Value* members() { return reinterpret_cast<Value*>(text() + keyBytes(size)); }
};

namespace {

const Value kNullValue;
constexpr std::size_t kNotFound = static_cast<std::size_t>(-1);

/// Up to here a scan of ids is faster than a binary search by text.
constexpr std::size_t kScanned = 32;

std::size_t findText(std::span<const Key> keys, std::string_view text) noexcept {
  if (keys.size() <= kScanned) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].text() == text) return i;
    }
    return kNotFound;
  }
  const auto at = std::lower_bound(keys.begin(), keys.end(), text,
                                   [](Key key, std::string_view wanted) { return key.text() < wanted; });
  return at != keys.end() && at->text() == text ? static_cast<std::size_t>(at - keys.begin()) : kNotFound;
}

std::size_t find(std::span<const Key> keys, Key key) noexcept {
  if (keys.size() > kScanned) return findText(keys, key.text());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == key) return i;
  }
  return kNotFound;
}

std::uint64_t mix(std::uint64_t h, std::uint64_t v) noexcept {
  h ^= v + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdULL;
  return h ^ (h >> 33);
}

/// Puts the numbers of the members in order of key; of those with one key only the last. Returns how many.
std::size_t orderFew(std::span<const Value::Member> members, std::uint32_t* order) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Key key = members[i].key;
    std::size_t at = count;
    while (at > 0 && textLess(key, members[order[at - 1]].key)) --at;
    if (at > 0 && members[order[at - 1]].key == key) {
      order[at - 1] = static_cast<std::uint32_t>(i);
      continue;
    }
    for (std::size_t j = count; j > at; --j) order[j] = order[j - 1];
    order[at] = static_cast<std::uint32_t>(i);
    ++count;
  }
  return count;
}

std::size_t orderMany(std::span<const Value::Member> members, std::vector<std::uint32_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::stable_sort(order.begin(), order.end(), [members](std::uint32_t a, std::uint32_t b) {
    return textLess(members[a].key, members[b].key);
  });
  std::size_t count = 0;
  for (const std::uint32_t i : order) {
    if (count > 0 && members[order[count - 1]].key == members[i].key) --count;
    order[count++] = i;
  }
  return count;
}

}  // namespace

Value::Value(std::string_view text) {
  if (text.size() <= 15) {
    if (!text.empty()) std::memcpy(bytes_, text.data(), text.size());
    // With 15 bytes of text the tag byte still holds the length.
    bytes_[15] = static_cast<unsigned char>(kInline + text.size());
    return;
  }
  Node* node = Node::allocate(text.size(), text.size());
  std::memcpy(node->text(), text.data(), text.size());
  put(node);
  bytes_[15] = kString;
}

Value Value::fromNode(Node* node, Tag tag) noexcept {
  Value v;
  v.put(node);
  v.bytes_[15] = tag;
  return v;
}

void Value::retain() const noexcept { ++take<Node*>()->references; }

void Value::release() noexcept {
  Node* node = take<Node*>();
  assert(node->references > 0);
  if (--node->references != 0) return;
  if (bytes_[15] != kString) {
    Value* values = bytes_[15] == kArray ? node->items() : node->members();
    for (std::size_t i = 0; i < node->size; ++i) values[i].~Value();
  }
  std::free(node);
}

Value Value::array(std::span<const Value> items) {
  Node* node = Node::array(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) new (node->items() + i) Value(items[i]);
  return fromNode(node, kArray);
}

Value Value::emptyObject() { return object(std::span<const Member>()); }

Value Value::object(std::initializer_list<Member> members) {
  return object(std::span<const Member>(members.begin(), members.size()));
}

Value Value::object(std::span<const Member> members) {
  // Members are few and nearly in order: insertion of their numbers beats a sort.
  constexpr std::size_t kFew = 64;
  std::uint32_t few[kFew];
  std::vector<std::uint32_t> many;
  if (members.size() > kFew) many.resize(members.size());
  std::uint32_t* const order = many.empty() ? few : many.data();
  const std::size_t count = many.empty() ? orderFew(members, order) : orderMany(members, many);
  Node* node = Node::object(count);
  for (std::size_t i = 0; i < count; ++i) new (node->keys() + i) Key(members[order[i]].key);
  for (std::size_t i = 0; i < count; ++i) new (node->members() + i) Value(members[order[i]].value);
  return fromNode(node, kObject);
}

Value::Type Value::type() const noexcept {
  switch (bytes_[15]) {
    case kNull:
      return Type::Null;
    case kBool:
      return Type::Bool;
    case kInt:
      return Type::Int;
    case kDouble:
      return Type::Double;
    case kArray:
      return Type::Array;
    case kObject:
      return Type::Object;
    default:
      return Type::String;
  }
}

std::int64_t Value::asInt(std::int64_t fallback) const noexcept {
  return isInt() ? take<std::int64_t>() : fallback;
}

double Value::asDouble(double fallback) const noexcept {
  if (isDouble()) return take<double>();
  return isInt() ? static_cast<double>(take<std::int64_t>()) : fallback;
}

std::string_view Value::nodeText() const noexcept {
  if (bytes_[15] != kString) return {};
  Node* node = take<Node*>();
  return {node->text(), node->size};
}

std::size_t Value::size() const noexcept { return isArray() || isObject() ? take<Node*>()->size : 0; }

std::span<const Value> Value::items() const noexcept {
  if (!isArray()) return {};
  Node* node = take<Node*>();
  return {node->items(), node->size};
}

std::span<const Value> Value::memberValues() const noexcept {
  if (!isObject()) return {};
  Node* node = take<Node*>();
  return {node->members(), node->size};
}

std::span<const Key> Value::memberKeys() const noexcept {
  if (!isObject()) return {};
  Node* node = take<Node*>();
  return {node->keys(), node->size};
}

const Value& Value::operator[](Key key) const noexcept {
  if (!isObject()) return kNullValue;
  Node* node = take<Node*>();
  const std::size_t i = find({node->keys(), node->size}, key);
  return i == kNotFound ? kNullValue : node->members()[i];
}

const Value& Value::operator[](std::string_view key) const {
  const std::size_t i = findText(memberKeys(), key);
  return i == kNotFound ? kNullValue : memberValues()[i];
}

const Value& Value::item(std::size_t index) const noexcept {
  const auto all = items();
  return index < all.size() ? all[index] : kNullValue;
}

bool Value::has(Key key) const noexcept { return find(memberKeys(), key) != kNotFound; }

Value Value::with(Key key, Value value) const {
  const auto keys = memberKeys();
  const auto values = memberValues();
  const std::size_t at = find(keys, key);
  if (at != kNotFound) {
    if (values[at].sameAs(value)) return *this;
    Node* node = Node::object(keys.size());
    std::memcpy(static_cast<void*>(node->keys()), keys.data(), keys.size() * sizeof(Key));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      new (node->members() + i) Value(i == at ? std::move(value) : values[i]);
    }
    return fromNode(node, kObject);
  }
  std::size_t before = 0;
  while (before < keys.size() && textLess(keys[before], key)) ++before;
  const std::size_t count = keys.size() + 1;
  Node* node = Node::object(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = i < before ? i : i - 1;
    new (node->keys() + i) Key(i == before ? key : keys[from]);
    new (node->members() + i) Value(i == before ? std::move(value) : values[from]);
  }
  return fromNode(node, kObject);
}

Value Value::without(Key key) const {
  const auto keys = memberKeys();
  const std::size_t at = find(keys, key);
  if (at == kNotFound) return *this;
  assert(!keys.empty());
  const auto values = memberValues();
  const std::size_t count = keys.size() - 1;
  Node* node = Node::object(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = i < at ? i : i + 1;
    new (node->keys() + i) Key(keys[from]);
    new (node->members() + i) Value(values[from]);
  }
  return fromNode(node, kObject);
}

Value Value::withPath(std::span<const Key> path, Value value) const {
  if (path.empty()) return value;
  return with(path[0], (*this)[path[0]].withPath(path.subspan(1), std::move(value)));
}

Value Value::withoutPath(std::initializer_list<Key> path) const {
  assert(path.size() > 0);
  const std::span<const Key> all(path.begin(), path.size());
  std::vector<Value> parents{*this};
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const Value& next = parents.back()[all[i]];
    if (!next.isObject()) return *this;
    parents.push_back(Value(next));
  }
  Value changed = parents.back().without(all.back());
  for (std::size_t i = all.size() - 1; i-- > 0;) changed = parents[i].with(all[i], std::move(changed));
  return changed;
}

Value Value::withItem(std::size_t index, Value value) const {
  const auto all = items();
  assert(index < all.size());
  if (all[index].sameAs(value)) return *this;
  Node* node = Node::array(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    new (node->items() + i) Value(i == index ? std::move(value) : all[i]);
  }
  return fromNode(node, kArray);
}

Value Value::appended(Value value) const {
  const auto all = items();
  Node* node = Node::array(all.size() + 1);
  for (std::size_t i = 0; i < all.size(); ++i) new (node->items() + i) Value(all[i]);
  new (node->items() + all.size()) Value(std::move(value));
  return fromNode(node, kArray);
}

bool Value::equal(const Value& a, const Value& b) noexcept {
  if (a.sameAs(b)) return true;
  if (a.isNumber() && b.isNumber()) {
    return a.isInt() && b.isInt() ? a.asInt() == b.asInt() : a.asDouble() == b.asDouble();
  }
  if (a.isString() && b.isString()) return a.asString() == b.asString();
  if (a.bytes_[15] != b.bytes_[15] || a.size() != b.size()) return false;
  if (a.isArray()) return std::equal(a.items().begin(), a.items().end(), b.items().begin());
  if (!a.isObject()) return a.isNull() || (a.isBool() && a.asBool() == b.asBool());
  const auto keys = a.memberKeys();
  return std::equal(keys.begin(), keys.end(), b.memberKeys().begin()) &&
         std::equal(a.memberValues().begin(), a.memberValues().end(), b.memberValues().begin());
}

std::uint64_t Value::hash() const noexcept {
  std::uint64_t h = mix(0, static_cast<std::uint64_t>(type()));
  switch (type()) {
    case Type::Null:
      return h;
    case Type::Bool:
      return mix(h, asBool() ? 1 : 0);
    case Type::Int:
    case Type::Double: {
      // One hash for both, since 1 and 1.0 are equal.
      const double d = asDouble() == 0 ? 0.0 : asDouble();
      std::uint64_t bits = 0;
      std::memcpy(&bits, &d, sizeof d);
      return mix(mix(0, static_cast<std::uint64_t>(Type::Int)), bits);
    }
    case Type::String:
      return mix(h, textHash(asString()));
    case Type::Array:
      for (const Value& v : items()) h = mix(h, v.hash());
      return h;
    case Type::Object:
      for (std::size_t i = 0; i < size(); ++i) {
        h = mix(mix(h, textHash(memberKeys()[i].text())), memberValues()[i].hash());
      }
      return h;
  }
  return h;
}

std::size_t Value::depth() const noexcept {
  std::size_t deepest = 0;
  for (const Value& v : items()) deepest = std::max(deepest, v.depth());
  for (const Value& v : memberValues()) deepest = std::max(deepest, v.depth());
  return deepest + 1;
}

ObjectBuilder::ObjectBuilder(const Value& base) {
  const auto keys = base.memberKeys();
  const auto values = base.memberValues();
  members_.reserve(keys.size() + 4);
  for (std::size_t i = 0; i < keys.size(); ++i) members_.push_back({keys[i], values[i]});
}

ObjectBuilder& ObjectBuilder::set(Key key, Value value) {
  for (Value::Member& m : members_) {
    if (m.key == key) {
      m.value = std::move(value);
      return *this;
    }
  }
  members_.push_back({key, std::move(value)});
  return *this;
}

ObjectBuilder& ObjectBuilder::setIfAny(Key key, Value value) {
  const bool none = value.isNull() || (value.isString() && value.asString().empty()) ||
                    ((value.isArray() || value.isObject()) && value.empty());
  return none ? *this : set(key, std::move(value));
}

ObjectBuilder& ObjectBuilder::remove(Key key) {
  std::erase_if(members_, [key](const Value::Member& m) { return m.key == key; });
  return *this;
}

bool ObjectBuilder::has(Key key) const {
  return std::any_of(members_.begin(), members_.end(),
                     [key](const Value::Member& m) { return m.key == key; });
}

Value ObjectBuilder::build() const { return Value::object(std::span<const Value::Member>(members_)); }

}  // namespace pilothouse
