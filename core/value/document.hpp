#pragma once

#include <cstddef>
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

/// Positions of a document's nodes by field path ("spec.containers[0].name"; "" is the root).
class SourceMap {
 public:
  void add(std::string path, SourcePosition key, SourcePosition value);
  /// Position of the member's key (of the item, in a list); unknown when there is no such node.
  [[nodiscard]] SourcePosition key(std::string_view path) const;
  [[nodiscard]] SourcePosition value(std::string_view path) const;
  /// The nearest existing node at or above `path`: where a missing required field is reported.
  [[nodiscard]] SourcePosition nearest(std::string_view path) const;
  /// The path of the deepest node whose value begins at or before that place, for a cursor in the editor.
  [[nodiscard]] std::string pathAt(SourcePosition at) const;

 private:
  struct Entry {
    std::string path;
    SourcePosition key;
    SourcePosition value;
  };
  std::vector<Entry> entries_;  ///< in document order
  [[nodiscard]] const Entry* find(std::string_view path) const;
};

struct Document {
  Value value;
  SourceMap positions;
  SourcePosition start;
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
