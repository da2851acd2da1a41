#include "core/value/value.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>

namespace pilothouse {

// One allocation a node: this header, then size bytes (string), Values (array), or Values and Keys (object).
struct alignas(8) Value::Node {
  std::uint32_t references;
  std::uint32_t size;

  static Node* allocate(std::size_t payload, std::size_t size) {
    void* raw = std::malloc(sizeof(Node) + payload);
    if (raw == nullptr) throw std::bad_alloc();
    return new (raw) Node{1, static_cast<std::uint32_t>(size)};
  }
  char* text() { return reinterpret_cast<char*>(this + 1); }
  Value* values() { return reinterpret_cast<Value*>(this + 1); }
  Key* keys() { return reinterpret_cast<Key*>(values() + size); }
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

std::uint64_t hashText(std::string_view text) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3ULL;
  }
  return h;
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
    Value* values = node->values();
    for (std::size_t i = 0; i < node->size; ++i) values[i].~Value();
  }
  std::free(node);
}

Value Value::array(std::span<const Value> items) {
  Node* node = Node::allocate(items.size() * sizeof(Value), items.size());
  for (std::size_t i = 0; i < items.size(); ++i) new (node->values() + i) Value(items[i]);
  return fromNode(node, kArray);
}

Value Value::emptyObject() { return object(std::span<const Member>()); }

Value Value::object(std::initializer_list<Member> members) {
  return object(std::span<const Member>(members.begin(), members.size()));
}

Value Value::object(std::span<const Member> members) {
  bool sorted = true;
  for (std::size_t i = 1; i < members.size() && sorted; ++i) {
    sorted = textLess(members[i - 1].key, members[i].key);
  }
  if (!sorted) {
    std::vector<Member> ordered(members.begin(), members.end());
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const Member& a, const Member& b) { return textLess(a.key, b.key); });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      if (kept > 0 && ordered[kept - 1].key == ordered[i].key) {
        ordered[kept - 1].value = ordered[i].value;
      } else {
        if (kept != i) ordered[kept] = std::move(ordered[i]);
        ++kept;
      }
    }
    ordered.resize(kept);
    return object(std::span<const Member>(ordered));
  }
  Node* node = Node::allocate(members.size() * (sizeof(Value) + sizeof(Key)), members.size());
  for (std::size_t i = 0; i < members.size(); ++i) new (node->values() + i) Value(members[i].value);
  for (std::size_t i = 0; i < members.size(); ++i) new (node->keys() + i) Key(members[i].key);
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

std::string_view Value::asString() const& noexcept {
  if (bytes_[15] >= kInline) {
    return {reinterpret_cast<const char*>(bytes_), static_cast<std::size_t>(bytes_[15] - kInline)};
  }
  if (bytes_[15] != kString) return {};
  Node* node = take<Node*>();
  return {node->text(), node->size};
}

std::size_t Value::size() const noexcept { return isArray() || isObject() ? take<Node*>()->size : 0; }

std::span<const Value> Value::items() const noexcept {
  if (!isArray()) return {};
  Node* node = take<Node*>();
  return {node->values(), node->size};
}

std::span<const Value> Value::memberValues() const noexcept {
  if (!isObject()) return {};
  Node* node = take<Node*>();
  return {node->values(), node->size};
}

std::span<const Key> Value::memberKeys() const noexcept {
  if (!isObject()) return {};
  Node* node = take<Node*>();
  return {node->keys(), node->size};
}

const Value& Value::operator[](Key key) const noexcept {
  const std::size_t i = find(memberKeys(), key);
  return i == kNotFound ? kNullValue : memberValues()[i];
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
    Node* node = Node::allocate(keys.size() * (sizeof(Value) + sizeof(Key)), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      new (node->values() + i) Value(i == at ? std::move(value) : values[i]);
    }
    std::memcpy(static_cast<void*>(node->keys()), keys.data(), keys.size() * sizeof(Key));
    return fromNode(node, kObject);
  }
  const std::string_view text = key.text();
  std::size_t before = 0;
  while (before < keys.size() && keys[before].text() < text) ++before;
  const std::size_t count = keys.size() + 1;
  Node* node = Node::allocate(count * (sizeof(Value) + sizeof(Key)), count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = i < before ? i : i - 1;
    new (node->values() + i) Value(i == before ? std::move(value) : values[from]);
    new (node->keys() + i) Key(i == before ? key : keys[from]);
  }
  return fromNode(node, kObject);
}

Value Value::without(Key key) const {
  const auto keys = memberKeys();
  const std::size_t at = find(keys, key);
  if (at == kNotFound) return *this;
  const auto values = memberValues();
  const std::size_t count = keys.size() - 1;
  Node* node = Node::allocate(count * (sizeof(Value) + sizeof(Key)), count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = i < at ? i : i + 1;
    new (node->values() + i) Value(values[from]);
    new (node->keys() + i) Key(keys[from]);
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
  Node* node = Node::allocate(all.size() * sizeof(Value), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    new (node->values() + i) Value(i == index ? std::move(value) : all[i]);
  }
  return fromNode(node, kArray);
}

Value Value::appended(Value value) const {
  const auto all = items();
  Node* node = Node::allocate((all.size() + 1) * sizeof(Value), all.size() + 1);
  for (std::size_t i = 0; i < all.size(); ++i) new (node->values() + i) Value(all[i]);
  new (node->values() + all.size()) Value(std::move(value));
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
      return mix(h, hashText(asString()));
    case Type::Array:
      for (const Value& v : items()) h = mix(h, v.hash());
      return h;
    case Type::Object:
      for (std::size_t i = 0; i < size(); ++i) {
        h = mix(mix(h, hashText(memberKeys()[i].text())), memberValues()[i].hash());
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
