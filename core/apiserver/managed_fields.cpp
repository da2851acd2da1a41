#include "core/apiserver/managed_fields.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/apiserver/managed_state.hpp"
#include "core/value/field_set.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kMaxManagerLength = 128;  // validation.FieldManagerMaxLength
constexpr std::size_t kKeptManagers = 256;

const Key kManagedFields = Key::intern("managedFields");
const Key kSelfLink = Key::intern("selfLink");
const Key kStatus = Key::intern("status");

Value path(std::initializer_list<Key> names) {
  Value node = field_set::leaf();
  for (auto name = std::rbegin(names); name != std::rend(names); ++name) {
    node = Value::object({{field_set::fieldElement(*name), node}});
  }
  return node;
}

// stripMetaManager: nobody owns what names the object.
const Value& stripSet() {
  static const Value made = [] {
    Value set = path({keys::apiVersion});
    for (const Value& more :
         {path({keys::kind}), path({keys::metadata}), path({keys::metadata, keys::name}),
          path({keys::metadata, keys::namespace_}), path({keys::metadata, keys::creationTimestamp}),
          path({keys::metadata, kSelfLink}), path({keys::metadata, keys::uid}),
          path({keys::metadata, keys::generation}), path({keys::metadata, kManagedFields}),
          path({keys::metadata, keys::resourceVersion})}) {
      set = field_set::united(set, more);
    }
    return set;
  }();
  return made;
}

FieldRules rulesOf(const api::Resource& resource) {
  FieldRules rules;
  rules.apiVersion = Value(resource.apiVersion());
  rules.type = api::schema::findType(resource.apiVersion(), resource.kind);
  const auto all = resource.subresources;
  if (std::find(all.begin(), all.end(), "status") == all.end()) return rules;
  rules.resetFields = path({keys::status});
  rules.resetStatusFields = path({keys::spec});
  if (resource.kind == "Pod") {
    rules.resetStatusFields = field_set::united(
        field_set::united(rules.resetStatusFields, path({keys::metadata, keys::deletionTimestamp})),
        path({keys::metadata, keys::ownerReferences}));
  } else if (resource.kind == "Deployment") {
    rules.resetStatusFields =
        field_set::united(rules.resetStatusFields, path({keys::metadata, keys::labels}));
  }
  return rules;
}

// [{}]: a client wants the object no longer tracked.
bool isReset(const Value& list) {
  return list.size() == 1 && list.item(0).isObject() && list.item(0).empty();
}

// decodeLiveOrNew.
void baseEntries(const Value& live, const Value& fresh, bool subresource, ManagedEntries& entries) {
  const Value& stored = api::meta(live)[kManagedFields];
  const Value& sent = api::meta(fresh)[kManagedFields];
  if (!subresource && !sent.sameAs(stored)) {
    if (isReset(sent)) return entries.clear();
    if (decodeManagedFields(sent, entries, false) && !entries.empty()) return;
  }
  if (!decodeManagedFields(stored, entries)) entries.clear();
}

bool isUnchanged(const ManagedEntries& entries, const Value& stored) {
  if (entries.size() != stored.size()) return false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].source.isNull() || !entries[i].source.sameAs(stored.item(i))) return false;
  }
  return true;
}

}  // namespace

namespace managed {

void give(ManagedEntries& entries, const ManagedEntry& writer) {
  const auto same = std::find_if(entries.begin(), entries.end(),
                                 [&](const ManagedEntry& entry) { return entry.sameManager(writer); });
  if (same == entries.end()) {
    entries.push_back(writer);
    return;
  }
  same->fields = field_set::united(same->fields, writer.fields);
  same->time = writer.time;
  same->source = Value();
}

void takeFrom(ManagedEntries& entries, const typed::Comparison& compared) {
  for (ManagedEntry& entry : entries) {
    Value rest =
        field_set::difference(field_set::difference(entry.fields, compared.changed), compared.removed);
    if (rest.sameAs(entry.fields)) continue;
    entry.fields = std::move(rest);
    entry.source = Value();
  }
  std::erase_if(entries, [](const ManagedEntry& entry) { return entry.fields.isNull(); });
}

ManagedEntry entryOf(const FieldRules& rules, const FieldWriter& writer) {
  ManagedEntry entry;
  entry.manager = writer.manager;
  entry.apiVersion = rules.apiVersion;
  if (!(writer.subresource == Key())) entry.subresource = Value(writer.subresource.text());
  entry.time = timestamp(writer.now);
  return entry;
}

const Value& resetFieldsOf(const FieldRules& rules, Key subresource) {
  static const Value none;
  if (subresource == kStatus) return rules.resetStatusFields;
  return subresource == Key() ? rules.resetFields : none;
}

typed::Comparison compareWith(const FieldRules& rules, const Value& reset, const Value& live,
                              const Value& fresh) {
  // The part that is reset is most often one member of the object: it is not looked at.
  const bool one = reset.size() == 1 && reset.memberValues()[0].empty();
  Key skipped;
  if (one) skipped = reset.memberKeys()[0].text() == "f:status" ? keys::status : keys::spec;
  typed::Comparison compared = typed::compare(rules.type, live, fresh, skipped);
  if (one || reset.isNull()) return compared;
  compared.changed = field_set::recursiveDifference(compared.changed, reset);
  compared.removed = field_set::recursiveDifference(compared.removed, reset);
  return compared;
}

void updateEntries(ManagedEntries& entries, const FieldRules& rules, const FieldWriter& writer,
                   const typed::Comparison& compared) {
  if (compared.changed.isNull() && compared.removed.isNull()) return;
  ManagedEntry own = entryOf(rules, writer);
  own.fields = ownable(compared.changed);
  bool known = false;
  for (ManagedEntry& entry : entries) {
    const bool writes = !own.fields.isNull() && entry.sameManager(own);
    Value rest = field_set::difference(entry.fields, compared.removed);
    rest = writes ? field_set::united(rest, own.fields) : field_set::difference(rest, compared.changed);
    known = known || writes;
    if (rest.sameAs(entry.fields) && (!writes || entry.time == own.time)) continue;
    if (writes) entry.time = own.time;
    entry.fields = std::move(rest);
    entry.source = Value();
  }
  std::erase_if(entries, [](const ManagedEntry& entry) { return entry.fields.isNull(); });
  if (!known && !own.fields.isNull()) entries.push_back(std::move(own));
  capUpdateManagers(entries);
}

Value ownable(const Value& set) { return field_set::difference(set, stripSet()); }

Value encoded(ManagedEntries entries, const Value& stored) {
  return isUnchanged(entries, stored) ? stored : encodeManagedFields(std::move(entries));
}

}  // namespace managed

Value fieldManager(std::string_view fieldManager, std::string_view userAgent) {
  if (!fieldManager.empty()) return Value(fieldManager);
  static std::unordered_map<std::string_view, Value> known;  // never iterated; keyed by the values' texts
  const std::string_view first = userAgent.substr(0, std::min(userAgent.find('/'), kMaxManagerLength));
  if (const auto found = known.find(first); found != known.end()) return found->second;
  Value made(first);
  // A short text lives in its handle, which moves; only long ones are worth sharing.
  if (first.size() > 15 && known.size() < kKeptManagers) known.emplace(made.asString(), made);
  return made;
}

const FieldRules& fieldRules(const api::Resource& resource) {
  static std::unordered_map<const api::Resource*, FieldRules> known;  // never iterated
  const auto found = known.find(&resource);
  if (found != known.end()) return found->second;
  return known.emplace(&resource, rulesOf(resource)).first->second;
}

Value trackedFields(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                    const Value& fresh) {
  const FieldRules& rules = fieldRules(resource);
  const Value& stored = api::meta(live)[kManagedFields];
  if (!rules.type) return stored;
  ManagedEntries entries;
  baseEntries(live, fresh, !(writer.subresource == Key()), entries);
  // An object whose owners are not known stays so until somebody applies it.
  if (entries.empty() && !live.isNull()) return {};
  const typed::Comparison compared =
      managed::compareWith(rules, managed::resetFieldsOf(rules, writer.subresource), live, fresh);
  managed::updateEntries(entries, rules, writer, compared);
  return managed::encoded(std::move(entries), stored);
}

}  // namespace pilothouse::apiserver
