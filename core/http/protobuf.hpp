#pragma once

#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse::http {

/// An object that came as application/vnd.kubernetes.protobuf.
struct ProtobufObject {
  std::string apiVersion;
  std::string kind;
  Value object;       ///< as its JSON would be, apiVersion and kind among it
  std::string error;  ///< not empty: why the bytes could not be read, in the words of Kubernetes' decoder
};

/// Reads a request's body: the prefix "k8s\0" and a runtime.Unknown that holds a message of any published
/// Kubernetes type. Fields of newer types are skipped, as protobuf does.
ProtobufObject decodeProtobuf(std::string_view bytes);

}  // namespace pilothouse::http
