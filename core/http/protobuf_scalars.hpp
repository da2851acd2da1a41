#pragma once

#include <string>
#include <string_view>

#include "core/http/protobuf_table.hpp"
#include "core/value/value.hpp"

/// The types of Kubernetes with a form of their own on the wire, from bytes to what JSON has for them.
namespace pilothouse::http::protobuf {

struct Scalar {
  Value value;  ///< null for the zero time
  std::string error;
};
/// Any wire whose content is bytes, but for messages and JSON.
Scalar scalar(protobuf_table::Wire wire, std::string_view bytes);

/// A string field; what is no UTF-8 in it is replaced, as Go's JSON encoder does.
std::string text(std::string_view bytes);

std::string base64(std::string_view bytes);

}  // namespace pilothouse::http::protobuf
