#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/schema/schema.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api::schema {

/// Something in a text that its type does not have or allow.
struct Problem {
  enum class Kind : std::uint8_t {
    UnknownField,  ///< a strict error: refused or warned about as fieldValidation says
    WrongType,     ///< the rest are always errors
    BadValue       ///< a malformed quantity, time, duration or base64 text
  };
  Kind kind{};
  std::string path;     ///< "spec.template.spec.containers[0].bogus", for SourceMap
  std::string message;  ///< as sigs.k8s.io/json says it: `unknown field "spec.bogus"`
  /// As runtime.UnstructuredConverter says it, which reads what a patch has made: "unrecognized type: int32".
  std::string converterMessage;
};

struct Decoded {
  Value value;  ///< without unknown fields; wrong values are left out
  std::vector<Problem> problems;

  /// The first error that no leniency excuses (json.Unmarshal tells only that), or null.
  [[nodiscard]] const Problem* fatal() const;
  /// The strict errors' texts, each once, at most 100.
  [[nodiscard]] std::vector<std::string> strict() const;
};

/// Reads `value` as a `type`, as a Go struct of the API would be filled and written out again: names are
/// case-sensitive; nulls go, and empty values of omitempty fields; numbers must fit; quantities and times
/// become canonical; structs that are always written (a container's resources) appear.
///
/// What needs no change is the same node in the result.
Decoded decode(Type type, const Value& value);

/// "strict decoding error: unknown field \"spec.bogus\", unknown field …" (runtime.NewStrictDecodingError).
std::string strictDecodingError(const std::vector<std::string>& errors);

}  // namespace pilothouse::api::schema
