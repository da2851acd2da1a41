#include "core/value/field_set.hpp"

#include <unordered_map>
#include <vector>

#include "core/value/document.hpp"
#include "core/value/go_quote.hpp"

namespace pilothouse::field_set {

const Key kSelf = Key::intern(".");

namespace {

constexpr std::size_t kMaxDepth = 200;

using Members = std::vector<Value::Member>;

// {".":{}} is written {}.
Value nodeOf(const Members& members) {
  if (members.empty()) return {};
  if (members.size() == 1 && members.front().key == kSelf) return leaf();
  return Value::object(std::span<const Value::Member>(members));
}

/// Builds the node that keeps of `base` what `change(key, value)` leaves of each member.
template <typename Change>
Value filtered(const Value& base, Change change) {
  Members members;
  members.reserve(base.size());
  bool same = true;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const Value& before = base.memberValues()[i];
    Value after = change(base.memberKeys()[i], before);
    same = same && after.sameAs(before);
    if (!after.isNull()) members.push_back({base.memberKeys()[i], std::move(after)});
  }
  return same ? base : nodeOf(members);
}

}  // namespace

const Value& leaf() {
  static const Value made = Value::emptyObject();
  return made;
}

Key fieldElement(Key name) {
  static std::unordered_map<std::uint32_t, Key> made;  // never iterated
  const auto found = made.find(name.id());
  if (found != made.end()) return found->second;
  const Key element = Key::intern("f:" + std::string(name.text()));
  made.emplace(name.id(), element);
  return element;
}

Key keyElement(const Value& keys) { return Key::intern("k:" + writeJson(keys)); }

Key valueElement(const Value& item) { return Key::intern("v:" + writeJson(item)); }

Value withSelf(const Value& node) {
  if (node.isNull()) return leaf();
  return isMember(node) ? node : node.with(kSelf, leaf());
}

Value withoutSelf(const Value& node) {
  Value rest = node.without(kSelf);
  return rest.empty() ? Value() : rest;
}

Value united(const Value& a, const Value& b) {
  if (a.isNull() || a.sameAs(b)) return b;
  if (b.isNull()) return a;
  if (b.empty()) return withSelf(a);
  if (a.empty()) return withSelf(b);
  Members members;
  members.reserve(a.size() + b.size());
  bool same = true;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const bool hasA = i < a.size();
    const bool hasB = j < b.size();
    if (hasA && hasB && a.memberKeys()[i] == b.memberKeys()[j]) {
      Value both = united(a.memberValues()[i], b.memberValues()[j]);
      same = same && both.sameAs(a.memberValues()[i]);
      members.push_back({a.memberKeys()[i], std::move(both)});
      ++i;
      ++j;
    } else if (hasA && (!hasB || textLess(a.memberKeys()[i], b.memberKeys()[j]))) {
      members.push_back({a.memberKeys()[i], a.memberValues()[i]});
      ++i;
    } else {
      members.push_back({b.memberKeys()[j], b.memberValues()[j]});
      same = false;
      ++j;
    }
  }
  return same ? a : nodeOf(members);
}

Value intersection(const Value& a, const Value& b) {
  if (a.isNull() || b.isNull()) return {};
  if (a.sameAs(b)) return a;
  if (a.empty()) return isMember(b) ? a : Value();
  if (b.empty()) return isMember(a) ? b : Value();
  return filtered(a, [&b](Key key, const Value& node) { return intersection(node, b[key]); });
}

Value difference(const Value& a, const Value& b) {
  if (a.isNull() || a.sameAs(b)) return {};
  if (b.isNull()) return a;
  if (a.empty()) return isMember(b) ? Value() : a;
  if (b.empty()) return withoutSelf(a);
  return filtered(a, [&b](Key key, const Value& node) { return difference(node, b[key]); });
}

Value recursiveDifference(const Value& a, const Value& b) {
  if (a.isNull() || b.isNull()) return a;
  return filtered(a, [&b](Key key, const Value& node) {
    const Value& other = b[key];
    return isMember(other) ? Value() : recursiveDifference(node, other);
  });
}

namespace {

std::string elementText(std::string_view element) {
  const std::string_view rest = element.substr(2);
  if (element.starts_with("f:")) return "." + std::string(rest);
  if (element.starts_with("v:")) return "[=" + std::string(rest) + "]";
  if (element.starts_with("i:")) return "[" + std::string(rest) + "]";
  const Documents read = readJson(rest);
  if (read.documents.size() != 1) return "[" + std::string(rest) + "]";
  const Value& keys = read.documents.front().value;
  std::string text;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    text += text.empty() ? "[" : ",";
    text.append(keys.memberKeys()[i].text()).append("=").append(writeJson(keys.memberValues()[i]));
  }
  return text + "]";
}

void visitPaths(const Value& node, const std::string& path,
                const std::function<void(const std::string&)>& visit) {
  std::vector<std::string> below(node.size());
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (node.memberKeys()[i] == kSelf) continue;
    below[i] = path + elementText(node.memberKeys()[i].text());
    if (isMember(node.memberValues()[i])) visit(below[i]);
  }
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (!(node.memberKeys()[i] == kSelf)) visitPaths(node.memberValues()[i], below[i], visit);
  }
}

bool isElement(std::string_view text) {
  if (text == ".") return true;
  return text.size() >= 2 && text[1] == ':' &&
         (text[0] == 'f' || text[0] == 'k' || text[0] == 'v' || text[0] == 'i');
}

bool nodesWellFormed(const Value& node) {
  if (!node.isObject()) return false;
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (!isElement(node.memberKeys()[i].text()) || !nodesWellFormed(node.memberValues()[i])) return false;
  }
  return true;
}

}  // namespace

void forEachPath(const Value& set, const std::function<void(const std::string& path)>& visit) {
  visitPaths(set, {}, visit);
}

bool isWellFormed(const Value& set) { return set.depth() <= kMaxDepth && nodesWellFormed(set); }

}  // namespace pilothouse::field_set
