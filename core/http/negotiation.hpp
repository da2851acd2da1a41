#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/apiserver/request.hpp"

namespace pilothouse::http {

/// "application/json;as=Table;v=v1;g=meta.k8s.io" taken apart: names in lower case, values as they are.
struct MediaType {
  std::string type;  ///< "application/json", "*/*"
  std::vector<std::pair<std::string, std::string>> parameters;
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};
MediaType parseMediaType(std::string_view text);
/// Those of an Accept header, wanted most first.
std::vector<MediaType> parseAccept(std::string_view header);

/// How an answer is to be written.
struct Accepted {
  bool supported = true;  ///< false: 406
  bool yaml = false;
  apiserver::Representation as{};
  std::string metaVersion = "v1";  ///< of meta.k8s.io's Table and PartialObjectMetadata
};
/// `list` decides between PartialObjectMetadata and PartialObjectMetadataList.
Accepted negotiate(std::string_view acceptHeader, bool list);

/// The form of /api and /apis: aggregated ("v2", "v2beta1") or the older lists ("").
std::string_view negotiateDiscovery(std::string_view acceptHeader);

}  // namespace pilothouse::http
