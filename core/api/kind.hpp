#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

class Errors;

/// A column of `kubectl get` (metav1.TableColumnDefinition). Priority 0 is always shown, 1 with -o wide.
struct Column {
  std::string_view name = {};
  std::string_view type = "string";
  std::string_view format = {};  ///< "name" for the first column
  std::string_view description = {};
  int priority = 0;
};

/// A field that objects of a kind can be selected by, and the text of an absent one.
struct SelectableField {
  std::string_view label;  ///< "spec.nodeName"
  std::string_view absent;
  std::string_view path = {};  ///< in the stored object, where it differs from the label
};

/// Everything that the API server asks of one kind in one version. Members left null do what most kinds do.
///
/// A kind is one file in core/api/kinds: it defines its Resource and a `const Kind kinds::<file's name>`, and
/// the build lists the folder. The types themselves (fields, merge keys, enums) come from the published
/// sources; nothing is said about them here.
struct Kind {
  const Resource* resource = nullptr;

  /// What a client may leave out, filled in (zz_generated.defaults.go). An untouched subtree stays the same.
  Value (*setDefaults)(const Value& object) = nullptr;

  /// Validation of the decoded, defaulted and prepared object. Null: metadata alone, with a DNS subdomain as
  /// name. A null validateStatusUpdate is validateUpdate.
  void (*validate)(Errors& errors, const Value& object) = nullptr;
  void (*validateUpdate)(Errors& errors, const Value& object, const Value& stored) = nullptr;
  void (*validateStatusUpdate)(Errors& errors, const Value& object, const Value& stored) = nullptr;

  /// The strategy's PrepareForCreate and PrepareForUpdate: clears what a client may not write. Null: a kind
  /// with a "status" subresource has its status dropped on creation and kept on update (and the reverse for
  /// a write of the status, which keeps everything but status and metadata).
  Value (*prepareForCreate)(const Value& object) = nullptr;
  Value (*prepareForUpdate)(const Value& object, const Value& stored) = nullptr;
  Value (*prepareForStatusUpdate)(const Value& object, const Value& stored) = nullptr;
  /// With the hooks above left null: metadata.generation begins at 1 and counts changes of anything but
  /// metadata and status.
  bool countsGeneration = false;

  bool allowCreateOnUpdate = false;
  bool allowUnconditionalUpdate = true;
  /// DefaultGarbageCollectionPolicy: a DELETE that names no policy orphans the dependents.
  bool orphansDependents = false;

  /// WarningsOnCreate and WarningsOnUpdate (`stored` null on creation): texts of Warning headers.
  void (*warnings)(std::vector<std::string>& warnings, const Value& object, const Value& stored) = nullptr;

  /// Empty: metadata.name, and metadata.namespace of namespaced kinds.
  std::span<const SelectableField> selectableFields = {};

  /// Table columns and one cell a column. Empty: Name and Created At.
  std::span<const Column> columns = {};
  void (*cells)(std::vector<Value>& cells, const Value& object, SimTime now) = nullptr;

  /// Where objects are kept: /registry/<folder>/<namespace>/<name>. Empty: the plural.
  std::string_view storageFolder = {};
  /// Kept in another version or group, with the conversions from and to it; null: as it is. The strategy is
  /// that of the stored kind; so is validation, unless this one has its own, of the stored form.
  const Resource* storedAs = nullptr;
  Value (*toStored)(const Value& object) = nullptr;
  Value (*fromStored)(const Value& object) = nullptr;
  /// False: answered by ApiServer::serve's handler (reviews, metrics), never in etcd.
  bool stored = true;
  /// What discovery tells; empty: create delete deletecollection get list patch update watch.
  std::span<const std::string_view> verbs = {};
};

/// Every kind, in discovery's order: the core group first, then the groups as kube-apiserver has them, newer
/// versions first, by plural.
std::span<const Kind* const> allKinds();
/// The resources with objects of their own in etcd, in the same order: what collectors and views walk. Those
/// that are kept as another, reviews and metrics are not among them.
std::span<const Resource* const> storedResources();
/// The kind of a resource; every resource of allResources() has one.
const Kind& kindOf(const Resource& resource);

}  // namespace pilothouse::api
