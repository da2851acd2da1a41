#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse {

/// A place in a text, both from 1; columns count characters (code points), not bytes.
struct SourcePosition {
  std::size_t line = 0;  ///< 0: unknown
  std::size_t column = 0;
};

/// Why a text could not be read: the words that Kubernetes' own reader uses, and where.
struct ReadError {
  std::string message;  ///< "error converting YAML to JSON: yaml: line 3: found character that cannot start
                        ///< any token"
  SourcePosition at;
};

/// Positions of a document's nodes, found by field path as Kubernetes writes it: "spec.containers[0].name",
/// "metadata.labels[app.kubernetes.io/name]" (or with a dot before the label's key); "" is the root. What an
/// alias or a merge key brings in has the position of the anchored text.
class SourceMap {
 public:
  using NodeId = std::uint32_t;
  static constexpr NodeId kNone = 0xFFFFFFFF;

  /// Position of the member's key (of the item, in a list); unknown when there is no such node.
  [[nodiscard]] SourcePosition key(std::string_view path) const;
  [[nodiscard]] SourcePosition value(std::string_view path) const;
  /// The key of the nearest existing node at or above `path`: where a missing required field is reported.
  [[nodiscard]] SourcePosition nearest(std::string_view path) const;
  /// The path of the deepest node that begins at or before that place, for a cursor in the editor.
  [[nodiscard]] std::string pathAt(SourcePosition at) const;

  /// For readers, in document order: the root (parent kNone), a member, a list's item.
  NodeId addRoot(SourcePosition at);
  NodeId addMember(NodeId parent, Key key, SourcePosition keyAt, SourcePosition valueAt);
  NodeId addItem(NodeId parent, SourcePosition at);
  /// `node` stands for the same content as the earlier node `target`.
  void setAlias(NodeId node, NodeId target) { nodes_[node].alias = target; }

 private:
  struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };
  struct Node {
    NodeId parent = kNone;
    NodeId firstChild = kNone;
    NodeId lastChild = kNone;
    NodeId nextSibling = kNone;
    NodeId alias = kNone;
    std::uint32_t index = kNone;  ///< in a list
    Key key;                      ///< in an object
    Place keyAt;
    Place valueAt;
  };
  NodeId add(NodeId parent, SourcePosition keyAt, SourcePosition valueAt);
  [[nodiscard]] NodeId find(std::string_view path, bool orNearest) const;
  [[nodiscard]] NodeId step(NodeId from, std::string_view& path) const;
  [[nodiscard]] NodeId childOf(NodeId node, std::string_view& path) const;
  static SourcePosition position(Place place) { return {place.line, place.column}; }

  std::vector<Node> nodes_;
};

struct Document {
  Value value;
  SourceMap positions;
  SourcePosition start;  ///< of the first key, item or scalar
};

struct Documents {
  std::vector<Document> documents;  ///< those before the error too; empty documents are left out
  std::optional<ReadError> error;
};

/// No input overflows the stack or the heap.
struct ReadLimits {
  std::size_t bytes = 16u << 20;
  std::size_t depth = 200;
  std::size_t nodes = 1u << 20;  ///< aliases count as what they expand to
};

/// Multi-document YAML as Kubernetes reads it (sigs.k8s.io/yaml over go-yaml v2): anchors and merge keys,
/// YAML 1.1 booleans, 1.2 and 0x/0b octal numbers, duplicate keys refused, keys must be strings or scalars.
Documents readYaml(std::string_view text, const ReadLimits& limits = {});
/// One JSON document, or several one after another (kubectl's decoder).
Documents readJson(std::string_view text, const ReadLimits& limits = {});
/// By content: JSON when the first character is '{' or '[', as yaml.NewYAMLOrJSONDecoder decides.
Documents readManifest(std::string_view text, const ReadLimits& limits = {});

/// YAML as kubectl -o yaml prints it (sigs.k8s.io/yaml): keys in order, block style, literal blocks.
std::string writeYaml(const Value& value);
/// JSON; `indent` < 0 gives one line without spaces, 4 what kubectl -o json prints. <, > and & are escaped as
/// Go does.
std::string writeJson(const Value& value, int indent = -1);

}  // namespace pilothouse
