#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/value/value.hpp"

namespace pilothouse::api {

/// One cause of an invalid object (field.Error): the text is made once, in Kubernetes' words.
struct FieldError {
  enum class Type : std::uint8_t {
    Required,
    Invalid,
    NotSupported,
    Duplicate,
    Forbidden,
    NotFound,
    TooLong,
    TooMany,
    TypeInvalid,
    Internal
  };
  Type type{};
  std::string field;   ///< "spec.template.spec.containers[0].name"
  std::string detail;  ///< "field is immutable"
  Value badValue;
  bool omitsValue = false;  ///< field.OmitValueType: what is wrong is no single value

  /// `spec.replicas: Invalid value: -1: must be greater than or equal to 0`.
  [[nodiscard]] std::string text() const;
  /// `Invalid value: -1: must be …`: the message of a StatusCause.
  [[nodiscard]] std::string textWithoutField() const;
  /// "FieldValueRequired", "FieldValueInvalid"…
  [[nodiscard]] std::string_view causeReason() const;
};
using FieldErrors = std::vector<FieldError>;

/// metav1.Status of a failure. Constructors are named as in k8s.io/apimachinery/pkg/api/errors.
struct Status {
  int code = 0;
  std::string reason;  ///< "NotFound", "Conflict", "Invalid"…
  std::string message;
  Value details;  ///< metav1.StatusDetails: name, group, kind, causes, retryAfterSeconds

  [[nodiscard]] Value toValue() const;

  static Status notFound(const Resource& resource, std::string_view name);
  static Status alreadyExists(const Resource& resource, std::string_view name);
  static Status conflict(const Resource& resource, std::string_view name, std::string_view why);
  static Status invalid(const Resource& resource, std::string_view name, const FieldErrors& errors);
  static Status badRequest(std::string message);
  static Status forbidden(const Resource& resource, std::string_view name, std::string_view why);
  static Status methodNotSupported(const Resource& resource, std::string_view verb);
  static Status gone(std::string message);  ///< reason "Expired", code 410
  static Status resourceVersionTooLarge(std::uint64_t wanted, std::uint64_t current);
  static Status serverTimeout(const Resource& resource, std::string_view verb, int retryAfterSeconds);
  static Status timeout(std::string message);  ///< the client's own deadline passed; nothing is known
  static Status internalError(std::string message);
  static Status unsupportedMediaType(std::string message);
};

inline bool isNotFound(const Status& s) { return s.reason == "NotFound"; }
inline bool isConflict(const Status& s) { return s.reason == "Conflict"; }
inline bool isAlreadyExists(const Status& s) { return s.reason == "AlreadyExists"; }

}  // namespace pilothouse::api
