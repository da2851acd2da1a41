#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/api/schema/decode.hpp"
#include "core/kubectl/output.hpp"

namespace pilothouse::kubectl {

/// What kubectl calls the manifest that it reads from standard input.
inline constexpr std::string_view kStdin = "STDIN";

/// One object of a manifest with its place: a document, or an item of a document that is a List.
struct ManifestObject {
  Value object;
  const api::Resource* resource = nullptr;  ///< never null in Manifest::objects
  std::shared_ptr<const SourceMap> positions;
  std::string path;  ///< of the object in its document: "" or "items[2]"
  SourcePosition start;

  /// Where a field's value is written, or the name of the nearest one above it when it is missing.
  [[nodiscard]] SourcePosition place(std::string_view field) const;
  /// Where a field's name is written.
  [[nodiscard]] SourcePosition placeOfName(std::string_view field) const;
};

/// A manifest as kubectl's resource builder reads it.
struct Manifest {
  std::vector<ManifestObject> objects;
  /// Texts that are no objects at all: kubectl stops before it sends anything.
  std::vector<Failure> broken;
  /// Objects of a kind that the cluster does not serve; the others are worked on.
  std::vector<Failure> unknown;
};
Manifest readObjects(std::string_view text);

/// Where to look for a problem of decoding: at the name of what is unknown, at a value that is wrong.
SourcePosition placeOf(const ManifestObject& object, const api::schema::Problem& problem);

/// Places of a Status' causes in the object.
Failure failureAt(const ManifestObject& object, api::Status status);
/// The same for what does not decode as its kind: the Status has no causes, so the fields are looked for
/// again.
Failure undecodableAt(const ManifestObject& object, api::Status status);

/// "deployment.apps/frontend", as results name an object.
std::string printedName(const api::Resource& resource, std::string_view name);

/// A resource by plural, singular, short name or kind, and group ("" for any): kubectl's REST mapper.
const api::Resource* findResourceNamed(std::string_view name, std::string_view group);

}  // namespace pilothouse::kubectl
