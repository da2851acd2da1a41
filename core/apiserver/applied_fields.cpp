#include <algorithm>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/managed_state.hpp"
#include "core/value/document.hpp"
#include "core/value/field_set.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kKubectl = "kubectl";  // whose client-side apply is taken over
constexpr std::size_t kMaxAnnotations = 256 * 1024;

const Key kCauses = Key::intern("causes");
const Key kField = Key::intern("field");
const Key kLastApplied = Key::intern("kubectl.kubernetes.io/last-applied-configuration");
const Key kManagedFields = Key::intern("managedFields");

using managed::Conflict;
using managed::Conflicts;

/// One apply on the way to its result (merge.Updater.Apply).
class Apply {
 public:
  Apply(const FieldRules& rules, const FieldWriter& writer, const Value& live, const Value& config)
      : rules_(rules), writer_(writer), live_(live), config_(config) {
    entry_ = managed::entryOf(rules, writer);
    entry_.apply = true;
  }

  void setEntries(ManagedEntries entries) { entries_ = std::move(entries); }

  /// The conflicts with other managers; none when there is a result.
  Conflicts run(bool force) {
    const Value& reset = managed::resetFieldsOf(rules_, writer_.subresource);
    const Value last = takeLast();
    said_ = field_set::recursiveDifference(typed::fieldSet(rules_.type, config_), reset);
    entry_.fields = managed::ownable(said_);
    result_ = pruned(typed::merged(rules_.type, live_, config_), last);
    const typed::Comparison compared = managed::compareWith(rules_, reset, live_, result_);
    Conflicts conflicts;
    for (const ManagedEntry& entry : entries_) {
      Value fields = field_set::intersection(entry.fields, compared.changed);
      if (!fields.isNull()) conflicts.push_back({entry, std::move(fields)});
    }
    if (!force && !conflicts.empty()) {
      if (!last.isNull()) entries_.push_back(previous_);
      return conflicts;
    }
    managed::takeFrom(entries_, compared);
    changes_ = !compared.changed.isNull() || !compared.removed.isNull();
    finish(last);
    return {};
  }

  [[nodiscard]] const Value& result() const { return result_; }
  [[nodiscard]] const ManagedEntries& entries() const { return entries_; }
  [[nodiscard]] bool changes() const { return changes_; }

 private:
  // The manager's entry leaves the others; what it applied last time.
  Value takeLast() {
    const auto same = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const ManagedEntry& entry) { return entry.sameManager(entry_); });
    if (same == entries_.end()) return {};
    previous_ = *same;
    entries_.erase(same);
    return previous_.fields;
  }

  void finish(const Value& last) {
    const bool same =
        !changes_ && !last.isNull() && last == entry_.fields && previous_.apiVersion == entry_.apiVersion;
    if (same) {
      entries_.push_back(previous_);
    } else if (!entry_.fields.isNull()) {
      entries_.push_back(entry_);
    }
  }

  // Items that this manager applied before and does not now, and that nobody else owns, go.
  Value pruned(const Value& merged, const Value& last) const {
    if (last.isNull()) return merged;
    const api::schema::Type type = rules_.type;
    const Value lastNamed = typed::withNamedFields(type, last);
    Value result = typed::withoutItems(type, merged, lastNamed);

    // The name is nobody's own, but who says it keeps metadata from going with the last label.
    Value owned = said_;
    for (const ManagedEntry& entry : entries_) owned = field_set::united(owned, entry.fields);
    const Value all = typed::withNamedFields(type, typed::fieldSet(type, merged));
    const auto left = [&] { return typed::withNamedFields(type, typed::fieldSet(type, result)); };
    result = typed::withoutItems(
        type, merged,
        field_set::difference(field_set::difference(all, left()), typed::withNamedFields(type, owned)));
    return typed::withoutItems(type, merged,
                               field_set::intersection(field_set::difference(all, left()), lastNamed));
  }

  const FieldRules& rules_;
  const FieldWriter& writer_;
  const Value& live_;
  const Value& config_;
  Value said_;  ///< the fields of the configuration
  ManagedEntry entry_;
  ManagedEntry previous_;
  ManagedEntries entries_;
  Value result_;
  bool changes_ = false;
};

Value withoutManagedFields(const Value& object) {
  return object.withoutPath({keys::metadata, kManagedFields});
}

// What client-side apply has set and nobody has changed since: kubectl's server-side apply may take it.
Value takenFromLastApplied(const FieldRules& rules, const Value& live) {
  const Documents read = readJson(api::annotations(live)[kLastApplied].asString());
  if (read.error || read.documents.size() != 1) return {};
  const Value& config = read.documents.front().value;
  if (!config.isObject() || !typed::errors(rules.type, config).empty()) return {};
  const typed::Comparison compared = typed::compare(rules.type, config, live);
  return field_set::difference(field_set::difference(typed::fieldSet(rules.type, config), compared.changed),
                               compared.removed);
}

// lastAppliedManager: conflicts that client-side apply explains do not count.
Conflicts unexplained(const FieldRules& rules, const Value& live, Conflicts conflicts) {
  const Value allowed = takenFromLastApplied(rules, live);
  for (Conflict& conflict : conflicts) conflict.fields = field_set::difference(conflict.fields, allowed);
  std::erase_if(conflicts, [](const Conflict& conflict) { return conflict.fields.isNull(); });
  return conflicts;
}

// lastAppliedUpdater: client-side apply can go on from what kubectl has applied here.
Value withLastApplied(const Value& object, const Value& config) {
  const Value& annotations = api::annotations(object);
  if (!annotations.has(kLastApplied)) return object;
  Value plain = withoutManagedFields(config);
  if (api::annotations(plain).has(kLastApplied)) {
    plain = plain.withoutPath({keys::metadata, keys::annotations, kLastApplied});
  }
  std::string text = writeJson(plain) + "\n";
  if (text.size() > kMaxAnnotations) text.clear();
  return object.withPath({keys::metadata, keys::annotations, kLastApplied}, Value(text));
}

std::string nameOf(const FieldRules& rules, const api::Resource& resource, const Value& config) {
  const std::string apiVersion = rules.apiVersion.toString();
  return "(" + std::string(api::namespaceOf(config)) + "/" + std::string(api::name(config)) + "; " +
         apiVersion + ", Kind=" + std::string(resource.kind) + ")";
}

api::Status unreadable(const FieldRules& rules, const api::Resource& resource, const Value& config) {
  const std::string& version = config[keys::apiVersion].toString();
  if (version != rules.apiVersion.asString()) {
    return api::Status::badRequest("Incorrect version specified in apply patch. Specified patch version: " +
                                   version + ", expected: " + rules.apiVersion.toString());
  }
  if (!api::meta(config)[kManagedFields].isNull()) {
    return api::Status::badRequest("metadata.managedFields must be nil");
  }
  if (const std::string error = typed::errors(rules.type, config); !error.empty()) {
    return {
        500, "", "failed to create typed patch object " + nameOf(rules, resource, config) + ": " + error, {}};
  }
  return {};
}

}  // namespace

api::Status managed::conflictStatus(Conflicts conflicts) {
  std::sort(conflicts.begin(), conflicts.end(),
            [](const Conflict& a, const Conflict& b) { return a.entry.identifier() < b.entry.identifier(); });
  std::vector<Value> causes;
  std::string first;
  std::string list;
  for (const Conflict& conflict : conflicts) {
    const std::string who = conflict.entry.printed();
    list += (list.empty() ? "conflicts with " : "\nconflicts with ") + who + ":";
    field_set::forEachPath(conflict.fields, [&](const std::string& path) {
      if (causes.empty()) first = "conflict with " + who + ": " + path;
      list += "\n- " + path;
      causes.push_back(Value::object({{kField, Value(path)},
                                      {keys::message, Value("conflict with " + who)},
                                      {keys::reason, "FieldManagerConflict"}}));
    });
  }
  api::Status status;
  status.code = 409;
  status.reason = "Conflict";
  status.message = causes.size() == 1
                       ? "Apply failed with 1 conflict: " + first
                       : "Apply failed with " + std::to_string(causes.size()) + " conflicts: " + list;
  status.details = Value::object({{kCauses, Value::array(causes)}});
  return status;
}

Outcome appliedFields(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                      const Value& config, bool force) {
  const FieldRules& rules = fieldRules(resource);
  if (api::Status error = unreadable(rules, resource, config); error.code != 0) {
    return Outcome::failed(std::move(error));
  }
  const Value& stored = api::meta(live)[kManagedFields];
  ManagedEntries entries;
  if (!decodeManagedFields(stored, entries)) entries.clear();
  if (entries.empty() && !live.isNull()) {
    // What was there before belongs to a manager of its own.
    FieldWriter before = writer;
    before.manager = Value("before-first-apply");
    const Value& reset = managed::resetFieldsOf(rules, writer.subresource);
    managed::updateEntries(entries, rules, before, managed::compareWith(rules, reset, Value(), live));
  }
  const Value liveObject = withoutManagedFields(live);
  Apply apply(rules, writer, liveObject, config);
  apply.setEntries(entries);
  Conflicts conflicts = apply.run(force);
  if (!conflicts.empty() && writer.manager.asString() == kKubectl) {
    conflicts = unexplained(rules, liveObject, std::move(conflicts));
    apply.setEntries(entries);
    if (conflicts.empty()) apply.run(true);
  }
  if (!conflicts.empty()) return Outcome::failed(managed::conflictStatus(std::move(conflicts)));
  Value object = apply.changes() ? apply.result() : liveObject;
  if (writer.manager.asString() == kKubectl) object = withLastApplied(object, config);
  Value managedFields = managed::encoded(apply.entries(), stored);
  if (managedFields.isNull()) return Outcome::of(std::move(object));
  return Outcome::of(object.withPath({keys::metadata, kManagedFields}, std::move(managedFields)));
}

}  // namespace pilothouse::apiserver
